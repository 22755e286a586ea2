"""What every use case needs from outside the process, in one bundle that `function_app.py` fills."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol
from weakref import WeakValueDictionary

from domain.store import Store
from domain.values import Clock, Ids, iso


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


class Turns:
    """Those who change the same thing in this process do it in turn, instead of losing to each other and trying
    again. Nothing relies on it: other processes are kept apart by the store's conditions alone."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, name: str) -> asyncio.Lock:
        """The turn at the thing of this name; forgotten when nobody has it or waits for it."""
        return self._locks.setdefault(name, asyncio.Lock())


class Log:
    """One log of the feed of changes (docs/adr/0020), written by one process only. Its keys rise, whatever the
    clock does, and it knows which of its changes are still on their way to the storage."""

    LIFE: ClassVar = timedelta(minutes=10)
    """How long a process writes the same log: readers stop asking for one that has ended."""

    _JUMP: ClassVar = timedelta(seconds=5)
    """A clock that was put back further than this begins a new log, since it would prolong the old one's life."""

    def __init__(self, name: str, born: datetime) -> None:
        self.name = name
        self.announced = False
        self._born = self._last = born
        self._under_way: dict[str, None] = {}  # in the order of the keys

    def takes(self, now: datetime) -> bool:
        """Whether a change at that moment still belongs here."""
        return self._last - self._JUMP <= now < self._born + self.LIFE

    def next_moment(self, now: datetime) -> datetime:
        """The moment for the key of the next change: later than any given out before."""
        self._last = max(now, self._last + timedelta(milliseconds=1))
        return self._last

    @contextmanager
    def under_way(self, key: str) -> Iterator[str]:
        """While a change with this key, the highest so far, is stored. Gives the lowest key that isn't yet."""
        self._under_way[key] = None
        try:
            yield next(iter(self._under_way))
        finally:
            del self._under_way[key]


class Pen:
    """What this process writes the feed of changes with: one log after the other."""

    def __init__(self) -> None:
        self._log: Log | None = None

    def log(self, *, now: datetime, unique: Callable[[], str]) -> Log:
        """The log that a change at this moment goes to."""
        if self._log is None or not self._log.takes(now):
            self._log = Log(f"{iso(now)}|{unique()}", now)
        return self._log


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
    turns: Turns = field(default_factory=Turns, compare=False)
    pen: Pen = field(default_factory=Pen, compare=False)
