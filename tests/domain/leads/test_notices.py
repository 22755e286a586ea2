"""Whom a lead's transactions concern is told exactly once, whoever races and wherever the process dies."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from domain import leads, notifications, quotations
from domain.values import Actor, Role
from tests.domain.leads.test_views import OFFER, a_shared_quotation, win
from tests.domain.leads.world import OTHER, PARTNER, World
from tests.fakes.directory import FakeDirectory
from tests.fakes.pdf import a_press

ADMINS = ("ADMIN-1001", "ADMIN-1002")
ACCEPTED = Counter({(who, "QuotationAccepted"): 1 for who in ("CP-1001", "KAM-1001", *ADMINS)})


def a_world() -> World:
    world = World()
    world.ports = replace(world.ports, directory=FakeDirectory(everybody=ADMINS))
    return world


async def told(world: World, *actions: str) -> Counter[tuple[str, str]]:
    """How often each person was told of these actions."""
    found: Counter[tuple[str, str]] = Counter()
    for person in {row.partition async for row in world.store.scan(table="notifications")}:
        inbox = await notifications.inbox_of(store=world.store, person=person)
        assert inbox.unread == len(inbox.notifications)
        found.update((person, n.notice.about["action"]) for n in inbox.notifications)
    return Counter({key: times for key, times in found.items() if key[1] in actions})


async def swept(world: World) -> None:
    """All sweeps that a marker lives to see."""
    for _ in range(3):
        world.clock.advance(minutes=3)
        await leads.sweep(ports=world.ports)


async def an_offered_lead(world: World) -> tuple[str, Actor]:
    lead = await world.register()
    quotation = await a_shared_quotation(world)
    await world.quiet()
    return quotation, Actor(lead.customer_id, "Kavita Desai", Role.CUSTOMER)


class Killed(BaseException):
    """The process dies here."""


class TestExactlyOnce:
    def test_of_20_parallel_accepts(self):
        async def story() -> None:
            world = a_world()
            quotation, customer = await an_offered_lead(world)
            acts = [world.act(customer) for _ in range(20)]
            await asyncio.gather(
                *(quotations.accept_quotation(ports=world.ports, quotation_id=quotation, act=act) for act in acts)
            )
            await world.quiet()
            await swept(world)
            assert await told(world, "QuotationAccepted") == ACCEPTED

        asyncio.run(story())

    @pytest.mark.parametrize("moment", ["before", "after"])
    @pytest.mark.parametrize("nth", range(1, 13))
    def test_after_a_kill_at_any_commit_and_a_sweep(self, moment: str, nth: int):
        """From the marker's commit to its removal, the deliveries to each inbox between them."""

        async def story() -> None:
            world = a_world()
            quotation, customer = await an_offered_lead(world)
            count, dead = 0, False

            def die(commit: Any) -> None:
                nonlocal count, dead
                count += 1
                dead = dead or count == nth
                if dead and (moment == "before" or count > nth):
                    raise Killed

            def die_after(commit: Any) -> None:
                if dead:
                    raise Killed

            world.store.before_commit = die
            world.store.after_commit = die_after if moment == "after" else world.store.after_commit
            accept = quotations.accept_quotation(ports=world.ports, quotation_id=quotation, act=world.act(customer))
            with contextlib.suppress(Killed):
                await accept
            jobs, world.tasks = world.tasks, set()
            await asyncio.gather(*jobs, return_exceptions=True)
            world.store.before_commit = world.store.after_commit = lambda commit: None
            assert dead or nth > count
            await swept(world)
            file = await leads.read_file(store=world.store, lead_id="LEAD-1001")
            landed = file is not None and file.lead.status == leads.LeadStatus.CUSTOMER_ACCEPTED
            assert await told(world, "QuotationAccepted") == (ACCEPTED if landed else Counter())

        asyncio.run(story())

    def test_as_it_was_then_although_the_lead_went_on(self):
        """Shared while CP-1001 had the lead, told only after CP-1002 had it and won it."""

        async def story() -> None:
            world = a_world()
            await world.register()
            await world.quiet()
            _, made = await quotations.create_quotation(
                ports=world.ports, press=await a_press(), lead_id="LEAD-1001", offer=OFFER, act=world.act()
            )
            share = world.act(Actor("KAM-1001", "Kiran", Role.KAM, partners=frozenset({"CP-1001"})))
            await quotations.share_quotation(ports=world.ports, quotation_id=made.id, act=share)
            file = await leads.lead_of_actor(store=world.store, lead_id="LEAD-1001", actor=PARTNER)
            customer = Actor(file.lead.customer_id, "Kavita Desai", Role.CUSTOMER)
            await quotations.accept_quotation(ports=world.ports, quotation_id=made.id, act=world.act(customer))
            for job in world.tasks:
                job.cancel()  # nothing after these answers was done
            world.tasks.clear()
            await world.reassign(OTHER)
            await win(world, made.id)
            await world.quiet()
            await swept(world)
            assert await told(world, "QuotationShared") == {(customer.id, "QuotationShared"): 1}
            assert await told(world, "QuotationAccepted") == ACCEPTED
            assert await told(world, "LeadReassigned", "CommissionCreated") == {
                ("CP-1001", "LeadReassigned"): 1,
                ("CP-1002", "LeadReassigned"): 1,
                ("CP-1002", "CommissionCreated"): 1,
            }

        asyncio.run(story())

    def test_of_a_keyed_request_that_died_and_was_sent_again(self):
        """The repeat finds the proof; it removes the marker only after it has told."""

        async def story() -> None:
            world = a_world()
            quotation, customer = await an_offered_lead(world)
            act = world.act(customer, proof="key")
            for _ in range(2):
                await quotations.accept_quotation(ports=world.ports, quotation_id=quotation, act=act)
                if not await told(world, "QuotationAccepted"):
                    for job in world.tasks:
                        job.cancel()
                    world.tasks.clear()
            await quotations.accept_quotation(ports=world.ports, quotation_id=quotation, act=act)
            await world.quiet()
            assert await told(world, "QuotationAccepted") == ACCEPTED
            markers = [m.key async for m in world.store.scan(table="views", partition="pending")]
            assert markers == []

        asyncio.run(story())

    def test_costs_nothing_where_nobody_is_concerned(self):
        async def story() -> None:
            world = a_world()
            await world.register()
            await world.edit(city="Surat")
            await world.quiet()
            assert [row async for row in world.store.scan(table="notifications")] == []

        asyncio.run(story())
