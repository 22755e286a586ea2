"""What a handler answers, and how it becomes an HTTP response."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import azure.functions as func
import simplejson
from pydantic import BaseModel

from domain.values import Money, iso

JSON_MEDIA_TYPE = "application/json"


_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
}
"""On each answer. Browsers heed the last one over HTTPS only, so that it does no harm beside `make run`."""


@dataclass(frozen=True)
class Reply:
    """A successful answer. `version` becomes the ETag, or `tag` where the reply is made from many versions; `make`
    makes the data, unless the client has this version already. `top_level` members stand beside `data`, for the
    clients that read them there (api.md "success"). `raw` replaces the envelope altogether."""

    data: Any = None
    status: int = 200
    message: str | None = None
    version: int | None = None
    tag: str | None = None
    top_level: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: str | bytes | None = None
    make: Callable[[], Awaitable[Any]] | None = None
    media_type: str = JSON_MEDIA_TYPE


def body_of(reply: Reply) -> str | bytes:
    """The response body."""
    if reply.raw is not None:
        return reply.raw
    envelope: dict[str, Any] = {"success": True, "data": reply.data}
    if reply.message:
        envelope["message"] = reply.message
    return to_json({**reply.top_level, **envelope})


def to_json(value: Any) -> str:
    """JSON in which money is an exact number of rupees: no amount passes through a binary float."""
    return str(simplejson.dumps(value, default=_plain, use_decimal=True, ensure_ascii=False, separators=(",", ":")))


def _plain(value: object) -> Any:
    match value:
        case BaseModel():
            return value.model_dump(by_alias=True)
        case Money():
            return value.in_rupees
        case datetime():
            return iso(value)
        case date():
            return value.isoformat()
        case set() | frozenset():
            return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def response(status: int, body: str | bytes, headers: Mapping[str, str], media_type: str) -> func.HttpResponse:
    """The worker's response object. What isn't said to be cacheable may not be kept by any cache on the way."""
    return func.HttpResponse(
        body, status_code=status, headers=_all_of(headers), mimetype=media_type, charset="utf-8"
    )


def without_body(status: int, headers: Mapping[str, str]) -> func.HttpResponse:
    """The same of an answer that has no body: 204, 304, 308."""
    return func.HttpResponse(status_code=status, headers=_all_of(headers))


def _all_of(headers: Mapping[str, str]) -> dict[str, str]:
    return {"Cache-Control": "private, no-cache" if "ETag" in headers else "no-store", **_SAFE, **headers}


def outcome_of(answer: func.HttpResponse) -> str:
    """`done`, or the code of the refusal: what the log says besides the status."""
    if answer.status_code < 400:
        return "done"
    try:
        return str(json.loads(answer.get_body())["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return "refused"
