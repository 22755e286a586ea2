"""Going through many leads a few thousand at a time, so that other requests of this process go on in between.

100,000 leads take from ten milliseconds to half a second of it, and there is only one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
_AT_A_TIME = 4_000
"""They are looked at within a few milliseconds."""


async def portions(items: Iterable[T], size: int = _AT_A_TIME) -> AsyncIterator[Sequence[T]]:
    """The items as they are now, portion by portion, with a pause between two: meanwhile others may change the
    collection that they are from."""
    copy = items if isinstance(items, tuple) else list(items)
    for start in range(0, len(copy), size):
        if start:
            await asyncio.sleep(0)
        yield copy[start : start + size]


async def kept(items: Sequence[T], test: Callable[[T], bool]) -> list[T]:
    """Those of which the test is true, in the same order."""
    found: list[T] = []
    async for portion in portions(items):
        found += [item for item in portion if test(item)]
    return found
