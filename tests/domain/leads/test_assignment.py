"""Reassigning: who may give what to whom; lists follow, the commission stays."""

from __future__ import annotations

import pytest

from domain import leads, lists
from domain.identity import PartnerNotAssignable
from domain.leads import LeadNotFound, VersionRequired, VersionStale
from domain.values import Actor, Role
from tests.domain.sales.world import ASHA, KABIR, MEERA, RAVI, World, run

LEAD = "LEAD-1001"
THIRD = Actor("CP-1003", "Tara", Role.CP)


async def reassign(world: World, partner: str, *, by: Actor = ASHA, version: int | None = -1):
    present = (await world.file(LEAD)).lead.version
    act = world.act(by, present if version == -1 else version)
    done = await leads.reassign_lead(
        ports=world.ports, lead_id=LEAD, partner_id=partner, reason="Nearer to the site", act=act
    )
    await world.settle()
    return done


async def partners(world: World) -> None:
    for partner in (RAVI, MEERA, THIRD):
        await world.partner(partner.id, partner.name)


async def listed(world: World, actor: Actor) -> list[object]:
    if actor.role is Role.CP:
        found = await lists.leads_of_partner(store=world.store, partner_id=actor.id)
    else:
        found = await lists.all_leads(store=world.store, now=world.clock.now())
    return [lead.id for lead in found.in_order(lists.SortBy.CREATED)]


class TestReassign:
    def test_says_from_whom_to_whom_and_why(self):
        async def story(world: World) -> None:
            await partners(world)
            await world.lead()
            done = await reassign(world, "CP-1002")
            assert (done.file.lead.assigned_to, done.file.lead.assigned_name) == ("CP-1002", "Meera")
            *_, entry = await leads.timeline_of(store=world.store, lead_id=LEAD, actor=ASHA)
            assert entry.message == "Asha gave the lead from Ravi to Meera" and entry.reason == "Nearer to the site"
            assert [(c.field, c.before, c.after) for c in entry.changes] == [
                ("assignedName", "Ravi", "Meera"),
                ("assignedTo", "CP-1001", "CP-1002"),
            ]

        run(story)

    def test_takes_it_out_of_one_list_and_into_the_other(self):
        async def story(world: World) -> None:
            await partners(world)
            await world.lead()
            await reassign(world, "CP-1002")
            assert (await listed(world, RAVI), await listed(world, MEERA)) == ([], [LEAD])
            with pytest.raises(LeadNotFound):
                await leads.lead_of_actor(store=world.store, lead_id=LEAD, actor=RAVI)
            await reassign(world, "CP-1001")
            assert (await listed(world, RAVI), await listed(world, MEERA)) == ([LEAD], [])
            assert await listed(world, ASHA) == [LEAD]

        run(story)

    def test_leaves_the_commission_with_the_first(self):
        async def story(world: World) -> None:
            await partners(world)
            await world.won()
            await reassign(world, "CP-1002")
            [commission] = await world.commissions(LEAD)
            assert (commission.partner_id, commission.partner_name) == ("CP-1001", "Ravi")

        run(story)

    def test_assigns_what_was_nobodys(self):
        async def story(world: World) -> None:
            await partners(world)
            await world.lead(owner=None)
            await reassign(world, "CP-1001")
            *_, entry = await leads.timeline_of(store=world.store, lead_id=LEAD, actor=RAVI)
            assert entry.message == "Asha gave the lead to Ravi" and await listed(world, RAVI) == [LEAD]

        run(story)

    def test_to_whom_it_belongs_changes_nothing(self):
        async def story(world: World) -> None:
            await partners(world)
            await world.lead()
            before = await world.rows()
            await reassign(world, "CP-1001")
            assert await world.rows() == before

        run(story)

    def test_by_a_kam_is_among_its_own(self):
        async def story(world: World) -> None:
            await partners(world)
            await world.lead()
            with pytest.raises(PartnerNotAssignable) as refused:
                await reassign(world, "CP-1002", by=KABIR)
            assert [f.field for f in refused.value.faults] == ["cpId"]
            await reassign(world, "CP-1003", by=KABIR)
            await reassign(world, "CP-1002")
            with pytest.raises(LeadNotFound):
                await reassign(world, "CP-1001", by=KABIR)

        run(story)

    @pytest.mark.parametrize(
        ("partner", "version", "kind"),
        [
            ("CP-1002", None, VersionRequired),
            ("CP-9999", None, VersionRequired),
            ("CP-1002", 7, VersionStale),
            ("CP-9999", -1, PartnerNotAssignable),
            ("KAM-1001", -1, PartnerNotAssignable),
            ("", -1, PartnerNotAssignable),
        ],
    )
    def test_refused_stores_nothing(self, partner, version, kind):
        async def story(world: World) -> None:
            await partners(world)
            await world.lead()
            before = await world.rows()
            with pytest.raises(kind):
                await reassign(world, partner, version=version)
            await world.settle()
            assert await world.rows() == before

        run(story)
