"""The store port in memory: the same guarantees, limits and refusals as the real one (see tests/contract)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from domain.store import (
    Create,
    Delete,
    Row,
    RowChanged,
    RowExists,
    StorageUnavailable,
    Write,
    check_table_name,
    key_order,
    prepared,
)

_PAGE = 1_000


@dataclass(frozen=True)
class Commit:
    """What a hook is told: one transaction, checked and stamped, as it is stored."""

    table: str
    partition: str
    writes: tuple[Write, ...]
    write_id: str


Hook = Callable[[Commit], None]
_Rows = dict[tuple[str, str], Row]


def _no_hook(commit: Commit) -> None:
    """Lets the commit go on."""


@dataclass
class FakeStore:
    """`domain.store.Store` in memory.

    `before_commit` and `after_commit` are called around each transaction's storing; raise in one to play a
    crash before it, or one after it that loses the reply. `requests` names what the real store would have
    sent. With `tables_on_demand=False` an unknown table is refused, as in the real one.
    """

    before_commit: Hook = _no_hook
    after_commit: Hook = _no_hook
    tables_on_demand: bool = True
    requests: list[str] = field(default_factory=list)
    _tables: dict[str, _Rows] = field(default_factory=dict)
    _writes: int = 0

    async def create_table(self, *, table: str) -> None:
        """Make the table if it isn't there."""
        await self._request("table")
        check_table_name(table)
        self._tables.setdefault(table, {})

    async def get(self, *, table: str, partition: str, key: str) -> Row | None:
        """One row by its key, or None."""
        await self._request("row")
        row = self._rows(table).get((partition, key))
        return _copy(row) if row else None

    async def scan(
        self, *, table: str, partition: str | None = None, first: str = "", before: str | None = None
    ) -> AsyncIterator[Row]:
        """Rows in key order; between its pages others may write, as in the real one."""
        if partition is None and (first or before is not None):
            raise ValueError("bounds need a partition")
        after: tuple[bytes, bytes] | None = None
        while True:
            await self._request("rows")
            found = self._between(table, partition, first, before, after)
            for row in found[:_PAGE]:
                yield _copy(row)
            if len(found) <= _PAGE:
                return
            after = _order(found[_PAGE - 1])

    async def commit(self, *, table: str, partition: str, writes: Sequence[Write], write_id: str) -> None:
        """All writes or none."""
        ready = prepared(partition=partition, writes=writes, write_id=write_id)
        commit = Commit(table, partition, tuple(ready), write_id)
        await self._request("transaction")
        self.before_commit(commit)
        # No await from here on: other tasks see all of the transaction or nothing of it.
        rows = self._rows(table)
        for write in ready:
            _check_condition(rows.get((partition, write.key)), write)
        for write in ready:
            self._store(rows, partition, write)
        self.after_commit(commit)

    def _store(self, rows: _Rows, partition: str, write: Write) -> None:
        if isinstance(write, Delete):
            del rows[partition, write.key]
            return
        self._writes += 1
        etag = f'W/"{self._writes}"'
        rows[partition, write.key] = Row(partition, write.key, dict(write.values), etag)

    def _between(
        self,
        table: str,
        partition: str | None,
        first: str,
        before: str | None,
        after: tuple[bytes, bytes] | None,
    ) -> list[Row]:
        low, high = key_order(first), None if before is None else key_order(before)
        found = [
            row
            for row in self._rows(table).values()
            if (partition is None or row.partition == partition)
            and key_order(row.key) >= low
            and (high is None or key_order(row.key) < high)
            and (after is None or _order(row) > after)
        ]
        return sorted(found, key=_order)

    def _rows(self, table: str) -> _Rows:
        if self.tables_on_demand:
            return self._tables.setdefault(table, {})
        if table not in self._tables:
            raise StorageUnavailable(f"The table {table} isn't there.", retry_after=5)
        return self._tables[table]

    async def _request(self, kind: str) -> None:
        self.requests.append(kind)
        await asyncio.sleep(0)  # where the real one waits, and other tasks go on


def _check_condition(row: Row | None, write: Write) -> None:
    if isinstance(write, Create):
        if row is not None:
            raise RowExists("A row that was to be created is there already.")
    elif row is None or row.etag != write.etag:
        raise RowChanged("A row has changed since it was read.")


def _order(row: Row) -> tuple[bytes, bytes]:
    return key_order(row.partition), key_order(row.key)


def _copy(row: Row) -> Row:
    # What a caller does to the values it got must not reach the stored row.
    return Row(row.partition, row.key, dict(row.values), row.etag)
