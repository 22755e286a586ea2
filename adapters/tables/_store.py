"""The store port on Azure Table Storage (and Azurite): reads with bounded retries, commits (_commit.py)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import TypeVar

from azure.core.exceptions import ResourceExistsError
from azure.data.tables.aio import TableClient

from adapters.storage import StorageClient, code_of, patiently
from adapters.tables._commit import land
from adapters.tables._connections import TableConnection
from adapters.tables._failures import meaning_of
from adapters.tables._wire import After, Wire
from domain.store import Row, Write, check_table_name, is_key, prepared

_PAGE = 1_000
_BEGINNING: After = None
T = TypeVar("T")


class AzureTableStore(StorageClient[TableConnection]):
    """`domain.store.Store` over azure-data-tables and, for what is done all the time, our own requests."""

    CONNECTION = TableConnection
    MEANING = staticmethod(meaning_of)

    async def create_table(self, *, table: str) -> None:
        """Make the table if it isn't there."""
        check_table_name(table)

        async def create() -> None:
            try:
                await self._client(table).create_table()
            except ResourceExistsError as failure:
                if code_of(failure) != "TableAlreadyExists":  # it is still being deleted
                    raise meaning_of(failure) from failure

        await self._answer(create)

    async def get(self, *, table: str, partition: str, key: str) -> Row | None:
        """One row by its key, or None; without a request if no row can have such a key."""
        if not (is_key(partition) and is_key(key)):
            return None

        return await self._answer(lambda: self._wire.row(table, partition, key))

    async def scan(
        self, *, table: str, partition: str | None = None, first: str = "", before: str | None = None
    ) -> AsyncIterator[Row]:
        """Rows in key order, one request per 1,000."""
        if partition is None and (first or before is not None):
            raise ValueError("bounds need a partition")
        wanted, after, ended = _filter(partition, first, before), _BEGINNING, False
        while not ended:
            rows, after = await self._answer(partial(self._wire.rows, table, wanted, _PAGE, after))
            ended = after is None
            for row in rows:
                yield row

    async def commit(self, *, table: str, partition: str, writes: Sequence[Write], write_id: str) -> None:
        """All writes or none; see the port for what is promised and raised."""
        ready = prepared(partition=partition, writes=writes, write_id=write_id)

        async def read(key: str) -> Row | None:
            return await self.get(table=table, partition=partition, key=key)

        async with patiently(self.patience):
            await land(self._wire, table=table, partition=partition, writes=ready, write_id=write_id, read=read)

    @property
    def _wire(self) -> Wire:
        return self._connections.current().wire

    def _client(self, table: str) -> TableClient:
        return self._connections.current().client(table)


def _filter(partition: str | None, first: str, before: str | None) -> str:
    bounds = (("PartitionKey eq", partition), ("RowKey ge", first or None), ("RowKey lt", before))
    clauses = [f"{test} '{_doubled(key)}'" for test, key in bounds if key is not None]
    return " and ".join(clauses)


def _doubled(key: str) -> str:
    return key.replace("'", "''")  # how OData escapes its quote
