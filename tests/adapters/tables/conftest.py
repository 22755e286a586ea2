"""An Azurite for the tests of the table store, and a table for each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from local import azurite

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def azurite_connection() -> Iterator[str]:
    """The connection string of an Azurite of its own, in memory."""
    with azurite.start(None, in_memory=True) as running:
        yield running.connection_string


@pytest.fixture
def table() -> str:
    """The name of a table that no other test of this run uses."""
    return f"faults{next(_numbers)}"
