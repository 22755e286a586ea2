"""All leads in this instance's memory, brought up to date before each use (docs/adr/0020)."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import leads
from domain.lists import STALE, Collection, Follower, Loaded, Pack, load_leads, read_leads, write_pack
from domain.ports import Ports
from domain.store import Store
from domain.values import Clock

TRUSTED = timedelta(days=1)
"""A pack made of packs is that old at most; then all views are read again."""


@dataclass(frozen=True)
class _Kept:
    """All leads, and how far the feed has been followed. `read_at` is when they were read from the views."""

    collection: Collection
    feed: Follower
    read_at: datetime


class AllLeads:
    """Reads all leads on first use; from then on only what changed. A list never lacks a change that was
    answered before the list was asked for, whichever instance made it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = asyncio.Lock()
        self._kept: _Kept | None = None
        self._loading: asyncio.Future[Loaded] | None = None
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
                self._kept = await self._looked(self._clock.now())
                self._answered = asked
            return self._kept.collection

    async def pack(self, ports: Ports) -> int:
        """Pack all leads for instances that start later; how many. Raises StorageUnavailable."""
        await self.current()
        async with self._lock:
            now = self._clock.now()
            if self._kept is None or now - self._kept.read_at > TRUSTED:
                self._kept = await self._begun(read_leads(store=self._store, now=now), now)
            else:
                await self._look(self._kept, now)
            kept = self._kept
        summaries = [*(listed.summary for listed in kept.collection), *kept.collection.hidden()]
        await write_pack(ports=ports, pack=Pack(now, kept.read_at, summaries))
        return len(summaries)

    async def _looked(self, now: datetime) -> _Kept:
        if self._kept is None or now - self._kept.feed.since > STALE:
            return await self._begun(self._loaded(now), now)
        await self._look(self._kept, now)
        return self._kept

    async def _look(self, kept: _Kept, now: datetime) -> None:
        await kept.feed.look(store=self._store, collection=kept.collection, now=now)

    async def _begun(self, loading: Awaitable[Loaded], now: datetime) -> _Kept:
        """What is loaded, and the feed since then; which logs that has is asked meanwhile, and saves a hop."""
        since = now - leads.FEED_KEPT
        signs, loaded = await asyncio.gather(leads.logs_since(store=self._store, at=since), loading)
        feed = Follower(loaded.since)
        await feed.look(store=self._store, collection=loaded.collection, now=now, signs=signs)
        return _Kept(loaded.collection, feed, loaded.read_at)

    async def _loaded(self, now: datetime) -> Loaded:
        """Loading goes on if the request that began it is given up, so that the next one finds it done."""
        while True:
            loading = self._loading or asyncio.ensure_future(self._load(now))
            self._loading = loading
            try:
                loaded = await asyncio.shield(loading)
            finally:
                if loading.done():
                    self._loading = None
            if now - loaded.since <= STALE:  # else it was done long ago, and nobody had asked since
                return loaded

    async def _load(self, now: datetime) -> Loaded:
        # A million objects come that will stay and have no cycles: looking for cycles among them again and again
        # takes a third of the time while they come, and stops everybody for a moment each time from then on.
        gc.disable()
        try:
            loaded = await load_leads(store=self._store, now=now)
            gc.freeze()
        finally:
            gc.enable()
        return loaded
