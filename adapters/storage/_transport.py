"""The HTTP transport of the SDKs' clients, with a count of the requests that one use case makes."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from azure.core.pipeline.transport import AioHttpTransport

Span = tuple[float, float, str, str]
"""One request on the wire: start and end in seconds, method, and what it was about."""

Intercept = Callable[[Any, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Stands between the client and the wire, given the request and how to send it; for tests' faults."""


@dataclass
class Count:
    """The storage requests made within a `counting()` block, retries included. `aside` is how many of them nobody
    in the block has waited for; the rest of this is about those that were waited for."""

    spans: list[Span] = field(default_factory=list)
    aside: int = 0

    @property
    def requests(self) -> int:
        """How many."""
        return len(self.spans)

    @property
    def hops(self) -> int:
        """The length of the longest chain in which each request began after the one before had ended."""
        hops, end = 0, float("-inf")
        for start, finish, *_ in sorted(self.spans, key=lambda span: span[1]):
            if start >= end:
                hops, end = hops + 1, finish
        return hops


_counts: ContextVar[tuple[Count, ...]] = ContextVar("storage_requests", default=())
_aside: ContextVar[bool] = ContextVar("storage_requests_aside", default=False)


@contextmanager
def counting() -> Iterator[Count]:
    """Count the storage requests of this block and of the tasks it starts; blocks around it count them too."""
    count = Count()
    token = _counts.set((*_counts.get(), count))
    try:
        yield count
    finally:
        _counts.reset(token)


@contextmanager
def aside() -> Iterator[None]:
    """What the tasks that are begun in this block ask of the storage keeps no answer waiting."""
    token = _aside.set(True)
    try:
        yield
    finally:
        _aside.reset(token)


class CountingTransport(AioHttpTransport):
    """The SDK's transport; `intercept`, if given, stands between. `kind` says what a URL is about."""

    def __init__(self, intercept: Intercept | None, *, kind: Callable[[str], str], **timeouts: float) -> None:
        # Without the environment's proxies: to look for them, aiohttp reads ~/.netrc again for each request.
        super().__init__(use_env_settings=False, **timeouts)
        self._intercept, self._kind = intercept, kind

    async def send(self, request: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        parent = super().send

        async def send() -> Any:
            return await parent(request, **kwargs)

        try:
            return await (self._intercept(request, send) if self._intercept else send())
        finally:
            span = (started, time.perf_counter(), request.method, self._kind(request.url))
            for count in _counts.get():
                if _aside.get():
                    count.aside += 1
                else:
                    count.spans.append(span)

    def abandon(self) -> None:
        """Let go of the sockets of an event loop that has ended; they can't be closed politely any more."""
        session: Any = self.__dict__.pop("session", None)
        if session and session.connector:
            session.connector._close()  # the public one would have to be awaited, in the loop that ended
            session.detach()
