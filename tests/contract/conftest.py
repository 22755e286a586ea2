"""The stores that the contract is run against: the fake, and the real one on Azurite and on local.tables."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from adapters.tables import AzureTableStore
from domain.store import Store
from local import azurite, tables
from tests.fakes.store import FakeStore

_numbers = itertools.count(1)

OpenStore = Callable[[], AbstractAsyncContextManager[Store]]


@pytest.fixture(scope="session")
def azurite_connection() -> Iterator[str]:
    """The connection string of an Azurite of its own, in memory."""
    with azurite.start(None, in_memory=True) as running:
        yield running.connection_string


@pytest.fixture(scope="session")
def tables_connection(azurite_connection: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of a table service on SQLite."""
    with tables.start(tmp_path_factory.mktemp("tables")) as running:
        yield running.in_place_of(azurite_connection)


@pytest.fixture
def table() -> str:
    """The name of a table that no other test of this run uses."""
    return f"contract{next(_numbers)}"


@pytest.fixture(params=["fake", "azurite", "tables"])
def open_store(request: pytest.FixtureRequest, table: str) -> OpenStore:
    """`async with open_store() as store`, with `table` made; inside the test's own event loop."""
    if request.param == "fake":
        fake: FakeStore = FakeStore(tables_on_demand=False)
        return lambda: _opened_fake(fake, table)
    connection = request.getfixturevalue(f"{request.param}_connection")
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
