"""Every write use case × every storage call of it, met by the faults of a real wire: the real clients, against Azurite,
must leave the same as if nothing had failed (see `test_in_memory`, which meets every fault at every call).

By default each use case meets a fault at a few calls, spread over all of them, and the kinds take turns from case to
case. `FAULTS=all` lets each call meet each kind, which takes about an hour. The table of all is printed at the end.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable

import pytest

from adapters.blobs import AzureBlobs
from adapters.tables import AzureTableStore
from domain.store import Delete
from tests.faults.cases import CASES
from tests.faults.judging import OFFICE
from tests.faults.kinds import ON_THE_WIRE
from tests.faults.meeting import meet, prepared, undisturbed
from tests.faults.storages import OnAzurite, furnish

IN_TURN = "in turn"
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
def _nothing_of_earlier_cases(storage: OnAzurite) -> None:
    """Those in the office hear of every case, and the sweep looks after every upload that was begun: what earlier
    cases left would only have to be read, again and again."""
    left = [*(("notifications", person) for person in OFFICE), ("views", "uploads")]

    async def empty() -> None:
        store = AzureTableStore(storage.connection)
        for table, partition in left:
            rows = [row async for row in store.scan(table=table, partition=partition)]
            for start in range(0, len(rows), 100):
                gone = [Delete(row.key, row.etag) for row in rows[start : start + 100]]
                await store.commit(table=table, partition=partition, writes=gone, write_id=f"emptied:{start}")
        await store.close()

    asyncio.run(empty())


SAMPLE = 3


def chosen(case: str, kind: str, calls: int) -> list[tuple[int, str]]:
    """Which calls meet which kind: all the one kind, or else a few, each another kind than the one before."""
    if kind != IN_TURN:
        return [(at, kind) for at in range(1, calls + 1)]
    number, kinds = list(CASES).index(case), list(ON_THE_WIRE)
    return [
        (1 + (number + turn * calls // SAMPLE) % calls, kinds[(number * SAMPLE + turn) % len(kinds)])
        for turn in range(SAMPLE)
    ]


class TestFaults:
    @pytest.mark.parametrize("kind", [*ON_THE_WIRE] if ALL else [IN_TURN])
    @pytest.mark.parametrize("case", CASES)
    def test_at_storage_calls(
        self, storage: OnAzurite, case: str, kind: str, record_property: Callable[[str, object], None]
    ) -> None:
        met: Counter[str] = Counter()

        async def story() -> None:
            expected, calls = await undisturbed(storage, await prepared(storage, CASES[case]))
            for at, fault in chosen(case, kind, calls):
                ready = await prepared(storage, CASES[case])
                # Which call is the last differs a little: ids are taken fifty at once.
                met[fault] += await meet(storage, ready, ON_THE_WIRE[fault], at, expected)

        asyncio.run(story())
        assert met.total() > 0
        for fault in ON_THE_WIRE:
            if met[fault]:
                record_property("faults", ["on Azurite", case, fault, met[fault]])
