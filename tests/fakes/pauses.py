"""Pauses between two tries, for tests that don't want to wait."""

from __future__ import annotations

import asyncio
import random


async def no_pause(attempt: int) -> None:
    """Only lets others have their turn."""
    await asyncio.sleep(0)


async def short_pause(attempt: int) -> None:
    """As the real one, so that rivals spread out, but ten times shorter."""
    await asyncio.sleep(random.uniform(0.2, 1.0) * min(0.4, 0.01 * 2**attempt) / 10)
