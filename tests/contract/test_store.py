"""The store port's contract on writes: conditions, atomicity, limits. Values and scans have files of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from domain.store import (
    Create,
    Delete,
    KeyNotAllowed,
    Replace,
    Row,
    RowChanged,
    RowExists,
    StorageUnavailable,
    Store,
    TransactionTooLarge,
    Write,
)
from tests.contract.conftest import OpenStore

_STALE = "W/\"datetime'2024-01-01T00%3A00%3A00.0000000Z'\""


@pytest.fixture
def run(open_store: OpenStore) -> Callable[[Callable[[Store], Awaitable[None]]], None]:
    """Runs the body of a test on an open store."""

    def run_body(body: Callable[[Store], Awaitable[None]]) -> None:
        async def opened() -> None:
            async with open_store() as store:
                await body(store)

        asyncio.run(opened())

    return run_body


async def commit(store: Store, table: str, *writes: Write, write_id: str = "w", partition: str = "p") -> None:
    await store.commit(table=table, partition=partition, writes=writes, write_id=write_id)


async def stored(store: Store, table: str) -> list[tuple[str, dict[str, object]]]:
    return [(row.key, dict(row.values)) async for row in store.scan(table=table)]


async def read(store: Store, table: str, key: str) -> Row:
    row = await store.get(table=table, partition="p", key=key)
    assert row is not None
    return row


class TestCreate:
    def test_stores_the_row_with_its_write_id(self, run, table):
        async def body(store: Store) -> None:
            await commit(store, table, Create("a", {"n": 1}), write_id="first")
            row = await read(store, table, "a")
            assert (row.partition, row.key, row.values) == ("p", "a", {"n": 1, "writeId": "first"})
            assert await store.get(table=table, partition="p", key="b") is None
            assert await store.get(table=table, partition="q", key="a") is None

        run(body)

    def test_refuses_a_row_that_is_there_and_stores_nothing(self, run, table):
        async def body(store: Store) -> None:
            await commit(store, table, Create("a", {"n": 1}))
            with pytest.raises(RowExists):
                await commit(store, table, Create("z", {}), Create("a", {"n": 2}), write_id="w2")
            assert await stored(store, table) == [("a", {"n": 1, "writeId": "w"})]

        run(body)


class TestReplace:
    def test_writes_the_whole_row_anew(self, run, table):
        async def body(store: Store) -> None:
            await commit(store, table, Create("a", {"n": 1, "gone": "x"}))
            first = await read(store, table, "a")
            await commit(store, table, Replace("a", {"n": 2}, first.etag), write_id="w2")
            second = await read(store, table, "a")
            assert second.values == {"n": 2, "writeId": "w2"}
            assert second.etag != first.etag

        run(body)

    def test_refuses_a_row_that_changed_in_the_meantime(self, run, table):
        async def body(store: Store) -> None:
            await commit(store, table, Create("a", {"n": 1}))
            old = await read(store, table, "a")
            await commit(store, table, Replace("a", {"n": 2}, old.etag), write_id="w2")
            with pytest.raises(RowChanged):
                await commit(store, table, Replace("a", {"n": 3}, old.etag), write_id="w3")
            assert await stored(store, table) == [("a", {"n": 2, "writeId": "w2"})]

        run(body)

    def test_refuses_a_row_that_is_not_there(self, run, table):
        async def body(store: Store) -> None:
            with pytest.raises(RowChanged):
                await commit(store, table, Replace("a", {}, _STALE))
            assert await stored(store, table) == []

        run(body)

    @pytest.mark.parametrize("etag", ["*", ""])
    def test_cannot_be_made_unconditional(self, run, table, etag):
        async def body(store: Store) -> None:
            await commit(store, table, Create("a", {"n": 1}))
            for write in (Replace("a", {"n": 2}, etag), Delete("a", etag)):
                with pytest.raises(ValueError):
                    await commit(store, table, write, write_id="w2")
            assert await stored(store, table) == [("a", {"n": 1, "writeId": "w"})]

        run(body)


class TestDelete:
    def test_removes_the_row(self, run, table):
        async def body(store: Store) -> None:
            await commit(store, table, Create("a", {}))
            await commit(store, table, Delete("a", (await read(store, table, "a")).etag))
            assert await stored(store, table) == []

        run(body)

    def test_refuses_a_row_that_changed_or_is_gone(self, run, table):
        async def body(store: Store) -> None:
            await commit(store, table, Create("a", {"n": 1}))
            for key in ("a", "nothing"):
                with pytest.raises(RowChanged):
                    await commit(store, table, Delete(key, _STALE))
            assert await stored(store, table) == [("a", {"n": 1, "writeId": "w"})]

        run(body)


class TestTransaction:
    def test_does_all_kinds_of_write_at_once(self, run, table):
        async def body(store: Store) -> None:
            await commit(store, table, Create("a", {"n": 1}), Create("b", {"n": 1}))
            a, b = await read(store, table, "a"), await read(store, table, "b")
            writes = (Replace("a", {"n": 2}, a.etag), Delete("b", b.etag), Create("c", {"n": 3}))
            await commit(store, table, *writes, write_id="w2")
            expected = [("a", {"n": 2, "writeId": "w2"}), ("c", {"n": 3, "writeId": "w2"})]
            assert await stored(store, table) == expected

        run(body)

    def test_a_stale_row_keeps_the_entries_beside_it_out(self, run, table):
        """Case 7: wherever in the transaction the stale row stands."""

        async def body(store: Store) -> None:
            await commit(store, table, Create("lead", {"n": 1}))
            stale = Replace("lead", {"n": 2}, _STALE)
            entries = [Create("event:2", {}), Create("event:3", {})]
            for place in range(3):
                with pytest.raises(RowChanged):
                    await commit(store, table, *entries[:place], stale, *entries[place:], write_id=f"w{place}")
            assert await stored(store, table) == [("lead", {"n": 1, "writeId": "w"})]

        run(body)

    def test_of_twenty_with_one_etag_exactly_one_wins(self, run, table):
        async def body(store: Store) -> None:
            await commit(store, table, Create("lead", {"n": 0}))
            etag = (await read(store, table, "lead")).etag

            async def attempt(n: int) -> bool:
                writes = (Replace("lead", {"n": n}, etag), Create(f"event:{n:02}", {}))
                try:
                    await commit(store, table, *writes, write_id=f"w{n}")
                except RowChanged:
                    return False
                return True

            won = [n for n, landed in enumerate(await asyncio.gather(*map(attempt, range(1, 21))), 1) if landed]
            assert len(won) == 1
            assert [key for key, _ in await stored(store, table)] == [f"event:{won[0]:02}", "lead"]
            assert (await read(store, table, "lead")).values == {"n": won[0], "writeId": f"w{won[0]}"}

        run(body)

    def test_holds_100_rows_and_no_more(self, run, table):
        async def body(store: Store) -> None:
            rows = [Create(f"{n:03}", {}) for n in range(101)]
            with pytest.raises(TransactionTooLarge, match="101"):
                await commit(store, table, *rows)
            assert await stored(store, table) == []
            await commit(store, table, *rows[:100])
            assert len(await stored(store, table)) == 100

        run(body)

    @pytest.mark.parametrize("text", ["x" * 32_000 + "y" * 768, "अ" * 7_100], ids=["ascii", "devanagari"])
    def test_holds_4_mib_and_no_more(self, run, table, text):
        """What the service counts is its request, in which JSON makes six bytes of a Devanagari letter."""

        async def body(store: Store) -> None:
            fits = [Create(f"{n:03}", {"a": text}) for n in range(90)]
            too_much = [Create(f"{n:03}", {"a": text, "b": text}) for n in range(90)]
            with pytest.raises(TransactionTooLarge):
                await commit(store, table, *too_much)
            assert await stored(store, table) == []
            await commit(store, table, *fits)

        run(body)

    def test_refuses_a_row_twice_and_an_empty_one(self, run, table):
        async def body(store: Store) -> None:
            for writes in ((Create("a", {}), Create("a", {})), ()):
                with pytest.raises(ValueError):
                    await commit(store, table, *writes)
            assert await stored(store, table) == []

        run(body)


class TestKeys:
    @pytest.mark.parametrize(
        "key", ["a/b", "a\\b", "a#b", "a?b", "a\tb", "\x00", "\x7f", "\x9f", "", "\ud800", "x" * 513, "😀" * 257]
    )
    def test_refuses_what_the_storage_cannot_hold(self, run, table, key):
        async def body(store: Store) -> None:
            with pytest.raises(KeyNotAllowed):
                await commit(store, table, Create(key, {}))
            with pytest.raises(KeyNotAllowed):
                await commit(store, table, Create("a", {}), partition=key)
            assert await stored(store, table) == []

        run(body)


def test_a_missing_table_is_unavailable_and_not_a_missing_row(run):
    async def body(store: Store) -> None:
        with pytest.raises(StorageUnavailable):
            await store.get(table="nowhere", partition="p", key="a")
        with pytest.raises(StorageUnavailable):
            await stored(store, "nowhere")
        for write in (Create("a", {}), Replace("a", {}, _STALE), Delete("a", _STALE)):
            with pytest.raises(StorageUnavailable):
                await commit(store, "nowhere", write)

    run(body)
