"""Every write use case × every storage call of it, met by the faults of a real wire: the real clients, against Azurite,
must leave the same as if nothing had failed (see `test_in_memory`, which meets every fault at every call).

By default the kinds of fault take turns: each call meets one of them. `FAULTS=all` lets each call meet each kind, which
takes seven times as long. The table of all is printed at the end.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from adapters.blobs import AzureBlobs
from adapters.tables import AzureTableStore
from domain.store import Delete
from tests.faults.cases import CASES
from tests.faults.judging import OFFICE
from tests.faults.kinds import ON_THE_WIRE
from tests.faults.meeting import MOST_CALLS, meet, prepared, undisturbed
from tests.faults.storages import OnAzurite, furnish

ALL = os.environ.get("FAULTS") == "all"


@pytest.fixture(scope="session")
def storage(azurite_connection: str) -> OnAzurite:
    async def prepare() -> None:
        store, blobs = AzureTableStore(azurite_connection), AzureBlobs(azurite_connection)
        await furnish(store, blobs)
        await store.close()
        await blobs.close()

    asyncio.run(prepare())
    return OnAzurite(azurite_connection)


@pytest.fixture(autouse=True)
def _empty_inboxes(storage: OnAzurite) -> None:
    """Those in the office hear of every case; what earlier ones told them would only have to be read."""

    async def empty() -> None:
        store = AzureTableStore(storage.connection)
        for person in OFFICE:
            rows = [row async for row in store.scan(table="notifications", partition=person)]
            for start in range(0, len(rows), 100):
                gone = [Delete(row.key, row.etag) for row in rows[start : start + 100]]
                await store.commit(
                    table="notifications", partition=person, writes=gone, write_id=f"emptied:{start}"
                )
        await store.close()

    asyncio.run(empty())


def in_turn(case: str) -> Iterator[tuple[int, str]]:
    """Which call meets which kind: a case begins with another kind than the one before it."""
    first = list(CASES).index(case)
    kinds = list(ON_THE_WIRE)
    for at in count(1):
        yield at, kinds[(first + at) % len(kinds)]


def each(kind: str) -> Iterator[tuple[int, str]]:
    """Every call meets the same kind."""
    return ((at, kind) for at in count(1))


class TestFaults:
    @pytest.mark.parametrize("kind", [*ON_THE_WIRE] if ALL else ["in turn"])
    @pytest.mark.parametrize("case", CASES)
    def test_at_every_storage_call(
        self, storage: OnAzurite, case: str, kind: str, record_property: Callable[[str, object], None]
    ) -> None:
        met: Counter[str] = Counter()

        async def story() -> None:
            expected = await undisturbed(storage, await prepared(storage, CASES[case]))
            for at, fault in each(kind) if ALL else in_turn(case):
                assert at < MOST_CALLS, "the use case never ended"
                ready = await prepared(storage, CASES[case])
                if not await meet(storage, ready, ON_THE_WIRE[fault], at, expected):
                    return
                met[fault] += 1

        asyncio.run(story())
        assert met.total() >= 4  # a write makes at least as many calls; fewer would mean that nothing was met
        for fault in ON_THE_WIRE:
            record_property("faults", ["on Azurite", case, fault, met[fault]])
