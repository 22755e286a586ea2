"""The two stores that the contract is run against, and the Azurite behind one of them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from adapters.tables import AzureTableStore
from domain.store import Store
from local import azurite
from tests.fakes.store import FakeStore

_numbers = itertools.count(1)

OpenStore = Callable[[], AbstractAsyncContextManager[Store]]


@pytest.fixture(scope="session")
def azurite_connection() -> Iterator[str]:
    """The connection string of an Azurite of its own, in memory."""
    with azurite.start(None, in_memory=True) as running:
        yield running.connection_string


@pytest.fixture
def table() -> str:
    """The name of a table that no other test of this run uses."""
    return f"contract{next(_numbers)}"


@pytest.fixture(params=["fake", "azurite"])
def open_store(request: pytest.FixtureRequest, table: str) -> OpenStore:
    """`async with open_store() as store`, with `table` made; inside the test's own event loop."""
    if request.param == "fake":
        fake: FakeStore = FakeStore(tables_on_demand=False)
        return lambda: _opened_fake(fake, table)
    connection = request.getfixturevalue("azurite_connection")
    return lambda: _opened_azurite(connection, table)


@asynccontextmanager
async def _opened_fake(store: FakeStore, table: str) -> AsyncIterator[Store]:
    await store.create_table(table=table)
    yield store


@asynccontextmanager
async def _opened_azurite(connection: str, table: str) -> AsyncIterator[Store]:
    store = AzureTableStore(connection)
    await store.create_table(table=table)
    try:
        yield store
    finally:
        await store.close()
