"""The cached master data: one read a minute, shared by those who come at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from adapters.catalogue import CachedCatalogue
from domain.pricing import read_catalogue
from domain.store import StorageUnavailable
from local.master_data import load_master_data
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore


class TestCachedCatalogue:
    def test_reads_once_a_minute(self) -> None:
        async def story() -> None:
            store, clock = FakeStore(), FakeClock()
            cached = CachedCatalogue(store, clock)
            first = await cached.current()
            clock.advance(milliseconds=59_999)
            await load_master_data(store)
            store.requests.clear()
            assert await cached.current() is first
            assert store.requests == []
            clock.advance(milliseconds=1)
            assert (await cached.current()).version > first.version
            assert store.requests == ["rows"]

        asyncio.run(story())

    def test_those_who_come_at_once_share_one_read(self) -> None:
        async def story() -> None:
            store = FakeStore()
            cached = CachedCatalogue(store, FakeClock())
            found = await asyncio.gather(*(cached.current() for _ in range(50)))
            assert store.requests == ["rows"]
            assert all(one is found[0] for one in found)

        asyncio.run(story())

    def test_one_who_gives_up_does_not_end_the_others_read(self) -> None:
        async def story() -> None:
            store = FakeStore()
            cached = CachedCatalogue(store, FakeClock())
            hasty, patient = (asyncio.create_task(cached.current()) for _ in range(2))
            await asyncio.sleep(0)
            hasty.cancel()
            await patient
            assert store.requests == ["rows"]

        asyncio.run(story())

    def test_what_was_written_here_counts_at_once_and_an_older_read_does_not_undo_it(self) -> None:
        async def story() -> None:
            store, clock = FakeStore(), FakeClock()
            await load_master_data(store)
            cached = CachedCatalogue(store, clock)
            slow = asyncio.create_task(cached.current())
            await asyncio.sleep(0)  # it has begun to read
            written = replace(await read_catalogue(store), version=99)
            cached.saw(written)
            assert await slow is written and await cached.current() is written
            clock.advance(seconds=59)
            assert await cached.current() is written
            clock.advance(seconds=1)
            assert (await cached.current()).version < 99  # what is stored counts, a restore of older rows too

        asyncio.run(story())

    def test_a_failed_read_is_not_kept(self) -> None:
        async def story() -> None:
            store = FakeStore(tables_on_demand=False)
            cached = CachedCatalogue(store, FakeClock())
            with pytest.raises(StorageUnavailable):
                await cached.current()
            await store.create_table(table="masterdata")
            assert (await cached.current()).version == 0

        asyncio.run(story())
