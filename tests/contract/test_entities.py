"""The contract of raw rows, on the fake and on Azurite: every Edm type comes back as it went in."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from adapters.tables import AzureEntities
from domain.continuity import BINARY, DOUBLE, GUID, INT64, TIME, Entities, Entity, Put, entity_of, line_of
from domain.store import RowChanged, RowExists, StorageUnavailable
from tests.fakes.entities import FakeEntities

Body = Callable[[Entities], Awaitable[None]]

EVERY_TYPE = {
    "text": "Rāhul शर्मा 👩‍🔧 \u202e 'quoted' \"double\" \t end ",
    "empty": "",
    "longest": "ज" * 32_768,
    "true": True,
    "false": False,
    "int32Least": -(2**31),
    "int32Most": 2**31 - 1,
    "int64Least": (INT64, str(-(2**63))),
    "int64Most": (INT64, str(2**63 - 1)),
    "int64Small": (INT64, "7"),
    "double": (DOUBLE, "0.1"),
    "doubleLong": (DOUBLE, "2.2250738585072014e-308"),
    "doubleHuge": (DOUBLE, "1.7976931348623157e+308"),
    "nan": (DOUBLE, "NaN"),
    "infinity": (DOUBLE, "Infinity"),
    "minusInfinity": (DOUBLE, "-Infinity"),
    "tick": (TIME, "2026-03-31T18:29:59.9999999Z"),
    "oldest": (TIME, "1601-01-01T00:00:00.0000001Z"),
    "newest": (TIME, "9999-12-31T23:59:59.9999999Z"),
    "guid": (GUID, "c9da6455-213d-42c9-9a79-3e9149a57833"),
    "binary": (BINARY, base64.b64encode(bytes(range(256)) * 256).decode()),
    "noBytes": (BINARY, ""),
}


@pytest.fixture
def run(request: pytest.FixtureRequest, table: str, rows_of: str) -> Callable[[Body], None]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Entities]:
        if rows_of == "fake":
            yield FakeEntities()
            return
        entities = AzureEntities(request.getfixturevalue(f"{rows_of}_connection"))
        yield entities
        await entities.close()

    def run_body(body: Body) -> None:
        async def whole() -> None:
            async with opened() as entities:
                await entities.create_table(table=table)
                await body(entities)

        asyncio.run(whole())

    return run_body


@pytest.fixture(params=["fake", "azurite", "tables"])
def rows_of(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def all_of(entities: Entities, table: str, **bounds: object) -> list[Entity]:
    pages = entities.pages(table=table, **bounds)
    return [row async for page in pages for row in page]


def named(rows: list[Entity]) -> list[tuple[str, str]]:
    return [(row.partition, row.key) for row in rows]


class TestValues:
    def test_of_every_type_come_back_exactly(self, run: Callable[[Body], None], table: str) -> None:
        row = Entity("p", "every type", EVERY_TYPE)

        async def body(entities: Entities) -> None:
            await entities.write(table=table, partition="p", puts=[Put(row)])
            found = await entities.get(table=table, partition="p", key="every type")
            assert found is not None
            assert {n: (v, found.columns.get(n)) for n, v in EVERY_TYPE.items() if v != found.columns.get(n)} == {}
            assert found.same_as(row)
            assert found.timestamp and found.etag
            # and through a backup's line, and back into storage
            again = entity_of(line_of(found))
            assert again.same_as(row) and again.timestamp == found.timestamp
            copy = Entity("p", "copy", again.columns)
            await entities.write(table=table, partition="p", puts=[Put(copy)])
            rows = await all_of(entities, table)
            assert rows[0].columns == rows[1].columns

        run(body)

    def test_an_integer_and_a_truth_value_are_not_the_same(self) -> None:
        assert not Entity("p", "k", {"a": True}).same_as(Entity("p", "k", {"a": 1}))
        assert not Entity("p", "k", {"a": 1}).same_as(Entity("p", "k", {"a": (INT64, "1")}))


class TestPages:
    def test_walk_all_rows_in_order_from_any_place(self, run: Callable[[Body], None], table: str) -> None:
        async def body(entities: Entities) -> None:
            for partition in ("A'1", "B", "C"):
                rows = [Put(Entity(partition, f"k{n:02d}", {"n": n})) for n in range(5)]
                await entities.write(table=table, partition=partition, puts=rows)
            everything = named(await all_of(entities, table))
            assert everything == sorted(everything) and len(everything) == 15
            for number, (partition, key) in enumerate(everything):
                rest = named(await all_of(entities, table, after=(partition, key)))
                assert rest == everything[number + 1 :]
            assert named(await all_of(entities, table, after=("A'1", None))) == everything[5:]
            assert named(await all_of(entities, table, partition="A'1")) == everything[:5]
            some = await entities.between(table=table, partition="B", first="k01", last="k03")
            assert [row.key for row in some] == ["k01", "k02", "k03"]

        run(body)

    def test_have_at_most_a_thousand_rows(self, run: Callable[[Body], None], table: str) -> None:
        async def body(entities: Entities) -> None:
            for first in range(0, 1_100, 100):
                rows = [Put(Entity("p", f"{first + n:05d}", {})) for n in range(100)]
                await entities.write(table=table, partition="p", puts=rows)
            sizes = [len(page) async for page in entities.pages(table=table)]
            assert sizes == [1_000, 100]

        run(body)


class TestWrite:
    def test_is_all_or_nothing_and_conditional(self, run: Callable[[Body], None], table: str) -> None:
        async def body(entities: Entities) -> None:
            await entities.write(table=table, partition="p", puts=[Put(Entity("p", "a", {"n": 1, "gone": "x"}))])
            found = await entities.get(table=table, partition="p", key="a")
            assert found is not None
            with pytest.raises(RowExists):
                await entities.write(
                    table=table, partition="p", puts=[Put(Entity("p", "b", {})), Put(Entity("p", "a", {"n": 2}))]
                )
            await entities.write(table=table, partition="p", puts=[Put(Entity("p", "a", {"n": 3}), found.etag)])
            with pytest.raises(RowChanged):
                await entities.write(table=table, partition="p", puts=[Put(Entity("p", "a", {"n": 4}), found.etag)])
            rows = await all_of(entities, table)
            assert [(row.key, row.columns) for row in rows] == [("a", {"n": 3})]

        run(body)


class TestTables:
    def test_are_made_found_and_removed(self, run: Callable[[Body], None], table: str) -> None:
        async def body(entities: Entities) -> None:
            name = f"scratch{table}"
            await entities.create_table(table=name)
            await entities.create_table(table=name)
            assert await entities.tables(prefix=name) == [name]
            await entities.delete_table(table=name)
            await entities.delete_table(table=name)
            assert await entities.tables(prefix=name) == []
            with pytest.raises(StorageUnavailable):
                await all_of(entities, name)

        run(body)
