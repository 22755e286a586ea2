"""The one place where writing is allowed or refused: a store and a blob store around the real ones (ADR 26).

A standby never writes. A primary writes while the epoch row names it, as it was read at most `BOUND` ago. The row
is read beside the use cases' own reads, so a write costs no hop for it; only the first after a long silence waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextvars import Context
from datetime import datetime, timedelta
from typing import Protocol

from domain.blobs import Blob, Blobs, Link
from domain.continuity import Epoch, claim_epoch, read_epoch
from domain.errors import DomainError
from domain.store import ReadOnlyStandby, Row, Store, Write, WritesFenced
from domain.values import Clock

RECHECK = timedelta(seconds=3)
"""Older knowledge is renewed, beside whatever is being done."""

BOUND = timedelta(seconds=10)
"""With older knowledge nothing is written."""


class Fence(Protocol):
    """Says whether this process may write."""

    def freshen(self) -> None:
        """Begin to find out again, if it is time; doesn't wait."""
        ...

    async def check(self) -> None:
        """Raises ReadOnlyStandby or WritesFenced if this process may not write."""
        ...


class ReadOnly:
    """A standby's: never."""

    def freshen(self) -> None:
        """There is nothing to find out."""

    async def check(self) -> None:
        """Refuse."""
        raise ReadOnlyStandby("This is the standby, which only reads. Send changes to the primary.", retry_after=60)


class EpochFence:
    """A primary's: while the highest epoch that it knows of is its own.

    `store` is its account; `peer`, if there is one, the other account, whose row a promotion has changed while
    this one couldn't be reached. A peer that doesn't answer is no reason to stop.
    """

    def __init__(
        self, *, store: Store, peer: Store | None, instance: str, clock: Clock, unique: Callable[[], str]
    ) -> None:
        self._store, self._peer = store, peer
        self._instance, self._clock, self._unique = instance, clock, unique
        self._known: tuple[datetime, Epoch] | None = None
        self._asking: asyncio.Task[Epoch] | None = None

    def freshen(self) -> None:
        """Ask again in the background once the knowledge is older than RECHECK."""
        if not self._is_younger_than(RECHECK):
            self._ask()

    async def check(self) -> None:
        """Raises WritesFenced; StorageUnavailable if it can't be found out."""
        self.freshen()
        if not self._is_younger_than(BOUND):
            await asyncio.shield(self._ask())
        epoch = self._known[1] if self._known else None
        if epoch is None or epoch.holder != self._instance:
            raise WritesFenced("Another instance takes the changes now. Send them there.", retry_after=60)

    async def current(self) -> Epoch:
        """The epoch as it is now. Raises StorageUnavailable."""
        return await asyncio.shield(self._ask())

    def _is_younger_than(self, age: timedelta) -> bool:
        # The wall clock, not the monotonic one: that stands still while a machine sleeps, and waking up stale is
        # what this is about. A clock that was set back counts as old.
        return self._known is not None and timedelta() <= self._clock.now() - self._known[0] < age

    def _ask(self) -> asyncio.Task[Epoch]:
        loop = asyncio.get_running_loop()
        if self._asking is None or self._asking.done() or self._asking.get_loop() is not loop:
            # In a context of its own: it isn't the request's work, and isn't counted as such.
            self._asking = loop.create_task(self._learn(), context=Context())
            self._asking.add_done_callback(_looked_at)
        return self._asking

    async def _learn(self) -> Epoch:
        began = self._clock.now()
        own, other = await asyncio.gather(self._own(), self._others())
        highest = other if other and other.number > own.number else own
        self._known = (began, highest)
        return highest

    async def _own(self) -> Epoch:
        found = await read_epoch(store=self._store)
        if found is not None:
            return found
        at, write_id = self._clock.now(), self._unique()
        return await claim_epoch(store=self._store, holder=self._instance, at=at, write_id=write_id)

    async def _others(self) -> Epoch | None:
        if self._peer is None:
            return None
        try:
            return await read_epoch(store=self._peer)
        except DomainError:
            return None


def _looked_at(task: asyncio.Task[Epoch]) -> None:
    if not task.cancelled():
        task.exception()  # who waits for it is told; a background read that failed is made again


class FencedStore:
    """`domain.store.Store`: reads go through, writes only with the fence's leave."""

    def __init__(self, store: Store, fence: Fence) -> None:
        self._store, self._fence = store, fence

    async def get(self, *, table: str, partition: str, key: str) -> Row | None:
        """One row by its key, or None."""
        self._fence.freshen()
        return await self._store.get(table=table, partition=partition, key=key)

    async def scan(
        self, *, table: str, partition: str | None = None, first: str = "", before: str | None = None
    ) -> AsyncIterator[Row]:
        """Rows in key order."""
        self._fence.freshen()
        async for row in self._store.scan(table=table, partition=partition, first=first, before=before):
            yield row

    async def commit(self, *, table: str, partition: str, writes: Sequence[Write], write_id: str) -> None:
        """All writes or none. Raises ReadOnlyStandby or WritesFenced besides what the port says."""
        await self._fence.check()
        await self._store.commit(table=table, partition=partition, writes=writes, write_id=write_id)

    async def create_table(self, *, table: str) -> None:
        """Make the table if it isn't there. Not fenced: an empty table changes nothing, and the epoch is in one."""
        await self._store.create_table(table=table)


class FencedBlobs:
    """`domain.blobs.Blobs`: reads go through, writes and links for uploads only with the fence's leave."""

    def __init__(self, blobs: Blobs, fence: Fence) -> None:
        self._blobs, self._fence = blobs, fence

    async def create_container(self, *, container: str) -> None:
        """Make the container if it isn't there. Not fenced: an empty one changes nothing."""
        await self._blobs.create_container(container=container)

    async def create(
        self,
        *,
        container: str,
        name: str,
        content: bytes,
        media_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> Blob:
        """Store a new file."""
        await self._fence.check()
        return await self._blobs.create(
            container=container, name=name, content=content, media_type=media_type, metadata=metadata
        )

    async def copy(self, *, container: str, name: str, to_container: str, to_name: str) -> Blob | None:
        """Store a copy under a new name."""
        await self._fence.check()
        return await self._blobs.copy(container=container, name=name, to_container=to_container, to_name=to_name)

    async def read(
        self, *, container: str, name: str, first: int | None = None, limit: int = 64 * 1024 * 1024
    ) -> bytes | None:
        """The content, or its first bytes."""
        return await self._blobs.read(container=container, name=name, first=first, limit=limit)

    async def describe(self, *, container: str, name: str) -> Blob | None:
        """What is known of the file."""
        return await self._blobs.describe(container=container, name=name)

    async def list(self, *, container: str, prefix: str = "") -> AsyncIterator[Blob]:
        """The files whose names begin so."""
        async for blob in self._blobs.list(container=container, prefix=prefix):
            yield blob

    async def delete(self, *, container: str, name: str) -> None:
        """Remove the file."""
        await self._fence.check()
        await self._blobs.delete(container=container, name=name)

    async def upload_link(self, *, container: str, name: str, at: datetime, expires_at: datetime) -> Link:
        """A link for one PUT."""
        await self._fence.check()
        return await self._blobs.upload_link(container=container, name=name, at=at, expires_at=expires_at)

    async def download_link(
        self, *, container: str, name: str, at: datetime, expires_at: datetime, file_name: str, media_type: str
    ) -> Link:
        """A link for reading."""
        return await self._blobs.download_link(
            container=container,
            name=name,
            at=at,
            expires_at=expires_at,
            file_name=file_name,
            media_type=media_type,
        )
