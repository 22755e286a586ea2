"""A lead as it stood, and what of its history is whose."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain import leads
from domain.sales import history, lead_as_of
from domain.sales.errors import LeadNotThen
from domain.values import Actor, Role
from tests.domain.sales.world import ASHA, RAVI, START, World, run

LEAD = "LEAD-1001"


class TestAsOf:
    def test_a_moment_is_some_version_although_who_began_first_came_second(self) -> None:
        """Two edit at once: the second one to begin stores first, and the other one, having lost, after it."""

        async def story(world: World) -> None:
            await world.lead()
            first, second = world.act(ASHA), world.act(RAVI)
            for edits, act in (({"city": "Surat"}, second), ({"remarks": "Called"}, first)):
                await leads.edit_lead(ports=world.ports, lead_id=LEAD, edits=edits, act=act)

            async def then(when: int | datetime) -> tuple[int, object, object]:
                standing = await lead_as_of(store=world.store, lead_id=LEAD, actor=ASHA, when=when)
                return standing.version, standing.lead.get("city"), standing.lead.get("remarks")

            assert await then(2) == (2, "Surat", None)
            assert await then(first.at) == (1, None, None)
            assert await then(second.at) == await then(3) == (3, "Surat", "Called")

        run(story)

    def test_before_its_first_version_there_was_none(self) -> None:
        async def story(world: World) -> None:
            await world.lead()
            with pytest.raises(LeadNotThen, match=r"the first from 2026-03-02T06:00:01\.000Z"):
                await lead_as_of(store=world.store, lead_id=LEAD, actor=ASHA, when=START)

        run(story)


class TestReaders:
    def test_a_customer_isnt_told_the_name_of_a_file_nor_what_the_partner_earns(self) -> None:
        async def story(world: World) -> None:
            await world.won()
            file = await world.file(LEAD)
            customer = Actor(file.lead.customer_id, "Kavita", Role.CUSTOMER)

            async def fields(actor: Actor) -> set[str]:
                page = await history(store=world.store, lead_id=LEAD, actor=actor, limit=100)
                standing = await lead_as_of(store=world.store, lead_id=LEAD, actor=actor, when=file.lead.version)
                told = {c.field.partition(".")[2] or c.field for entry in page.entries for c in entry.changes}
                return told | standing.lead.keys() | {name for part in standing.parts.values() for name in part}

            kept = await fields(RAVI) - await fields(customer)
            assert {"pdf", "addOnTotalPaise", "commissionCount", "amountPaise"} <= kept
            assert {"customerPaysPaise", "status", "validUntil"} <= await fields(customer)

        run(story)
