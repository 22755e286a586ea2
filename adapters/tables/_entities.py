"""Raw rows of Azure Table Storage with every Edm type kept exactly: what backups read and restores write."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import EdmType, EntityProperty, UpdateMode
from azure.data.tables.aio import TableClient

from adapters.storage import FAILURES, StorageClient, Unanswered, code_of, unavailable
from adapters.tables._connections import TableConnection
from adapters.tables._failures import meaning_of
from domain.continuity import BINARY, DOUBLE, GUID, INT64, TIME, Column, Entity, Place, Put

_PAGE = 1_000
_WRITES = 3
_END: list[Any] = []
_DOES_NOT_EXIST = ("TableNotFound", "ResourceNotFound")
_SENT = {INT64: EdmType.INT64, DOUBLE: EdmType.DOUBLE, TIME: EdmType.DATETIME, GUID: EdmType.GUID}
T = TypeVar("T")


class AzureEntities(StorageClient[TableConnection]):
    """`domain.continuity.Entities` over azure-data-tables.

    The SDK decodes a row, but keeps what it would lose: a time's own text (`tables_service_value`, 7 digits),
    and the type of a 64-bit integer. All of it is public.
    """

    CONNECTION = TableConnection
    MEANING = staticmethod(meaning_of)
    READ_TIMEOUT = 30.0
    PATIENCE = 90.0

    async def pages(
        self, *, table: str, partition: str | None = None, after: Place | None = None
    ) -> AsyncIterator[Sequence[Entity]]:
        """The rows in key order, page by page."""
        for wanted in _filters(partition, after):
            async for page in self._query(table, wanted):
                yield page

    async def get(self, *, table: str, partition: str, key: str) -> Entity | None:
        """One row, or None."""

        async def read() -> Entity | None:
            try:
                return entity_of(await self._client(table).get_entity(partition, key))
            except ResourceNotFoundError as failure:
                if code_of(failure) == "TableNotFound":
                    raise
                return None

        return await self._answer(read)

    async def between(self, *, table: str, partition: str, first: str, last: str) -> list[Entity]:
        """The rows of a partition with first <= key <= last."""
        wanted = (
            f"PartitionKey eq {_quoted(partition)} and RowKey ge {_quoted(first)} and RowKey le {_quoted(last)}"
        )
        return [row async for page in self._query(table, wanted) for row in page]

    async def write(self, *, table: str, partition: str, puts: Sequence[Put]) -> None:
        """All or none, in one transaction. After a failure that leaves it open, the rows are compared."""
        operations = [_operation(put) for put in puts]
        in_doubt = False
        for _ in range(_WRITES):
            try:
                await self._client(table).submit_transaction(operations)
            except FAILURES as failure:
                meaning = meaning_of(failure)
                if not isinstance(meaning, Unanswered) and not in_doubt:
                    raise meaning from failure
                in_doubt = True
                if await self._landed(table, partition, puts):
                    return
                if not isinstance(meaning, Unanswered):
                    raise meaning from failure
            else:
                return
        raise unavailable()

    async def _landed(self, table: str, partition: str, puts: Sequence[Put]) -> bool:
        for put in puts:
            found = await self.get(table=table, partition=partition, key=put.entity.key)
            if found is None or not found.same_as(put.entity):
                return False
        return True

    async def create_table(self, *, table: str) -> None:
        """Make the table if it isn't there."""

        async def create() -> None:
            try:
                await self._client(table).create_table()
            except ResourceExistsError as failure:
                if code_of(failure) != "TableAlreadyExists":  # it is still being deleted
                    raise meaning_of(failure) from failure

        await self._answer(create)

    async def delete_table(self, *, table: str) -> None:
        """Remove the table, if it is there."""

        async def delete() -> None:
            try:
                await self._client(table).delete_table()
            except ResourceNotFoundError as failure:
                if code_of(failure) not in _DOES_NOT_EXIST:
                    raise

        await self._answer(delete)
        self._connections.current().forget(table)

    async def tables(self, *, prefix: str) -> list[str]:
        """The names of the tables that begin so."""
        service = self._connections.current().service

        async def read() -> list[str]:
            return [table.name async for table in service.list_tables() if table.name.startswith(prefix)]

        return await self._answer(read)

    async def _query(self, table: str, wanted: str) -> AsyncIterator[Sequence[Entity]]:
        client = self._client(table)
        found = (
            client.query_entities(wanted, results_per_page=_PAGE)
            if wanted
            else client.list_entities(results_per_page=_PAGE)
        )
        pages = found.by_page()

        async def next_page() -> list[Entity]:
            # A page iterator that failed has not moved: asked again, it asks for the same page.
            page = await anext(pages, None)
            return _END if page is None else [entity_of(entity) async for entity in page]

        while (rows := await self._answer(next_page)) is not _END:
            yield rows

    def _client(self, table: str) -> TableClient:
        return self._connections.current().client(table)


def _filters(partition: str | None, after: Place | None) -> list[str]:
    """One range of keys each. Two ranges in one filter, with `or`, would make the storage walk all of it."""
    if after is None:
        return [_within(partition) if partition is not None else ""]
    key = after[1]
    rest = [] if key is None else [f"{_within(after[0])} and RowKey gt {_quoted(key)}"]
    return rest if partition is not None else [*rest, f"PartitionKey gt {_quoted(after[0])}"]


def _within(partition: str) -> str:
    return f"PartitionKey eq {_quoted(partition)}"


def _quoted(key: str) -> str:
    doubled = key.replace("'", "''")
    return f"'{doubled}'"


def entity_of(found: Any) -> Entity:
    """What the SDK decoded, with every type kept."""
    timestamp = found.metadata.get("timestamp")
    columns = {n: _column(v) for n, v in found.items() if n not in ("PartitionKey", "RowKey", "Timestamp")}
    written = timestamp.tables_service_value if timestamp is not None else ""
    return Entity(found["PartitionKey"], found["RowKey"], columns, written, found.metadata["etag"])


def _column(value: Any) -> Column:
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, tuple):  # a 64-bit integer, the only type that the SDK gives as a pair
        return (INT64, str(value[0]))
    if isinstance(value, float):
        return (DOUBLE, _double(value))
    if isinstance(value, datetime):
        return (TIME, value.tables_service_value)  # type: ignore[attr-defined]  # the SDK's own class
    if isinstance(value, UUID):
        return (GUID, str(value))
    if isinstance(value, bytes):
        return (BINARY, base64.b64encode(value).decode())
    raise TypeError(f"a column of type {type(value).__name__}")


def _double(value: float) -> str:
    # The shortest text that reads back as the same 64 bits, in OData's spelling.
    named = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
    return named.get(repr(value), repr(value))


def _operation(put: Put) -> Any:
    sent: dict[str, Any] = {"PartitionKey": put.entity.partition, "RowKey": put.entity.key}
    sent |= {name: _value(column) for name, column in put.entity.columns.items()}
    if put.etag is None:
        return ("create", sent)
    options = {
        "mode": UpdateMode.REPLACE,
        "etag": put.etag,
        "match_condition": MatchConditions.IfNotModified,
    }
    return ("update", sent, options)


def _value(column: Column) -> Any:
    if not isinstance(column, tuple):
        return column
    code, text = column
    if code == BINARY:
        return base64.b64decode(text)
    return EntityProperty(int(text) if code == INT64 else text, _SENT[code])
