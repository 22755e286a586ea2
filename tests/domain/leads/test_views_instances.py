"""Views where several instances write at once, or storage is slow: no row goes back, and every reader learns of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from domain import leads, lists, sales
from domain.leads import LeadStatus, StatusChange
from domain.leads._views._feed import LATENESS
from domain.ports import Turns
from domain.store import StorageUnavailable
from tests.domain.leads.test_views import a_shared_quotation, accept, assert_views_are_the_lead, view, win
from tests.domain.leads.world import ADMIN, OTHER, PARTNER, World
from tests.fakes.store import Commit, FakeStore

EDITS = 48


class Uneven(FakeStore):
    """Storage that takes now more, now less time, so that writers overtake each other."""

    chance = Random(0)

    async def commit(self, **said: Any) -> None:
        for _ in range(self.chance.randrange(12)):
            await asyncio.sleep(0)
        await super().commit(**said)


def instances(world: World, number: int) -> list[World]:
    """The same business in several processes: they share the storage and nothing else."""
    found = []
    for _ in range(number):
        one = World(world.store, world.clock)
        one.ports = replace(world.ports, turns=Turns(), later=one._later)
        found.append(one)
    return found


async def until_done(work: Any) -> None:
    while True:  # as a client does that is told to try again
        with contextlib.suppress(StorageUnavailable):
            await work()
            return


class TestInstances:
    @pytest.mark.parametrize("seed", range(3))
    def test_never_take_a_view_back_to_an_older_version(self, seed: int) -> None:
        written: dict[str, list[int]] = defaultdict(list)

        def note(commit: Commit) -> None:
            if commit.table == "views" and commit.partition.startswith(("cp|", "all|")):
                written[commit.partition] += [int(str(w.values["version"])) for w in commit.writes]

        async def story() -> None:
            world = World(Uneven())
            world.store.chance = Random(seed)
            await world.register()
            await world.quiet()
            world.store.after_commit = note
            several = instances(world, 4)

            def change(number: int) -> Any:
                if number % 8 == 0:
                    return several[number % 4].reassign((PARTNER, OTHER)[number // 8 % 2])
                return several[number % 4].edit(remarks=f"Call {number}")

            await asyncio.gather(*(until_done(lambda n=n: change(n)) for n in range(EDITS)))
            for one in several:
                await one.quiet()
            await assert_views_are_the_lead(world)
            assert {place: seen for place, seen in written.items() if seen != sorted(seen)} == {}
            assert len(written) == 3 and sum(map(len, written.values())) > EDITS

        asyncio.run(story())


class TestFormerPartner:
    def test_sees_what_becomes_of_its_commission_without_a_sweep(self) -> None:
        async def story() -> None:
            world = World()
            lead = await world.register()
            quotation = await a_shared_quotation(world)
            await accept(world, quotation, lead.customer_id)
            await win(world, quotation)
            moved = await world.reassign(OTHER)
            change = StatusChange(
                status=LeadStatus.IN_DISCUSSION,
                remarks="Not sold after all",
                follow_up_date=leads.tomorrow(world.clock.now()),
                override=True,
                override_reason="The customer has died",
            )
            act = world.act(ADMIN, version=moved.version)
            await sales.change_status(ports=world.ports, lead_id=lead.id, change=change, act=act)
            await world.quiet()
            left = (await view(world, leads.of_partner(PARTNER.id)))[lead.id]
            assert left.gone and [c["status"] for c in lists.Listed(left).commissions] == ["voided"]

        asyncio.run(story())


class TestFeed:
    def test_has_a_change_again_that_took_too_long_to_be_stored(self) -> None:
        async def story() -> None:
            world = World()
            await world.register()
            slow = [LATENESS + timedelta(seconds=1)]

            def wait(commit: Commit) -> None:
                if commit.partition.startswith("log|") and slow:
                    world.clock.at += slow.pop()

            world.store.before_commit = wait
            await world.edit(city="Surat")
            rows = [row async for row in world.store.scan(table="views")]
            edited = [row.key for row in rows if row.key.endswith("LEAD-1001:0000000002")]
            assert len(edited) == 2
            assert edited[-1] > leads.feed_key(world.clock.now() - LATENESS)

        asyncio.run(story())
