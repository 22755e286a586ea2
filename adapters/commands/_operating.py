"""What the operators' commands share: the store from the environment, and failures as exit statuses."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

from adapters.storage import Account
from adapters.tables import AzureTableStore
from domain.errors import DomainError
from domain.store import Row

FINE, WRONG, CANNOT_SAY = 0, 1, 2
"""Exit statuses: all is well; something is wrong, and was named; it couldn't be found out."""

_EACH = 10_000

Command = Callable[[AzureTableStore], Awaitable[int]]


def operate(command: Command) -> int:
    """Run a command on the storage account of `STORAGE_CONNECTION` or `STORAGE_ACCOUNT`; its exit status."""
    account = Account.from_environment(os.environ, "STORAGE")
    if account is None:
        print("Set STORAGE_CONNECTION or STORAGE_ACCOUNT: which storage account is meant.", file=sys.stderr)
        return CANNOT_SAY
    return asyncio.run(_with_store(account, command))


async def _with_store(account: Account, command: Command) -> int:
    store = AzureTableStore(account.address("table"), credential=account.credential)
    try:
        return await command(store)
    except DomainError as error:
        print(f"It couldn't be found out: {error.message}", file=sys.stderr)
        return CANNOT_SAY
    finally:
        await store.close()


class Reader:
    """Streams tables and says on stderr how far it is."""

    def __init__(self, store: AzureTableStore) -> None:
        self._store = store
        self.rows = 0

    async def table(self, name: str) -> AsyncIterator[Row]:
        """All rows of a table."""
        print(f"reading {name} ...", file=sys.stderr)
        async for row in self._store.scan(table=name):
            self.rows += 1
            if self.rows % _EACH == 0:
                print(f"{self.rows:,} rows so far", file=sys.stderr)
            yield row
