"""The HTTP transport of the table client, with a count of the requests that one use case makes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from azure.core.pipeline.transport import AioHttpTransport


@dataclass
class Count:
    """The storage requests made within a `counting()` block: one (start, end) in seconds for each."""

    spans: list[tuple[float, float]] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many."""
        return len(self.spans)

    @property
    def hops(self) -> int:
        """The length of the longest chain in which each request began after the one before had ended."""
        hops, end = 0, float("-inf")
        for start, finish in sorted(self.spans, key=lambda span: span[1]):
            if start >= end:
                hops, end = hops + 1, finish
        return hops


_current: ContextVar[Count | None] = ContextVar("storage_requests", default=None)


@contextmanager
def counting() -> Iterator[Count]:
    """Count the storage requests of this block and of the tasks it starts."""
    count = Count()
    token = _current.set(count)
    try:
        yield count
    finally:
        _current.reset(token)


class _CountingTransport(AioHttpTransport):
    """The SDK's transport; `intercept(request, send)`, if given, stands between (tests inject faults)."""

    def __init__(self, intercept: Any) -> None:
        super().__init__()
        self._intercept = intercept

    async def send(self, request: Any, **kwargs: Any) -> Any:
        count, started = _current.get(), time.perf_counter()
        parent = super().send

        async def send() -> Any:
            return await parent(request, **kwargs)

        try:
            return await (self._intercept(request, send) if self._intercept else send())
        finally:
            if count is not None:
                count.spans.append((started, time.perf_counter()))


def counting_transport(intercept: Any = None) -> AioHttpTransport:
    """A transport of its own for one client."""
    return _CountingTransport(intercept)
