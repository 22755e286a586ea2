"""Waiting and working beside the answer: jittered pauses between attempts, and tasks that outlive a reply."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Coroutine
from typing import Any

from adapters.storage import aside

_log = logging.getLogger("solarium.background")
_running: set[asyncio.Task[None]] = set()


async def pause(attempt: int) -> None:
    """Wait a random time that grows with the attempt, at most 0.4 s, so that rivals spread out."""
    await asyncio.sleep(random.uniform(0.2, 1.0) * min(0.4, 0.01 * 2**attempt))  # noqa: S311 - not a secret


def later(work: Coroutine[Any, Any, None]) -> None:
    """Run it after the answer. If the process dies first, a sweep does the same."""
    with aside():
        task = asyncio.get_running_loop().create_task(_logged(work))
    _running.add(task)  # the loop holds tasks only weakly
    task.add_done_callback(_running.discard)


async def all_done() -> None:
    """Wait for the work that is still running: a command ends its process after the answer."""
    await asyncio.gather(*_running)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as error:  # nobody waits for it, so the log is the only place that can tell
        _log.warning("work after the answer failed: %s", type(error).__name__)
