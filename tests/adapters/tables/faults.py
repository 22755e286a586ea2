"""Faults between the table client and the storage, for the transport's `intercept` hook. No tests here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from azure.core.exceptions import IncompleteReadError, ServiceRequestError, ServiceResponseTimeoutError

Send = Callable[[], Awaitable[Any]]
Fault = Callable[[Any, Send], Awaitable[Any]]


async def lost_request(request: Any, send: Send) -> Any:
    """The connection breaks before anything arrives."""
    raise ServiceRequestError("connection reset")


async def lost_reply(request: Any, send: Send) -> Any:
    """What was asked is done, and the connection breaks before the reply."""
    await send()
    raise ServiceRequestError("server disconnected")


async def cut_reply(request: Any, send: Send) -> Any:
    """Done, and the reply ends in the middle."""
    await send()
    raise IncompleteReadError("incomplete read")


async def late_reply(request: Any, send: Send) -> Any:
    """Done, and nobody waits for the reply any more."""
    await send()
    raise ServiceResponseTimeoutError("read timed out")


def answered(status: int, *, landed: bool, retry_after: int | None = None) -> Fault:
    """The storage answers with `status`, having done what was asked, or not."""

    async def fault(request: Any, send: Send) -> Any:
        if landed:
            await send()
        # A point read of nothing gives a real response to dress up.
        request = type(request)("GET", request.url)
        response = await send() if landed else await _stub(send)
        response._status_code = status
        response._content_type, response._content = "text/plain", b"server error"
        response._headers = {"Content-Type": "text/plain"}
        if retry_after is not None:
            response._headers["Retry-After"] = str(retry_after)
        return response

    return fault


async def _stub(send: Send) -> Any:
    raise NotImplementedError


@dataclass
class Faults:
    """Meets the first requests of `method` with the given faults, in turn; lets all others through.

    `seen` lists (method, kind) of every request, so that tests can count attempts on the wire.
    """

    method: str
    plan: list[Fault] = field(default_factory=list)
    always: Fault | None = None
    on: bool = True
    seen: list[str] = field(default_factory=list)

    async def __call__(self, request: Any, send: Send) -> Any:
        self.seen.append(request.method)
        if self.on and request.method == self.method:
            if self.plan:
                return await self.plan.pop(0)(request, send)
            if self.always:
                return await self.always(request, send)
        return await send()


async def hang(request: Any, send: Send) -> Any:
    """No answer for longer than any test waits."""
    await asyncio.sleep(3_600)
