"""Asking the storage again, a few times and not for long. For what may be asked twice: reads, making a table."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from adapters.storage._failures import FAILURES, Unanswered, unavailable

_ATTEMPTS = 3
T = TypeVar("T")


async def answer(
    ask: Callable[[], Awaitable[T]], *, patience: float, meaning_of: Callable[[Exception], Exception]
) -> T:
    """The answer within `patience` seconds, retries included. Raises what the failure means, or
    StorageUnavailable."""
    async with patiently(patience):
        for attempt in range(_ATTEMPTS):
            try:
                return await ask()
            except FAILURES as failure:
                meaning = meaning_of(failure)
                if not isinstance(meaning, Unanswered):
                    raise meaning from failure
            if attempt + 1 < _ATTEMPTS:
                await asyncio.sleep(random.uniform(0.05, 0.15) * 4**attempt)  # noqa: S311 - not a secret
    raise unavailable()


@asynccontextmanager
async def patiently(patience: float) -> AsyncIterator[None]:
    """Give up what is within after so many seconds. Raises StorageUnavailable."""
    try:
        async with asyncio.timeout(patience):
            yield
    except TimeoutError as error:
        raise unavailable() from error
