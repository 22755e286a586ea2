"""Raw rows in memory: pages, conditions and refusals as the real ones (see tests/contract)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from domain.continuity import Entity, Place, Put, order_of
from domain.store import RowChanged, RowExists, StorageUnavailable, key_order

_PAGE = 1_000
Before = Callable[[str], None]


def _nothing(request: str) -> None:
    """Lets the request go on."""


@dataclass
class FakeEntities:
    """`domain.continuity.Entities` in memory. `before` is told of each request (`page leads`, `write leads`);
    raise in it to play a storage that is down, or write from it to play somebody else's transaction."""

    page: int = _PAGE
    before: Before = _nothing
    requests: list[str] = field(default_factory=list)
    _tables: dict[str, dict[tuple[str, str], Entity]] = field(default_factory=dict)
    _writes: int = 0

    def put(self, table: str, *entities: Entity) -> None:
        """Store rows whatever is there, as other programs might."""
        for entity in entities:
            self._writes += 1
            at = f"2026-03-31T12:00:00.{self._writes:07d}Z"
            stored = replace(entity, timestamp=at, etag=f'W/"{self._writes}"')
            self._tables.setdefault(table, {})[entity.partition, entity.key] = stored

    def remove(self, table: str, partition: str, key: str) -> None:
        """Delete a row whatever it is."""
        del self._tables[table][partition, key]

    def rows(self, table: str) -> list[Entity]:
        """All rows in order."""
        return sorted(self._tables[table].values(), key=order_of)

    async def pages(
        self, *, table: str, partition: str | None = None, after: Place | None = None
    ) -> AsyncIterator[Sequence[Entity]]:
        """The rows in key order; between its pages others may write."""
        low = None if after is None else _bound(after)
        while True:
            await self._request("page", table)
            found = [
                row
                for row in self._rows(table)
                if (partition is None or row.partition == partition) and (low is None or order_of(row) > low)
            ]
            yield found[: self.page]
            if len(found) <= self.page:
                return
            low = order_of(found[self.page - 1])

    async def get(self, *, table: str, partition: str, key: str) -> Entity | None:
        """One row, or None."""
        await self._request("get", table)
        self._rows(table)
        return self._tables[table].get((partition, key))

    async def between(self, *, table: str, partition: str, first: str, last: str) -> list[Entity]:
        """The rows of a partition with first <= key <= last."""
        await self._request("between", table)
        low, high = key_order(first), key_order(last)
        return [r for r in self._rows(table) if r.partition == partition and low <= key_order(r.key) <= high]

    async def write(self, *, table: str, partition: str, puts: Sequence[Put]) -> None:
        """All or none."""
        await self._request("write", table)
        self._rows(table)
        if not 0 < len(puts) <= 100:
            raise ValueError("a transaction has 1 to 100 rows")
        for put in puts:
            found = self._tables[table].get((partition, put.entity.key))
            if put.etag is None and found is not None:
                raise RowExists("A row that was to be created is there already.")
            if put.etag is not None and (found is None or found.etag != put.etag):
                raise RowChanged("A row has changed since it was read.")
        self.put(table, *(put.entity for put in puts))

    async def create_table(self, *, table: str) -> None:
        """Make the table if it isn't there."""
        await self._request("create", table)
        self._tables.setdefault(table, {})

    async def delete_table(self, *, table: str) -> None:
        """Remove the table, if it is there."""
        await self._request("delete", table)
        self._tables.pop(table, None)

    async def tables(self, *, prefix: str) -> list[str]:
        """The names of the tables that begin so."""
        await self._request("tables", prefix)
        return sorted(name for name in self._tables if name.startswith(prefix))

    def _rows(self, table: str) -> Iterable[Entity]:
        if table not in self._tables:
            raise StorageUnavailable(f"The table {table} isn't there.", retry_after=5)
        return self.rows(table)

    async def _request(self, kind: str, name: str) -> None:
        request = f"{kind} {name}"
        self.requests.append(request)
        await asyncio.sleep(0)
        self.before(request)


def _bound(after: Place) -> tuple[bytes, bytes]:
    partition, key = after
    # No key sorts after this one: \uffff is the last UTF-16 unit, and no key may be this long.
    return key_order(partition), b"\xff" * 2048 if key is None else key_order(key)
