"""One table client per event loop and table, made on first use: a session belongs to the loop it began in."""

from __future__ import annotations

import asyncio
from typing import Any

from azure.data.tables.aio import TableClient, TableServiceClient

from adapters.tables._transport import CountingTransport, Intercept


class Connections:
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
        self._account = account
        self._credential = credential
        self._intercept = intercept
        self._timeouts = {"connection_timeout": connection_timeout, "read_timeout": read_timeout}
        self._open: dict[asyncio.AbstractEventLoop, _Connection] = {}

    def client(self, table: str) -> TableClient:
        """The client of one table, for the running loop."""
        loop = asyncio.get_running_loop()
        connection = self._open.get(loop)
        if connection is None:
            self._drop_dead()
            connection = self._open[loop] = self._connect()
        if table not in connection.tables:
            connection.tables[table] = connection.service.get_table_client(table)
        return connection.tables[table]

    async def close(self) -> None:
        """Close the running loop's sockets, and those of loops that have ended."""
        self._drop_dead()
        connection = self._open.pop(asyncio.get_running_loop(), None)
        if connection:
            await connection.service.close()

    def _connect(self) -> _Connection:
        # The time-outs go to the transport: given to the client, they are ignored beside a transport of one's
        # own, and 300 s hold. Its retries are off (see _store.py).
        transport = CountingTransport(self._intercept, **self._timeouts)
        options: dict[str, Any] = {"transport": transport, "retry_total": 0}
        if self._credential is None:
            service = TableServiceClient.from_connection_string(self._account, **options)
        else:
            service = TableServiceClient(self._account, credential=self._credential, **options)
        return _Connection(service, transport)

    def _drop_dead(self) -> None:
        for loop in [loop for loop in self._open if loop.is_closed()]:
            self._open.pop(loop).transport.abandon()


class _Connection:
    def __init__(self, service: TableServiceClient, transport: CountingTransport) -> None:
        self.service, self.transport = service, transport
        self.tables: dict[str, TableClient] = {}
