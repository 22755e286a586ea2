"""Each exception killed before and after each of its writes: afterwards it is done or it isn't, and all agrees."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from domain import customer_exceptions as exceptions
from domain import customers, leads
from domain.continuity import violations
from domain.customers.errors import PhoneBeingChanged
from domain.errors import Unavailable
from domain.jobs import open_jobs
from domain.store import StorageUnavailable, WritesFenced
from tests.domain.customer_exceptions.setting import PARTNER, World, number
from tests.fakes.store import Commit

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


class Crowd:
    """Two customers, one of them with so many leads, prepared once and copied for each kill."""

    def __init__(self, number_of_leads: int) -> None:
        self._world = World()

        async def start() -> tuple[str, str]:
            survivor = await self._world.lead(A)
            files = [await self._world.lead(B) for _ in range(number_of_leads)]
            return survivor.lead.customer_id, files[0].lead.customer_id

        self.survivor, self.loser = self._world.run(start())
        self.leads = number_of_leads + 1

    def world(self) -> World:
        """The same once more."""
        return self._world.copied()

    def steps(self) -> list[tuple[str, str]]:
        """The merge's transactions in their order: the table, and what is written in it."""
        world, found = self.world(), []
        world.told = lambda commit: found.append((commit.table, kind_of(commit)))
        world.run(world.merge(self.survivor, self.loser))
        return found

    def survives(self, *, at: int, before: bool) -> None:
        """Kill the merge at this step, let the timers come, and look at everything."""
        world = self.world()
        assert world.killed(world.merge(self.survivor, self.loser), at=at, before=before)
        world.run(world.sweep())
        world.run(world.check_settled())
        found = world.run(world.leads_by_customer())
        if before and at == 1:  # the first write is the job's
            assert {customer: len(own) for customer, own in found.items()} == {
                self.survivor: 1,
                self.loser: self.leads - 1,
            }
            return
        assert {customer: len(own) for customer, own in found.items()} == {self.survivor: self.leads}
        world.run(self._check_moved_once(world, found[self.survivor]))

    async def _check_moved_once(self, world: World, lead_ids: set[str]) -> None:
        moved = []
        for lead_id in sorted(lead_ids):
            entries = await leads.timeline_of(store=world.store, lead_id=lead_id, actor=PARTNER)
            moved.append([e.action for e in entries].count("LeadRelinked"))
        assert sorted(moved) == [0, *[1] * (self.leads - 1)]
        assert [v async for v in violations(lambda table: world.store.scan(table=table))] == []


def kind_of(commit: Commit) -> str:
    """What a transaction writes, whoever it is of: the kinds of its rows."""
    partition = commit.partition if commit.table in ("views", "jobs") else ""
    kinds = sorted({f"{type(w).__name__} {w.key.partition(':')[0].split('-')[0]}" for w in commit.writes})
    return f"{partition.partition('|')[0]} {', '.join(kinds)}"


class TestManyLeads:
    """cases.md 21: a merge touching 250 leads survives a kill at any step.

    It has some 2,000 steps, and a kill at each of them would take ten minutes. But leads are moved eight at a time, by
    the same steps, and no step knows how many leads there are. So each step is tried with enough leads for two groups,
    and with 250 the first, the middle and the last of each kind of step.
    """

    @pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
    def test_a_merge_of_two_groups_survives_at_every_step(self, before: bool) -> None:
        crowd = Crowd(10)
        steps = crowd.steps()
        assert len(steps) > 80
        for at in range(1, len(steps) + 1):
            crowd.survives(at=at, before=before)

    def test_a_merge_of_250_survives_at_each_kind_of_step(self) -> None:
        crowd = Crowd(250)
        places: dict[tuple[str, str], list[int]] = {}
        for at, kind in enumerate(crowd.steps(), 1):
            places.setdefault(kind, []).append(at)
        assert set(places) == set(Crowd(10).steps())  # the same kinds as those that were all tried
        chosen = {at for found in places.values() for at in (found[0], found[len(found) // 2], found[-1])}
        for at in sorted(chosen):
            crowd.survives(at=at, before=False)


class TestASweepThatFails:
    @pytest.mark.parametrize("refusal", [StorageUnavailable, PhoneBeingChanged, WritesFenced, Unavailable])
    @pytest.mark.parametrize(("start", "do"), CASES.values(), ids=CASES.keys())
    def test_says_so_and_leaves_the_job_to_the_next(self, start: Start, do: Do, refusal: type[Unavailable]) -> None:
        world = World()
        ids = world.run(start(world))
        assert world.killed(do(world, ids), at=2, before=True)
        world.clock.advance(minutes=3)

        async def sweep() -> tuple[int, int]:
            ended = await exceptions.finish_open_jobs(ports=world.ports, live=world.live)
            return ended, len(await open_jobs(store=world.store))

        def refuse(commit: Commit) -> None:
            raise refusal("not now", retry_after=2)

        world.told = refuse
        with pytest.raises(refusal):
            world.run(sweep())
        world.told = lambda commit: None
        assert world.run(sweep()) == (1, 0)
