"""Each exception killed before and after each of its writes: afterwards it is done or it isn't, and all agrees."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from domain import customer_exceptions as exceptions
from domain import customers, leads
from domain.errors import Unavailable
from tests.domain.customer_exceptions.setting import PARTNER, World, number

A, B, C = number(1), number(2), number(3)

Start = Callable[[World], Coroutine[Any, Any, dict[str, str]]]
Do = Callable[[World, dict[str, str]], Coroutine[Any, Any, Any]]


async def two_with_leads(world: World) -> dict[str, str]:
    """Two customers: one with two leads, one with three."""
    first = [await world.lead(A) for _ in range(2)]
    second = [await world.lead(B, name="K. Desai") for _ in range(3)]
    return {"a": first[0].lead.customer_id, "b": second[0].lead.customer_id}


async def merged(world: World) -> dict[str, str]:
    ids = await two_with_leads(world)
    await world.merge(ids["a"], ids["b"])
    await world.lead(B)  # under the loser's phone: the survivor's
    return ids


async def shared(world: World) -> dict[str, str]:
    ids = await two_with_leads(world)
    await world.share(ids["a"], other_id=ids["b"])
    return ids


async def change(world: World, ids: dict[str, str]) -> None:
    await world.change_phone(ids["a"], C)


async def merge(world: World, ids: dict[str, str]) -> None:
    await world.merge(ids["a"], ids["b"])


async def unmerge(world: World, ids: dict[str, str]) -> None:
    await world.unmerge(ids["b"])


async def share_with_known(world: World, ids: dict[str, str]) -> None:
    await world.share(ids["a"], other_id=ids["b"])


async def share_with_new(world: World, ids: dict[str, str]) -> None:
    await world.share(ids["a"], name="Mohan")


async def unshare(world: World, ids: dict[str, str]) -> None:
    await world.unshare(ids["b"])


async def told(world: World) -> dict[str, Any]:
    """What is visible from outside: who signs in with which number, and whose the leads are. Numbers that are
    nobody's are left out, since asking would make somebody of them."""
    found: dict[str, Any] = {}
    for phone in (A, B, C):
        if await customers.holding_of(store=world.store, phone=phone):
            found[phone.e164] = (await world.sign_in(phone)).id
    found["leads"] = await world.leads_by_customer()
    found["shared"] = {c.id: len(c.shared_with) for c in (await world.all_customers()).values()}
    return found


CASES: dict[str, tuple[Start, Do]] = {
    "change": (two_with_leads, change),
    "merge": (two_with_leads, merge),
    "unmerge": (merged, unmerge),
    "share with a known one": (two_with_leads, share_with_known),
    "share with a new one": (two_with_leads, share_with_new),
    "unshare": (shared, unshare),
}


class TestKilled:
    @pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
    @pytest.mark.parametrize(("start", "do"), CASES.values(), ids=CASES.keys())
    def test_at_each_write_is_done_or_not_begun(self, start: Start, do: Do, before: bool) -> None:
        undone, done = World(), World()
        undone_ids = undone.run(start(undone))
        ids = done.run(start(done))
        done.run(do(done, ids))
        done.run(done.sweep())
        nothing, everything = undone.run(told(undone)), done.run(told(done))
        assert undone_ids == ids and nothing != everything
        for at in itertools.count(1):
            world = World()
            world.run(start(world))
            if not world.killed(do(world, ids), at=at, before=before):
                break
            world.run(world.check_phones())
            world.run(world.sweep())
            world.run(world.check_settled())
            began = not (before and at == 1)  # the first write is the job's
            assert world.run(told(world)) == (everything if began else nothing)
        assert at > 6

    @pytest.mark.parametrize(("start", "do"), CASES.values(), ids=CASES.keys())
    def test_the_core_flows_are_as_ever_in_between(self, start: Start, do: Do) -> None:
        """After a kill at each write, and before any sweep: signing in and registering a lead work, or say that
        the number is on its way; and then the sweep settles all."""
        for at in itertools.count(1):
            world = World()
            ids = world.run(start(world))
            if not world.killed(do(world, ids), at=at, before=False):
                break

            async def flows(world: World = world) -> None:
                for phone in (A, B, C):
                    for flow in (world.sign_in(phone), world.lead(phone)):
                        try:
                            await flow
                        except Unavailable as error:
                            assert error.retry_after
                await world.check_phones()

            world.run(flows())
            world.run(world.sweep())
            world.run(world.check_settled())

    def test_in_the_midst_of_its_completion_again_and_again(self) -> None:
        world = World()
        ids = world.run(two_with_leads(world))
        dead, deaths = world.killed(merge(world, ids), at=6, before=False), 0
        while dead and deaths < 50:
            world.clock.advance(minutes=3)
            resumed = exceptions.finish_open_jobs(ports=world.ports, live=world.live)
            dead, deaths = world.killed(resumed, at=8, before=False), deaths + 1
        assert 1 < deaths < 50
        world.run(world.sweep())
        world.run(world.check_settled())
        assert set(world.run(world.leads_by_customer())) == {ids["a"]}


class TestManyLeads:
    """cases.md 21: a merge touching 250 leads survives a kill at any step."""

    @pytest.mark.parametrize("at", [3, 5, 40, 700, 1400])
    def test_a_merge_of_250_survives(self, at: int) -> None:
        world = World()

        async def start() -> tuple[str, str]:
            survivor = await world.lead(A)
            files = [await world.lead(B) for _ in range(250)]
            return survivor.lead.customer_id, files[0].lead.customer_id

        survivor, loser = world.run(start())
        world.killed(world.merge(survivor, loser), at=at, before=at % 2 == 0)
        world.run(world.sweep())
        world.run(world.check_settled())
        found = world.run(world.leads_by_customer())
        assert {customer: len(own) for customer, own in found.items()} == {survivor: 251}
        lead_id = sorted(found[survivor])[-1]
        entries = world.run(leads.timeline_of(store=world.store, lead_id=lead_id, actor=PARTNER))
        assert [e.action for e in entries].count("LeadRelinked") == 1
