"""All leads in this instance's memory, brought up to date before each use (docs/adr/0020)."""

from __future__ import annotations

import asyncio
from datetime import datetime

from domain.lists import STALE, Collection, all_leads, catch_up
from domain.store import Store
from domain.values import Clock


class AllLeads:
    """Reads all leads on first use; from then on only what changed. A list never lacks a change that was
    answered before the list was asked for, whichever instance made it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = asyncio.Lock()
        self._kept: tuple[datetime, Collection] | None = None
        self._asked = 0
        self._answered = 0

    async def current(self) -> Collection:
        """All leads as they are. Who comes while others wait for the storage shares the next look at it.

        Raises StorageUnavailable.
        """
        self._asked += 1
        mine = self._asked
        async with self._lock:
            if self._kept is None or self._answered < mine:
                asked = self._asked  # a look serves all who had asked before it began, and nobody later
                kept = await self._looked()
                self._answered = asked
                return kept
            return self._kept[1]

    async def _looked(self) -> Collection:
        now = self._clock.now()
        if self._kept is None or now - self._kept[0] > STALE:
            collection = await all_leads(store=self._store, now=now)
        else:
            since, collection = self._kept
            await catch_up(store=self._store, collection=collection, since=since, now=now)
        self._kept = (now, collection)
        return collection
