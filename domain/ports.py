"""What every use case needs from outside the process, in one bundle that `function_app.py` fills."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from domain.store import Store
from domain.values import Clock, Ids


class Directory(Protocol):
    """Who is to hear of something besides those whom a record names; it may be half a minute old."""

    async def kam_of(self, partner_id: str) -> str | None:
        """The id of the key account manager who looks after this channel partner."""
        ...

    async def partner_of(self, lead_id: str) -> str | None:
        """The id of the channel partner who has this lead; for a record that only names the lead."""
        ...

    async def admins(self) -> tuple[str, ...]:
        """The ids of all active Admins."""
        ...


class NobodyElse:
    """The directory of a process that tells nobody but those whom a record names: commands, and most tests."""

    async def kam_of(self, partner_id: str) -> str | None:
        """Nobody."""
        return None

    async def partner_of(self, lead_id: str) -> str | None:
        """Nobody."""
        return None

    async def admins(self) -> tuple[str, ...]:
        """Nobody."""
        return ()


NOBODY_ELSE = NobodyElse()


@dataclass(frozen=True)
class Ports:
    """`pause(n)` waits a moment, longer and more random with each attempt n; `later` runs work that the
    answer needn't wait for and whose loss a sweep makes good."""

    store: Store
    clock: Clock
    ids: Ids
    pause: Callable[[int], Awaitable[None]]
    later: Callable[[Coroutine[Any, Any, None]], None]
    directory: Directory = NOBODY_ELSE
