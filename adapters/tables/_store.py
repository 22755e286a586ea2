"""The store port on Azure Table Storage (and Azurite): conditional transactions, resolved when ambiguous."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableTransactionError, UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from adapters.tables._transport import counting_transport
from adapters.tables._values import entity_of, row_of
from domain.store import (
    Create,
    Delete,
    Replace,
    Row,
    RowChanged,
    RowExists,
    StorageUnavailable,
    Write,
    check_table_name,
    is_key,
    prepared,
)

_ATTEMPTS = 3
_DOWN = "Storage doesn't answer at the moment. Try again."


class AzureTableStore:
    """`domain.store.Store` over azure-data-tables. Clients are made on first use, inside the running loop."""

    def __init__(self, connection_string: str, *, intercept: Any = None) -> None:
        self._connection_string = connection_string
        self._intercept = intercept
        self._service: TableServiceClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._clients: dict[str, TableClient] = {}

    async def close(self) -> None:
        """Close the connections."""
        if self._service:
            await self._service.close()
        self._service, self._clients = None, {}

    async def create_table(self, *, table: str) -> None:
        """Make the table if it isn't there."""
        check_table_name(table)
        try:
            await self._client(table).create_table()
        except ResourceExistsError:
            return
        except AzureError as error:
            raise StorageUnavailable(_DOWN, retry_after=5) from error

    async def get(self, *, table: str, partition: str, key: str) -> Row | None:
        """One row by its key, or None."""
        if not is_key(partition) or not is_key(key):
            return None
        try:
            return row_of(await self._client(table).get_entity(partition, key))
        except ResourceNotFoundError as error:
            if _code(error) == "TableNotFound":
                raise StorageUnavailable(_DOWN, retry_after=5) from error
            return None
        except AzureError as error:
            raise StorageUnavailable(_DOWN, retry_after=5) from error

    async def scan(
        self, *, table: str, partition: str | None = None, first: str = "", before: str | None = None
    ) -> AsyncIterator[Row]:
        """Rows in key order, one request per 1,000."""
        if partition is None and (first or before is not None):
            raise ValueError("bounds without a partition")
        parts: list[str] = []
        values: dict[str, Any] = {}
        for name, operator, value in (
            ("PartitionKey", "eq", partition),
            ("RowKey", "ge", first or None),
            ("RowKey", "lt", before),
        ):
            if value is not None:
                parameter = f"p{len(values)}"
                parts.append(f"{name} {operator} @{parameter}")
                values[parameter] = value
        client = self._client(table)
        try:
            found = (
                client.query_entities(" and ".join(parts), parameters=values) if parts else client.list_entities()
            )
            async for entity in found:
                yield row_of(entity)
        except AzureError as error:
            raise StorageUnavailable(_DOWN, retry_after=5) from error

    async def commit(self, *, table: str, partition: str, writes: Sequence[Write], write_id: str) -> None:
        """All writes or none; see the port for what is promised and raised."""
        writes = prepared(partition=partition, writes=writes, write_id=write_id)
        operations = [_operation(partition, write) for write in writes]
        for attempt in range(_ATTEMPTS):
            try:
                # The SDK's own retry would turn a lost reply into a false 412 or 409: we retry, knowing.
                await self._client(table).submit_transaction(operations, retry_total=0)
            except TableTransactionError as error:
                refusal = _refusal(error)
                if refusal is None:
                    raise StorageUnavailable(_DOWN, retry_after=5) from error
                # Even a first attempt's refusal may follow a landed write that the network repeated.
                if attempt and await self._landed(table, partition, writes, write_id):
                    return
                raise refusal from error
            except HttpResponseError as error:
                if error.status_code is not None and error.status_code < 500 and error.status_code != 429:
                    raise StorageUnavailable(_DOWN, retry_after=5) from error
            except AzureError:
                pass
            else:
                return
            await asyncio.sleep(random.uniform(0.02, 0.06) * 2**attempt)  # noqa: S311 - not a secret
            if await self._landed(table, partition, writes, write_id):
                return
        raise StorageUnavailable(_DOWN, retry_after=5)

    async def _landed(self, table: str, partition: str, writes: Sequence[Write], write_id: str) -> bool:
        """Whether an ambiguous transaction is stored. The anchor is a created row if there is one: entries
        are never rewritten, while a replaced row may bear a later writer's id by now."""
        created = [w for w in writes if isinstance(w, Create)]
        replaced = [w for w in writes if isinstance(w, Replace)]
        if not created and not replaced:
            return await self.get(table=table, partition=partition, key=writes[0].key) is None
        anchor = created[-1] if created else replaced[0]
        row = await self.get(table=table, partition=partition, key=anchor.key)
        return row is not None and row.values.get("writeId") == write_id

    def _client(self, table: str) -> TableClient:
        loop = asyncio.get_running_loop()
        if self._service is None or self._loop is not loop:
            self._loop, self._clients = loop, {}
            self._service = TableServiceClient.from_connection_string(
                self._connection_string,
                transport=counting_transport(self._intercept),
                retry_total=2,
                retry_backoff_factor=0.2,
                connection_timeout=2,
                read_timeout=10,
            )
        if table not in self._clients:
            self._clients[table] = self._service.get_table_client(table)
        return self._clients[table]


def _operation(partition: str, write: Write) -> Any:
    match write:
        case Create(key, values):
            return ("create", entity_of(partition, key, values))
        case Replace(key, values, etag):
            options = {"mode": UpdateMode.REPLACE, "etag": etag, "match_condition": MatchConditions.IfNotModified}
            return ("update", entity_of(partition, key, values), options)
        case Delete(key, etag):
            options = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
            return ("delete", {"PartitionKey": partition, "RowKey": key}, options)


def _refusal(error: TableTransactionError) -> RowExists | RowChanged | None:
    code = _code(error)
    if code == "EntityAlreadyExists":
        return RowExists("A row that was to be created is there already.")
    if code in ("UpdateConditionNotSatisfied", "ResourceNotFound", "EntityNotFound"):
        return RowChanged("A row has changed since it was read.")
    return None


def _code(error: HttpResponseError) -> str:
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code))
