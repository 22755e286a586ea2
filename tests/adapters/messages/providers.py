"""MSG91 and SendGrid as they behave from outside, on this machine: their paths, checks, answers and failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

KEY = "a-secret-key-of-ours"
TEMPLATES = {"65a0000000000000000000aa", "65a0000000000000000000bb"}

Fault = Callable[[], Awaitable[web.Response | None]]


@dataclass
class Provider:
    """What reached the provider, and what it shall do instead of answering properly, request by request."""

    base: str = ""
    delivered: list[dict[str, Any]] = field(default_factory=list)
    requests: int = 0
    faults: list[Fault] = field(default_factory=list)


def answering(status: int, **headers: str) -> Fault:
    """The provider answers with a status and a page that repeats what it was sent, as proxies do."""

    async def fault() -> web.Response:
        return web.Response(status=status, text="<html>+919000000001 123456</html>", headers=headers)

    return fault


def silent(seconds: float) -> Fault:
    """The provider takes too long, and answers properly after that."""

    async def fault() -> None:
        await asyncio.sleep(seconds)

    return fault


async def cut() -> web.Response:
    """The connection is cut before an answer."""
    raise asyncio.CancelledError


async def _flow(request: web.Request) -> web.Response:
    """MSG91 `POST /api/v5/flow`: refuses a wrong key with 401, and other things with 200 and `type: error`."""
    if request.headers.get("authkey") != KEY:
        refusal = {"status": "fail", "hasError": True, "errors": "Unauthorized", "code": "207"}
        return web.json_response(refusal, status=401)
    body = await request.json()
    if body.get("template_id") not in TEMPLATES:
        return web.json_response({"message": "template id missing or invalid", "type": "error"})
    numbers = [str(r.get("mobiles", "")) for r in body.get("recipients", [])]
    if not numbers or not all(n.isdigit() and len(n) == 12 for n in numbers):
        return web.json_response({"message": f"mobile {numbers} is invalid", "type": "error"}, status=400)
    request.app[PROVIDER].delivered.append(body)
    return web.json_response({"message": "3763646c3058373530393938", "type": "success"})


async def _mail(request: web.Request) -> web.Response:
    """SendGrid `POST /v3/mail/send`: 202 with no body, or `errors`."""
    if request.headers.get("Authorization") != f"Bearer {KEY}":
        message = "The provided authorization grant is invalid, expired, or revoked"
        return web.json_response({"errors": [{"message": message, "field": None, "help": None}]}, status=401)
    body = await request.json()
    people = [p["email"] for part in body.get("personalizations", []) for p in part.get("to", [])]
    if not people or "@" not in people[0] or not body.get("subject") or not body.get("content"):
        fault = {"message": f"Does not contain a valid address: {people}", "field": "personalizations.0.to"}
        return web.json_response({"errors": [fault]}, status=400)
    request.app[PROVIDER].delivered.append(body)
    return web.Response(status=202, headers={"X-Message-Id": "14c5d75ce93.dfd.64b469"})


PROVIDER: web.AppKey[Provider] = web.AppKey("provider", Provider)


@web.middleware
async def _faulty(request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
    provider = request.app[PROVIDER]
    provider.requests += 1
    if provider.faults:
        fault = provider.faults.pop(0)
        if fault is cut:
            if request.transport:
                request.transport.close()
            return web.Response()
        answer = await fault()
        if answer is not None:
            return answer
    return await handler(request)


@asynccontextmanager
async def serving(*faults: Fault) -> AsyncIterator[Provider]:
    """Both providers on a free port; the first requests meet the faults."""
    provider = Provider(faults=list(faults))
    app = web.Application(middlewares=[_faulty])
    app[PROVIDER] = provider
    app.router.add_post("/api/v5/flow", _flow)
    app.router.add_post("/v3/mail/send", _mail)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    provider.base = f"http://{host}:{port}"
    try:
        yield provider
    finally:
        await runner.cleanup()
