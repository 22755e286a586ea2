"""The master data of this instance, at most a minute old. How it is read is in `domain.pricing`."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from domain.pricing import Catalogue, read_catalogue
from domain.store import Store
from domain.values import Clock

MAX_AGE = timedelta(seconds=60)


class CachedCatalogue:
    """Reads the table at most once a minute; callers who come while it is being read share that read."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._kept: tuple[datetime, Catalogue] | None = None
        self._reading: asyncio.Task[Catalogue] | None = None

    async def current(self) -> Catalogue:
        """All master data, as it stood at most 60 s ago. Raises StorageUnavailable; a failed read isn't kept."""
        if self._kept is not None and timedelta() <= self._clock.now() - self._kept[0] < MAX_AGE:
            return self._kept[1]
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        return await asyncio.shield(self._reading)  # a caller that gives up doesn't end the others' read

    def saw(self, catalogue: Catalogue) -> None:
        """What this instance has just written: it counts here at once, on others when they read again."""
        self._keep(self._clock.now(), catalogue)

    async def _read(self) -> Catalogue:
        began = self._clock.now()
        return self._keep(began, await read_catalogue(self._store))

    def _keep(self, at: datetime, catalogue: Catalogue) -> Catalogue:
        """A read that began before a write must not bring the old state back; a later one may (a restore)."""
        if self._kept is None or at > self._kept[0] or catalogue.version >= self._kept[1].version:
            self._kept = (at, catalogue)
        return self._kept[1]
