"""The store port's contract on scans: order, bounds, pages."""

from __future__ import annotations

import asyncio

import pytest

from adapters.tables import counting
from domain.store import Create, Store
from tests.contract.conftest import OpenStore


async def fill(store: Store, table: str, partition: str, keys: list[str]) -> None:
    batches = [keys[n : n + 100] for n in range(0, len(keys), 100)]
    for n, batch in enumerate(batches):
        writes = [Create(key, {"n": n}) for key in batch]
        await store.commit(table=table, partition=partition, writes=writes, write_id=f"w{n}")


async def keys_of(store: Store, table: str, **bounds: str) -> list[str]:
    return [row.key async for row in store.scan(table=table, **bounds)]


class TestScan:
    def test_walks_2300_rows_in_order_by_pages_of_1000(self, open_store: OpenStore, table: str) -> None:
        async def body() -> None:
            async with open_store() as store:
                keys = [f"{n:05}" for n in range(2_300)]
                await fill(store, table, "p", keys[::-1])
                await fill(store, table, "o", ["a"])
                before = len(getattr(store, "requests", ()))
                with counting() as count:
                    assert await keys_of(store, table, partition="p") == keys
                requests = len(getattr(store, "requests", ())) - before or count.requests
                assert requests == 3
                assert await keys_of(store, table) == ["a", *keys]
                bounded = await keys_of(store, table, partition="p", first="00990", before="02010")
                assert bounded == keys[990:2010]

        asyncio.run(body())

    def test_asks_for_a_page_only_when_it_is_wanted(self, open_store: OpenStore, table: str) -> None:
        async def body() -> None:
            async with open_store() as store:
                await fill(store, table, "p", [f"{n:05}" for n in range(1_001)])
                before = len(getattr(store, "requests", ()))
                with counting() as count:
                    seen = 0
                    async for _ in store.scan(table=table, partition="p"):
                        seen += 1
                        if seen == 1_000:
                            break
                assert (len(getattr(store, "requests", ())) - before or count.requests) == 1

        asyncio.run(body())

    def test_bounds_are_first_and_before(self, open_store: OpenStore, table: str) -> None:
        async def body() -> None:
            async with open_store() as store:
                await fill(store, table, "p", ["event:1", "event:2", "lead", "quotation:1"])
                assert await keys_of(store, table, partition="p", first="event:2") == [
                    "event:2",
                    "lead",
                    "quotation:1",
                ]
                assert await keys_of(store, table, partition="p", before="event:2") == ["event:1"]
                assert await keys_of(store, table, partition="p", first="event:", before="event;") == [
                    "event:1",
                    "event:2",
                ]
                assert await keys_of(store, table, partition="p", first="m", before="a") == []
                assert await keys_of(store, table, partition="nobody") == []

        asyncio.run(body())

    def test_bounds_without_a_partition_are_refused(self, open_store: OpenStore, table: str) -> None:
        async def body() -> None:
            async with open_store() as store:
                for bounds in ({"first": "a"}, {"before": "b"}):
                    with pytest.raises(ValueError):
                        await keys_of(store, table, **bounds)

        asyncio.run(body())

    def test_goes_by_partition_then_key_in_utf_16_order(self, open_store: OpenStore, table: str) -> None:
        async def body() -> None:
            async with open_store() as store:
                # An emoji's first unit is U+D83D: before U+E000, which Python would put first.
                in_order = ["A", "a", "é", "अ", "😀", "\ue000"]
                for partition in ("q", "p"):
                    await fill(store, table, partition, in_order[::-1])
                found = [(row.partition, row.key) async for row in store.scan(table=table)]
                assert found == [(partition, key) for partition in ("p", "q") for key in in_order]

        asyncio.run(body())

    def test_pages_may_end_at_any_key(self, open_store: OpenStore, table: str) -> None:
        async def body() -> None:
            async with open_store() as store:
                keys = sorted([f"it's अ% {n:04}" for n in range(1_100)])
                await fill(store, table, "नमस्ते 100%", keys)
                assert await keys_of(store, table, partition="नमस्ते 100%") == keys
                assert await keys_of(store, table) == keys

        asyncio.run(body())


def test_a_table_made_twice_keeps_its_rows(open_store: OpenStore, table: str) -> None:
    async def body() -> None:
        async with open_store() as store:
            await fill(store, table, "p", ["a"])
            await store.create_table(table=table)
            assert await keys_of(store, table) == ["a"]

    asyncio.run(body())
