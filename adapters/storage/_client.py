"""What the clients of table and blob storage do alike: connect per event loop, ask again, close."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Generic, TypeVar

from adapters.storage._asking import answer
from adapters.storage._connections import Connection, Connections
from adapters.storage._transport import Intercept

C = TypeVar("C", bound=Connection)
T = TypeVar("T")


class StorageClient(Generic[C]):
    """A client of one storage account. Its connections are made on first use, inside the running loop.

    `account` is a connection string; with an async token `credential`, the service's endpoint. `patience` is
    how many seconds one call may take in all, retries included. All times are in seconds.

    The SDK's own retries are off. For writes they would turn a lost reply into a false refusal; for reads they
    would wait as long as a Retry-After asks, however long, while a person waits for the answer.
    """

    CONNECTION: ClassVar[Callable[..., Any]]
    """Makes the connection, a `C`."""
    MEANING: ClassVar[staticmethod[[Exception], Exception]]
    """What a failure of the SDK's means; `Unanswered` for those that may be asked again."""
    READ_TIMEOUT: ClassVar[float] = 10.0
    PATIENCE: ClassVar[float] = 25.0

    def __init__(
        self,
        account: str,
        *,
        credential: Any = None,
        connection_timeout: float = 2.0,
        read_timeout: float | None = None,
        patience: float | None = None,
        intercept: Intercept | None = None,
    ) -> None:
        self.patience = self.PATIENCE if patience is None else patience
        self._connections: Connections[C] = Connections(
            lambda: type(self).CONNECTION(
                account,
                credential=credential,
                intercept=intercept,
                connection_timeout=connection_timeout,
                read_timeout=self.READ_TIMEOUT if read_timeout is None else read_timeout,
            )
        )

    async def close(self) -> None:
        """Close the running loop's connection."""
        await self._connections.close()

    async def _answer(self, ask: Callable[[], Awaitable[T]]) -> T:
        return await answer(ask, patience=self.patience, meaning_of=type(self).MEANING)
