"""What operators and developers call: health, readiness, documentation; the preflight and unknown paths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import azure.functions as func

from domain.errors import DomainError
from domain.store import StorageUnavailable
from functions import openapi
from functions.edge import ANYONE, Call, Edge, Endpoint, Reply, to_json
from functions.edge.errors import RouteUnknown, SettingsFaulty

_HERE = Path(__file__).parent


def blueprint(edge: Edge, *, check_keys: Callable[[], None]) -> func.Blueprint:
    """The system functions. To be registered last: the document describes what is registered before."""
    bp = func.Blueprint()

    @edge.endpoint(bp, Endpoint("Health", "GET", "api/v1/health", ANYONE, "Whether the application is up"))
    async def health(call: Call) -> Reply:
        return Reply({"status": "up", "at": call.act.at})

    @edge.endpoint(bp, Endpoint("Ready", "GET", "api/v1/ready", ANYONE, "Whether all that it needs is up"))
    async def ready(call: Call) -> Reply:
        try:
            await edge.ports.store.get(table="counters", partition="lead", key="next")
        except DomainError:
            raise StorageUnavailable("Table storage doesn't answer.", retry_after=5) from None
        try:
            check_keys()
        except ValueError:
            raise SettingsFaulty("The keys of access tokens can't be used.", retry_after=60) from None
        return Reply({"tables": "up", "keys": "up"})

    @edge.endpoint(bp, Endpoint("OpenApi", "GET", "api/openapi.json", ANYONE, "The OpenAPI 3.1 document"))
    async def open_api(call: Call) -> Reply:
        return Reply(raw=to_json(openapi.document(edge.endpoints)))

    @edge.endpoint(bp, Endpoint("Docs", "GET", "api/docs", ANYONE, "The API's documentation as a page"))
    async def docs(call: Call) -> Reply:
        return Reply(raw=(_HERE / "docs.html").read_text(encoding="utf-8"), media_type="text/html")

    @edge.endpoint(
        bp, Endpoint("ExplainProblem", "GET", "api/problems/{slug}", ANYONE, "What a problem's type means")
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
        return edge.preflight(req)

    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        name = f"UnknownPath{method.capitalize()}"

        @edge.endpoint(bp, Endpoint(name, method, "{*path}", ANYONE, "Answers 404 to unknown paths"))
        async def unknown_path(call: Call) -> Reply:
            raise RouteUnknown("There is no such method and path. The endpoints are listed at /api/docs.")

    return bp
