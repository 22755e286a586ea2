"""How many requests the store sends, and how they follow each other; who retries, and for how long."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import Awaitable, Callable

import pytest

from adapters.background import all_done, later
from adapters.tables import AzureTableStore, Count, counting
from domain.store import Create, Delete, Replace, StorageUnavailable
from tests.adapters.tables.faults import Faults, answered, lost_request


def run(connection: str, table: str, body: Callable[[AzureTableStore], Awaitable[None]]) -> None:
    async def opened() -> None:
        store = AzureTableStore(connection)
        try:
            await store.create_table(table=table)
            await body(store)
        finally:
            await store.close()

    asyncio.run(opened())


class TestCounting:
    def test_each_operation_is_one_request(self, azurite_connection, table):
        async def body(store: AzureTableStore) -> None:
            at = {"table": table, "partition": "p"}
            with counting() as count:
                await store.commit(**at, writes=[Create("a", {}), Create("b", {})], write_id="w1")
                a, b = [await store.get(**at, key=key) for key in "ab"]
                assert a and b
                await store.commit(**at, writes=[Replace("a", {}, a.etag), Delete("b", b.etag)], write_id="w2")
                assert [row.key async for row in store.scan(**at)] == ["a"]
            assert (count.requests, count.hops) == (5, 5)
            kinds = [span[3] for span in count.spans]
            assert kinds == ["transaction", "row", "row", "transaction", "rows"]

        run(azurite_connection, table, body)

    def test_parallel_requests_are_one_hop(self, azurite_connection, table):
        async def body(store: AzureTableStore) -> None:
            async def read() -> None:
                await store.get(table=table, partition="p", key="a")

            await read()
            with counting() as count:
                await asyncio.gather(read(), read(), read())
                await read()
            assert count.requests == 4
            assert count.hops == 2

        run(azurite_connection, table, body)

    def test_a_block_inside_another_counts_for_both(self, azurite_connection, table):
        async def body(store: AzureTableStore) -> None:
            with counting() as outer, counting() as inner:
                await store.get(table=table, partition="p", key="a")
            await store.get(table=table, partition="p", key="a")
            assert (outer.requests, inner.requests) == (1, 1)

        run(azurite_connection, table, body)

    def test_what_nobody_waits_for_is_counted_apart(self, azurite_connection, table):
        async def body(store: AzureTableStore) -> None:
            async def read() -> None:
                await store.get(table=table, partition="p", key="a")

            with counting() as count:
                later(read())
                await read()
                await all_done()
            assert (count.requests, count.hops, count.aside) == (1, 1, 1)

        run(azurite_connection, table, body)

    def test_hops_are_the_longest_chain_without_overlap(self):
        def hops(*spans: tuple[float, float]) -> int:
            return Count([(start, end, "GET", "row") for start, end in spans]).hops

        assert hops() == 0
        assert hops((0, 1), (0, 1), (0, 5)) == 1
        assert hops((0, 1), (1, 2), (0, 5)) == 2
        assert hops((0, 4), (1, 2), (2, 3), (5, 6)) == 3


class TestRetries:
    @pytest.mark.parametrize("fault", [lost_request, answered(503, landed=False), answered(500, landed=False)])
    def test_the_sdk_retries_no_write(self, azurite_connection, table, fault):
        """Between two attempts there is always our own re-read; the SDK would send the second straight away."""
        faults = Faults(always=fault)

        async def body() -> None:
            store = AzureTableStore(azurite_connection, intercept=faults)
            await store.create_table(table=table)
            faults.on = True
            with pytest.raises(StorageUnavailable):
                await store.commit(table=table, partition="p", writes=[Create("a", {})], write_id="w")
            await store.close()

        asyncio.run(body())
        assert faults.seen == ["POST", "GET"] * 3

    def test_a_read_is_retried_and_a_scan_goes_on_where_it_was(self, azurite_connection, table):
        faults = Faults(method="GET")

        async def body() -> None:
            store = AzureTableStore(azurite_connection, intercept=faults)
            await store.create_table(table=table)
            for batch in range(11):
                writes = [Create(f"{batch:02}{n:02}", {}) for n in range(100)]
                await store.commit(table=table, partition="p", writes=writes, write_id="w")
            faults.on = True
            faults.plan = [lost_request]
            assert await store.get(table=table, partition="p", key="0000") is not None
            keys = []
            async for row in store.scan(table=table, partition="p"):
                keys.append(row.key)
                if len(keys) == 1_000:
                    faults.plan = [answered(503, landed=False), lost_request]
            assert keys == sorted(set(keys))
            assert len(keys) == 1_100
            await store.close()

        asyncio.run(body())


class TestConnections:
    # The sockets of a loop that has ended can't be closed in it any more: that they are let go of is the test.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_a_store_outlives_its_event_loop(self, azurite_connection, table):
        store = AzureTableStore(azurite_connection)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            asyncio.run(store.create_table(table=table))
            for _ in range(2):
                assert asyncio.run(store.get(table=table, partition="p", key="a")) is None
            asyncio.run(store.close())

    def test_a_storage_that_accepts_and_never_answers_is_given_up(self):
        async def body() -> None:
            server = await asyncio.start_server(lambda *_: asyncio.sleep(60), "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            store = AzureTableStore(
                "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=bm9uZQ==;"
                f"TableEndpoint=http://127.0.0.1:{port}/devstoreaccount1;",
                read_timeout=0.2,
            )
            started = time.monotonic()
            with pytest.raises(StorageUnavailable):
                await store.get(table="leads", partition="p", key="a")
            assert time.monotonic() - started < 4
            await store.close()
            server.close()

        asyncio.run(body())

    @pytest.mark.parametrize("key", ["a/b", "", "a\tb", "\ud800"])
    def test_a_key_that_no_row_can_have_is_not_asked_for(self, azurite_connection, table, key):
        async def body(store: AzureTableStore) -> None:
            with counting() as count:
                assert await store.get(table=table, partition="p", key=key) is None
                assert await store.get(table=table, partition=key, key="a") is None
            assert count.requests == 0

        run(azurite_connection, table, body)
