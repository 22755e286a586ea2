"""With which statuses an endpoint may refuse, as the OpenAPI document tells it."""

from __future__ import annotations

from typing import Any

from functions.edge import Endpoint
from functions.problems import PROBLEM_MEDIA_TYPE

_REFUSALS = {
    400: "The query, a header or the JSON can't be read.",
    401: "Nobody is signed in, or the token or code isn't valid.",
    403: "This role may not do this.",
    404: "There is no such thing, or it isn't the caller's.",
    409: "The state doesn't allow it, a limit is reached, or the value is taken.",
    410: "The quotation has expired.",
    412: "Somebody else has changed it since; the details say what.",
    413: "The body or the file is too large.",
    415: "The body or the file is of another type.",
    422: "Fields are invalid, all of them named; or the Idempotency-Key was used for something else.",
    423: "Locked after wrong tries.",
    428: "This needs If-Match.",
    429: "Too many requests from this address.",
    503: "Storage is unavailable, or this instance is a standby and doesn't write.",
}


def refusals(endpoint: Endpoint) -> list[int]:
    """Every status with which an endpoint may refuse (api.md "status codes"). A 500 is a fault of ours."""
    reads = bool(endpoint.body or endpoint.upload)
    writes = endpoint.method in ("POST", "PATCH", "PUT", "DELETE")
    signed_in = endpoint.roles is not None
    names_something = bool(endpoint.path_parameters or endpoint.query or endpoint.body)
    said = {
        400: reads or endpoint.query is not None or (writes and signed_in),
        401: signed_in or endpoint.sensitive is not None,
        403: signed_in or endpoint.sensitive is not None,
        404: names_something,
        409: writes,
        412: writes and signed_in,
        413: reads,
        415: reads,
        422: reads or (writes and signed_in),
        428: endpoint.critical,
        429: endpoint.sensitive is not None,
        503: True,
    }
    return sorted({*(status for status, possible in said.items() if possible), *endpoint.refuses})


def refusal(status: int) -> dict[str, Any]:
    """What the document says of one of them."""
    said: dict[str, Any] = {
        "description": _REFUSALS[status],
        "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in (423, 429, 503):
        said["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "required": True}}
    return said
