"""What operators and developers call: health, readiness, documentation; the preflight and unknown paths."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import azure.functions as func

from domain.errors import DomainError
from functions import documentation, openapi
from functions.edge import ANYONE, Call, Edge, Endpoint, Reply, to_json, without_body
from functions.edge.errors import MethodNotAllowed, NotReady, RouteUnknown
from functions.replies import DocumentReply, HealthReply, ReadyReply

UP, DOWN = "up", "down"
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
_HERE = Path(__file__).parent
_PAGE, _TEXT = ("text/html",), ("text/markdown",)


Part = Callable[[], Awaitable[object]]
"""Finds out whether a part is up; raises if it isn't."""


def blueprint(
    edge: Edge, *, parts: Mapping[str, Part], check_keys: Callable[[], None], within: float
) -> func.Blueprint:
    """The system functions. To be registered last: the document describes what is registered before.

    Each of `parts` has `within` seconds to show that it is up; `check_keys` raises ValueError if they are unusable.
    """
    bp = func.Blueprint()

    async def keys() -> None:
        check_keys()

    needed = {**parts, "keys": keys}

    @cache  # all endpoints are known before the first request
    def described() -> str:
        return to_json(openapi.document(edge.endpoints))

    @edge.endpoint(
        bp, Endpoint("Health", "GET", "api/v1/health", ANYONE, "Whether the application is up", reply=HealthReply)
    )
    async def health(call: Call) -> Reply:
        return Reply({"status": "up", "at": call.act.at})

    @edge.endpoint(
        bp, Endpoint("Ready", "GET", "api/v1/ready", ANYONE, "Whether all that it needs is up", reply=ReadyReply)
    )
    async def ready(call: Call) -> Reply:
        found = await asyncio.gather(*(_state(part, within) for part in needed.values()))
        state = dict(zip(needed, found, strict=True))
        down = [name for name, word in state.items() if word == DOWN]
        if down:
            raise NotReady(f"Down: {', '.join(down)}.", details={"parts": state}, retry_after=5)
        return Reply(state)

    @edge.endpoint(
        bp,
        Endpoint(
            "OpenApi", "GET", "api/openapi.json", ANYONE, "The OpenAPI 3.1 document", reply=DocumentReply, bare=True
        ),
    )
    async def open_api(call: Call) -> Reply:
        return Reply(raw=described())

    @edge.endpoint(
        bp,
        Endpoint("Docs", "GET", "api/docs", ANYONE, "The API's documentation as a page", media=("text/html",)),
    )
    async def docs(call: Call) -> Reply:
        return documentation.page()

    @edge.endpoint(
        bp,
        Endpoint(
            "DocsFile",
            "GET",
            "api/docs/{file}",
            ANYONE,
            "What that page loads",
            media=("text/javascript", "text/css"),
        ),
    )
    async def docs_file(call: Call) -> Reply:
        return documentation.asset(call.path["file"])

    @edge.endpoint(
        bp,
        Endpoint(
            "ExplainProblem",
            "GET",
            "api/problems/{slug}",
            ANYONE,
            "What a problem's type means",
            media=("text/markdown",),
        ),
    )
    async def explain_problem(call: Call) -> Reply:
        text = (_HERE.parent / "docs" / "problems.md").read_text(encoding="utf-8")
        sections = {s.split("\n", 1)[0].strip(): s for s in text.split("\n## ")[1:]}
        found = sections.get(call.path["slug"])
        if found is None:
            raise RouteUnknown("There is no such problem type.")
        return Reply(raw="# " + found.strip() + "\n", media_type="text/markdown")

    @bp.function_name("Preflight")
    @bp.route(route="{*path}", methods=["OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
    async def preflight(req: func.HttpRequest) -> func.HttpResponse:
        return edge.origins.preflight(req)

    # The portal's base ends in /api/v1, and its calls of leads and notifications begin with it (docs/clients.md).
    @bp.function_name("RepeatedPrefix")
    @bp.route(route="api/v1/api/v1/{*path}", methods=["HEAD", *METHODS], auth_level=func.AuthLevel.ANONYMOUS)
    async def repeated_prefix(req: func.HttpRequest) -> func.HttpResponse:
        url = urlsplit(req.url)
        place = "/api/v1/" + url.path.partition("/api/v1/api/v1/")[2] + (f"?{url.query}" if url.query else "")
        return without_body(308, {**edge.origins.headers(req), "Location": place})

    for method in METHODS:
        name = f"UnknownPath{method.capitalize()}"

        @edge.endpoint(
            bp,
            Endpoint(
                name, method, "{*path}", ANYONE, "Answers 404 to unknown paths, 405 to other methods of known ones"
            ),
        )
        async def unknown_path(call: Call, asked: str = method) -> Reply:
            allowed = edge.methods_at(call.path.get("path", ""))
            if allowed and asked not in allowed:
                raise MethodNotAllowed(f"Ask this path by {', '.join(allowed)}.", details={"allowed": allowed})
            raise RouteUnknown("There is no such path. The endpoints are listed at /api/docs.")

    return bp


async def _state(part: Part, within: float) -> str:
    try:
        async with asyncio.timeout(within):
            await part()
    except (DomainError, TimeoutError, ValueError):
        return DOWN
    return UP
