"""Turns an aiohttp request into what the worker hands to a function, and its answer into a reply. No routing."""

from typing import Any

import azure.functions as func
from aiohttp import web
from azure.functions.http import HttpRequestConverter
from azure.functions.meta import Datum
from multidict import CIMultiDict


def to_function(request: web.Request, body: bytes, route_params: dict[str, str]) -> func.HttpRequest:
    """The request as host and worker pass it on.

    Values of one name arrive joined by commas, empty ones not at all: the host leaves those out of its message, as
    the Python worker does not declare the capability `IncludeEmptyEntriesInMessagePayload`.
    """
    headers = {name.lower(): ",".join(request.headers.getall(name)) for name in request.headers}
    query = {name: ",".join(request.query.getall(name)) for name in request.query}
    message = {
        "method": _text(request.method),
        "url": _text(str(request.url)),
        "headers": {name: _text(value) for name, value in _forwarded(headers, request).items() if value},
        "query": {name: _text(value) for name, value in query.items() if value},
        "params": {name: _text(value) for name, value in route_params.items() if value},
        "body": Datum(type="bytes", value=body),
    }
    decoded: func.HttpRequest = HttpRequestConverter.decode(
        Datum(type="http", value=message), trigger_metadata=None
    )
    return decoded


def _forwarded(headers: dict[str, str], request: web.Request) -> dict[str, str]:
    """With whom we were called by at the end of `X-Forwarded-For`, as Azure's front end adds it."""
    entries = [headers.get("x-forwarded-for", ""), request.remote or ""]
    return {**headers, "x-forwarded-for": ",".join(entry for entry in entries if entry)}


def to_client(answer: Any) -> web.Response:
    """The reply to what a function returned.

    Only `Set-Cookie` may occur more than once: the worker sends the other headers as a map, in which the last wins.

    Raises:
        TypeError: the function returned what the worker would refuse.
    """
    if answer is None:
        return web.Response(status=204)
    if isinstance(answer, str):
        answer = func.HttpResponse(answer)
    if not isinstance(answer, func.HttpResponse):
        raise TypeError(f"an HTTP function returned {type(answer).__name__}, not an HttpResponse")
    headers: CIMultiDict[str] = CIMultiDict()
    for name, value in answer.headers.items():
        if name.lower() == "set-cookie":
            headers.add(name, value)
        else:
            headers[name] = value
    headers.setdefault("Content-Type", _content_type(answer))
    return web.Response(status=answer.status_code, headers=headers, body=answer.get_body())


def _content_type(answer: func.HttpResponse) -> str:
    is_text = answer.mimetype.startswith("text/")
    return f"{answer.mimetype}; charset={answer.charset}" if is_text else str(answer.mimetype)


def _text(value: str) -> Datum:
    return Datum(type="string", value=value)
