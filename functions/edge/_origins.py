"""Which web pages of other origins may read the answers (CORS): an allow-list from the settings, and no more."""

from __future__ import annotations

from dataclasses import dataclass

import azure.functions as func

from functions.edge._reply import without_body

_READABLE = "ETag, Retry-After, X-Correlation-ID, Location, Idempotent-Replayed, X-Data-As-Of"
_METHODS = "GET, POST, PATCH, DELETE, OPTIONS"
_SENT = (
    "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Correlation-ID, "
    "X-Client-Type, X-Client-Version, X-Environment, X-User-Role, X-User-Territories"
)


@dataclass(frozen=True)
class Origins:
    """The allow-list."""

    allowed: frozenset[str]

    def headers(self, req: func.HttpRequest) -> dict[str, str]:
        """What every answer says to a browser about its origin."""
        origin = req.headers.get("origin", "")
        if origin not in self.allowed:
            return {"Vary": "Origin"}
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": _READABLE,
        }

    def preflight(self, req: func.HttpRequest) -> func.HttpResponse:
        """The answer to a browser's question before a request from another origin."""
        allowed = {
            **self.headers(req),
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _SENT,
            "Access-Control-Max-Age": "600",
        }
        return without_body(204, allowed)
