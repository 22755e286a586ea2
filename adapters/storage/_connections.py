"""One connection per event loop, made on first use: a session belongs to the loop it began in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from adapters.storage._transport import CountingTransport


class Connection(Protocol):
    """An SDK's client and the transport under it."""

    transport: CountingTransport

    async def close(self) -> None:
        """Close its sockets."""
        ...


C = TypeVar("C", bound=Connection)


class Connections(Generic[C]):
    """The connections that `connect` makes, one for each loop that asks."""

    def __init__(self, connect: Callable[[], C]) -> None:
        self._connect = connect
        self._open: dict[asyncio.AbstractEventLoop, C] = {}

    def current(self) -> C:
        """The running loop's."""
        loop = asyncio.get_running_loop()
        connection = self._open.get(loop)
        if connection is None:
            self._drop_dead()
            connection = self._open[loop] = self._connect()
        return connection

    async def close(self) -> None:
        """Close the running loop's sockets, and those of loops that have ended."""
        self._drop_dead()
        connection = self._open.pop(asyncio.get_running_loop(), None)
        if connection:
            await connection.close()

    def _drop_dead(self) -> None:
        for loop in [loop for loop in self._open if loop.is_closed()]:
            self._open.pop(loop).transport.abandon()
