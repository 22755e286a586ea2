"""Identifiers: numbers from counters in table storage, taken in blocks, and unguessable texts."""

from __future__ import annotations

import asyncio
import secrets

from domain.store import Create, Replace, RowChanged, RowExists, StorageUnavailable, Store

TABLE = "counters"
_FIRST = 1001  # LEAD-1001, CUST-1001 …: what the clients show and expect (api.md "ids")
_BLOCK = 50
_ATTEMPTS = 20


class CounterIds:
    """Numbers that no other instance gives out: each instance reserves a block of 50 by a conditional write
    and hands it out from memory. A restart leaves a gap, which nobody minds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._left: dict[str, range] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def unique(self) -> str:
        """32 hex digits from the operating system's source of randomness."""
        return secrets.token_hex(16)

    async def next_number(self, kind: str) -> int:
        """The next number of a series. Raises StorageUnavailable."""
        lock = self._locks.setdefault(kind, asyncio.Lock())
        async with lock:
            left = self._left.get(kind) or await self._reserve(kind)
            self._left[kind] = left[1:]
            return left[0]

    async def _reserve(self, kind: str) -> range:
        for _ in range(_ATTEMPTS):
            row = await self._store.get(table=TABLE, partition=kind, key="next")
            start = int(str(row.values["next"])) if row else _FIRST
            values = {"next": start + _BLOCK}
            write = Replace("next", values, row.etag) if row else Create("next", values)
            try:
                await self._store.commit(table=TABLE, partition=kind, writes=[write], write_id=self.unique())
            except (RowChanged, RowExists):
                await asyncio.sleep(secrets.randbelow(20) / 1000)
                continue
            return range(start, start + _BLOCK)
        raise StorageUnavailable("Too many instances are starting at once. Try again.", retry_after=1)
