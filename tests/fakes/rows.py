"""One storage account in memory, seen by both ports: rows as use cases know them, and as backups do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from domain.continuity import INT64, Column, Entity, Place, Put, order_of
from domain.store import Row, RowChanged, RowExists, Value, key_order
from tests.fakes.clock import FakeClock
from tests.fakes.store import Commit, FakeStore


def column_of(value: Value) -> Column:
    """As the storage would have it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (INT64, str(value))
    assert isinstance(value, str | bool)
    return value


def value_of(column: Column) -> Value:
    """The reverse."""
    return int(column[1]) if isinstance(column, tuple) else column


@dataclass
class RowsOf:
    """`domain.continuity.Entities` over the rows of a FakeStore. Rows bear the clock's time of their last write."""

    store: FakeStore
    clock: FakeClock
    _written: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store.after_commit = self._note

    def _note(self, commit: Commit) -> None:
        for write in commit.writes:
            self._written[commit.table, commit.partition, write.key] = self._now()

    def _now(self) -> str:
        return f"{self.clock.now():%Y-%m-%dT%H:%M:%S.%f}0Z"

    def _entity(self, table: str, row: Row) -> Entity:
        at = self._written.get((table, row.partition, row.key), "")
        return Entity(row.partition, row.key, {n: column_of(v) for n, v in row.values.items()}, at, row.etag)

    def _all(self, table: str) -> list[Entity]:
        found = [self._entity(table, row) for row in self.store._rows(table).values()]
        return sorted(found, key=order_of)

    async def pages(
        self, *, table: str, partition: str | None = None, after: Place | None = None
    ) -> AsyncIterator[Sequence[Entity]]:
        assert after is None
        yield [row for row in self._all(table) if partition in (None, row.partition)]

    async def get(self, *, table: str, partition: str, key: str) -> Entity | None:
        row = self.store._rows(table).get((partition, key))
        return self._entity(table, row) if row else None

    async def between(self, *, table: str, partition: str, first: str, last: str) -> list[Entity]:
        low, high = key_order(first), key_order(last)
        return [r for r in self._all(table) if r.partition == partition and low <= key_order(r.key) <= high]

    async def write(self, *, table: str, partition: str, puts: Sequence[Put]) -> None:
        rows = self.store._rows(table)
        for put in puts:
            there = rows.get((partition, put.entity.key))
            if put.etag is None and there is not None:
                raise RowExists("It is there.")
            if put.etag is not None and (there is None or there.etag != put.etag):
                raise RowChanged("It has changed.")
        for put in puts:
            self.store._writes += 1
            values = {name: value_of(column) for name, column in put.entity.columns.items()}
            row = Row(partition, put.entity.key, values, f'W/"{self.store._writes}"')
            rows[partition, put.entity.key] = row
            self._written[table, partition, put.entity.key] = self._now()

    async def create_table(self, *, table: str) -> None:
        self.store._tables.setdefault(table, {})

    async def delete_table(self, *, table: str) -> None:
        self.store._tables.pop(table, None)

    async def tables(self, *, prefix: str) -> list[str]:
        return [name for name in self.store._tables if name.startswith(prefix)]
