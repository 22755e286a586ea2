"""The table SDK's client for one event loop, and what its requests are about."""

from __future__ import annotations

from typing import Any

from azure.data.tables.aio import TableClient, TableServiceClient

from adapters.storage import CountingTransport, Intercept
from adapters.tables._wire import Wire


class TableConnection:
    """`account` is a connection string or, if a credential is given, the endpoint of the table service."""

    def __init__(
        self,
        account: str,
        *,
        credential: Any,
        intercept: Intercept | None,
        connection_timeout: float,
        read_timeout: float,
    ) -> None:
        # The time-outs go to the transport: given to the client, they are ignored beside a transport of one's
        # own, and 300 s hold. Its retries are off (see _store.py).
        self.transport = CountingTransport(
            intercept, kind=_kind, connection_timeout=connection_timeout, read_timeout=read_timeout
        )
        options: dict[str, Any] = {"transport": self.transport, "retry_total": 0}
        if credential is None:
            self.service = TableServiceClient.from_connection_string(account, **options)
        else:
            self.service = TableServiceClient(account, credential=credential, **options)
        self.wire = Wire(self.service, self.transport)
        self._tables: dict[str, TableClient] = {}

    def client(self, table: str) -> TableClient:
        """The client of one table."""
        if table not in self._tables:
            self._tables[table] = self.service.get_table_client(table)
        return self._tables[table]

    def forget(self, table: str) -> None:
        """Let go of the client of a table that is removed: each drill has tables of its own, and a client weighs
        50 kB."""
        self._tables.pop(table, None)

    async def close(self) -> None:
        """Close the sockets."""
        await self.service.close()


def _kind(url: str) -> str:
    path = url.partition("?")[0]
    if path.endswith("/$batch"):
        return "transaction"
    if path.endswith("()"):
        return "rows"
    return "row" if path.endswith(")") else "table"
