"""The storages that the faults are met on: Azurite by the real clients, and the fakes in memory. No tests here.

In memory a use case can meet every fault at every call in milliseconds, since what was prepared is copied. On Azurite
the faults are those of a real wire, met by the real clients.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import httpx

from adapters.blobs import AzureBlobs
from adapters.schema import create_containers, create_tables
from adapters.tables import AzureTableStore
from domain.blobs import Blobs
from domain.store import Row, Store, Write
from local.master_data import load_master_data
from tests.fakes.blobs import FakeBlobs
from tests.fakes.store import FakeStore
from tests.faults.backend import Wire

NOON = datetime.now(UTC).replace(hour=6, minute=30, second=0, microsecond=0)
"""When all begins in memory: noon of today in India, far from midnight whenever the tests run."""

Close = Callable[[], Awaitable[None]]


async def furnish(store: Store, blobs: Blobs) -> None:
    """All tables and containers, and master data."""
    await create_tables(store)
    await load_master_data(store)
    await create_containers(blobs)


@dataclass(frozen=True)
class OnAzurite:
    """The real clients, whose every HTTP request goes over the wire."""

    connection: str

    def opened(self, wire: Wire) -> tuple[Store, Blobs, Close]:
        """Clients of its own for each process."""
        store = AzureTableStore(self.connection, intercept=wire, patience=5)
        blobs = AzureBlobs(self.connection, intercept=wire, patience=5)

        async def close() -> None:
            await store.close()
            await blobs.close()

        return store, blobs, close

    async def upload(self, url: str, content: bytes) -> None:
        """A PUT, as the apps send it."""
        headers = {"Content-Type": "image/jpeg", "x-ms-blob-type": "BlockBlob"}
        async with httpx.AsyncClient() as http:
            assert (await http.put(url, content=content, headers=headers)).status_code == 201


@dataclass
class InMemory:
    """The fakes; each call of theirs is one request on the wire."""

    store: FakeStore = field(default_factory=FakeStore)
    blobs: FakeBlobs = field(default_factory=lambda: FakeBlobs(now=lambda: NOON))

    def copied(self) -> InMemory:
        """The same data once more. Rows and files never change in place."""
        store, blobs = copy(self.store), copy(self.blobs)
        store._tables = {name: dict(rows) for name, rows in self.store._tables.items()}
        blobs._containers = {name: dict(files) for name, files in self.blobs._containers.items()}
        return InMemory(store, blobs)

    def opened(self, wire: Wire) -> tuple[Store, Blobs, Close]:
        """The same data for all processes."""

        async def close() -> None:
            return None

        return WiredStore(self.store, wire), cast(Blobs, WiredBlobs(self.blobs, wire)), close

    async def upload(self, url: str, content: bytes) -> None:
        """A PUT."""
        assert self.blobs.follow_put(url, content, "image/jpeg").status == 201


@dataclass(frozen=True)
class WiredStore:
    """`domain.store.Store` with a wire before it."""

    store: FakeStore
    wire: Wire

    async def create_table(self, *, table: str) -> None:
        """Over the wire."""
        await self.wire("table", lambda: self.store.create_table(table=table))

    async def get(self, *, table: str, partition: str, key: str) -> Row | None:
        """Over the wire."""
        found = await self.wire("row", lambda: self.store.get(table=table, partition=partition, key=key))
        return cast(Row | None, found)

    async def scan(
        self, *, table: str, partition: str | None = None, first: str = "", before: str | None = None
    ) -> AsyncIterator[Row]:
        """Over the wire, in one page."""

        async def read() -> list[Row]:
            scan = self.store.scan(table=table, partition=partition, first=first, before=before)
            return [row async for row in scan]

        for row in await self.wire("rows", read):
            yield row

    async def commit(self, *, table: str, partition: str, writes: Sequence[Write], write_id: str) -> None:
        """Over the wire."""

        async def store() -> None:
            await self.store.commit(table=table, partition=partition, writes=writes, write_id=write_id)

        await self.wire(f"transaction {table}", store)


@dataclass(frozen=True)
class WiredBlobs:
    """What documents and quotations use of `domain.blobs.Blobs`, with a wire before it. Links cost no request."""

    blobs: FakeBlobs
    wire: Wire

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        """Any of the calls."""
        ask = getattr(self.blobs, name)
        if name.endswith("_link"):
            return cast(Callable[..., Awaitable[Any]], ask)
        return lambda **said: self.wire(name, lambda: ask(**said))
