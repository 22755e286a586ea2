"""Faults between the table client and the storage, for the transport's `intercept` hook. No tests here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from azure.core.exceptions import IncompleteReadError, ServiceRequestError, ServiceResponseTimeoutError
from azure.core.rest._http_response_impl_async import AsyncHttpResponseImpl

Send = Callable[[], Awaitable[Any]]
Fault = Callable[[Any, Send], Awaitable[Any]]


async def lost_request(request: Any, send: Send) -> Any:
    """The connection breaks before anything arrives."""
    raise ServiceRequestError("connection reset")


async def lost_reply(request: Any, send: Send) -> Any:
    """What was asked is done, and the connection breaks before the reply."""
    await _done(send)
    # azure-core calls a server's hanging up a request error, as if nothing could have arrived.
    raise ServiceRequestError("server disconnected")


async def cut_reply(request: Any, send: Send) -> Any:
    """Done, and the reply ends in the middle."""
    await _done(send)
    raise IncompleteReadError("incomplete read")


async def late_reply(request: Any, send: Send) -> Any:
    """Done, and nobody waits for the reply any more."""
    await _done(send)
    raise ServiceResponseTimeoutError("read timed out")


async def hang(request: Any, send: Send) -> Any:
    """No answer for longer than any test waits."""
    await asyncio.sleep(3_600)


def answered(status: int, *, landed: bool, retry_after: int | None = None) -> Fault:
    """The storage answers with `status`, having done what was asked, or not."""

    async def fault(request: Any, send: Send) -> Any:
        if landed:
            await _done(send)
        return _response(request, status, {} if retry_after is None else {"Retry-After": str(retry_after)})

    return fault


async def _done(send: Send) -> None:
    response = await send()
    await response.read()  # or its connection stays taken


def _response(request: Any, status: int, headers: dict[str, str]) -> Any:
    response = AsyncHttpResponseImpl(
        request=request,
        internal_response=None,
        status_code=status,
        reason="",
        content_type="text/plain",
        headers={"Content-Type": "text/plain", **headers},
        stream_download_generator=None,
    )
    response._content, response._is_closed = b"", True
    return response


@dataclass
class Faults:
    """Meets the first requests of `method` with the planned faults, in turn, then all with `always`, if given.

    Reads are GETs, commits are POSTs of a transaction. `seen` has the method of every request on the wire.
    Nothing is done until `on` is set, so that a test can prepare its rows.
    """

    method: str = "POST"
    plan: list[Fault] = field(default_factory=list)
    always: Fault | None = None
    on: bool = False
    seen: list[str] = field(default_factory=list)

    async def __call__(self, request: Any, send: Send) -> Any:
        if not self.on:
            return await send()
        self.seen.append(request.method)
        if request.method == self.method and (self.plan or self.always):
            fault = self.plan.pop(0) if self.plan else self.always
            assert fault
            return await fault(request, send)
        return await send()
