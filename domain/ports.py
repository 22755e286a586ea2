"""What every use case needs from outside the process, in one bundle that `function_app.py` fills."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from domain.store import Store
from domain.values import Clock, Ids


@dataclass(frozen=True)
class Ports:
    """`pause(n)` waits a moment, longer and more random with each attempt n; `later` runs work that the
    answer needn't wait for and whose loss a sweep makes good."""

    store: Store
    clock: Clock
    ids: Ids
    pause: Callable[[int], Awaitable[None]]
    later: Callable[[Coroutine[Any, Any, None]], None]
