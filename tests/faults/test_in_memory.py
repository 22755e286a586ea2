"""Every write use case × every storage call of it × every fault that a storage may show: after the client's repeat
and the timers, the same has happened as if nothing had failed, once, and all invariants hold (design.md §2, §3).

The faults of a real wire, met by the real clients, are in `test_on_azurite`. The table of all is printed at the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest

from tests.faults.backend import EVERY, Wire
from tests.faults.cases import CASES
from tests.faults.judging import Outcome
from tests.faults.kinds import AT_THE_PORT, killed_before_the_answer_is_kept
from tests.faults.meeting import MOST_CALLS, Prepared, meet, prepared, undisturbed
from tests.faults.storages import NOON, InMemory, furnish

UNKEYED = {"delete a lead document"}  # a DELETE has no Idempotency-Key
GIVEN_UP = {"add a lead document", "add a KYC document"}  # nobody has uploaded anything for a day


@cache
def furnished() -> InMemory:
    """All tables and master data."""
    empty = InMemory()
    store, blobs, _ = empty.opened(Wire())
    asyncio.run(furnish(store, blobs))
    return empty


@cache
def ready(case: str) -> tuple[InMemory, Prepared, Outcome]:
    """A case prepared once, for as many copies as are wanted, and what the request leads to undisturbed."""
    storage = furnished().copied()

    async def prepare() -> tuple[Prepared, Outcome]:
        made = await prepared(storage, CASES[case], NOON)
        return made, (await undisturbed(storage.copied(), made))[0]

    return storage, *asyncio.run(prepare())


class TestFaults:
    @pytest.mark.parametrize("kind", AT_THE_PORT)
    @pytest.mark.parametrize("case", CASES)
    def test_at_every_storage_call(
        self, case: str, kind: str, record_property: Callable[[str, object], None]
    ) -> None:
        storage, request, expected = ready(case)

        async def story() -> int:
            for at in range(1, MOST_CALLS):
                if not await meet(storage.copied(), request, AT_THE_PORT[kind], at, expected):
                    return at - 1
            raise AssertionError("the use case never ended")

        survived = asyncio.run(story())
        assert survived >= 4  # a write makes at least as many calls; fewer would mean that nothing was met
        record_property("faults", ["in memory", case, kind, survived])


class TestTheNextDay:
    """A request whose change has landed is answered as done, also if it couldn't be made any more: days that it names
    are over, and what it saw is another version."""

    @pytest.mark.parametrize("case", [case for case in CASES if case not in UNKEYED | GIVEN_UP])
    def test_a_landed_request_is_recognised_before_it_is_checked(self, case: str) -> None:
        storage, request, expected = ready(case)
        fault = killed_before_the_answer_is_kept
        assert asyncio.run(meet(storage.copied(), request, fault, EVERY, expected, after=timedelta(hours=23)))
