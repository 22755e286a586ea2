"""What the random walks found, each as a story of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain import leads
from domain.leads import LeadInvalid, LeadNotFound, LeadStatus, StatusChange
from domain.leads.errors import OverrideNotAllowed
from domain.sales import change_status
from tests.domain.sales.world import ASHA, MEERA, RAVI, WHY, World, run


class TestOverride:
    @pytest.mark.parametrize("version", [None, 1, 7])
    def test_is_refused_to_a_partner_before_its_version_is_asked_for(self, version):
        async def story(world: World) -> None:
            lead_id = await world.lead()
            forced = StatusChange(LeadStatus.WON, "Spoke on the phone", override=True, override_reason=WHY)
            with pytest.raises(OverrideNotAllowed):
                await change_status(ports=world.ports, lead_id=lead_id, change=forced, act=world.act(RAVI, version))

        run(story)


class TestEdit:
    def test_that_has_landed_is_answered_so_also_after_midnight(self):
        """The follow-up date was today's when it landed, and lies in the past when the client asks again."""

        async def story(world: World) -> None:
            lead_id = await world.lead()
            edits = {"follow_up_date": leads.follow_up_range(world.clock.now())[0]}
            act = replace(world.act(RAVI), proof="once")
            await leads.edit_lead(ports=world.ports, lead_id=lead_id, edits=edits, act=act)
            world.clock.advance(days=1)
            again = replace(act, at=world.clock.now())
            changed = await leads.edit_lead(ports=world.ports, lead_id=lead_id, edits=edits, act=again)
            assert (changed.file.lead.version, await world.actions(lead_id)) == (2, ["LeadCreated", "LeadEdited"])
            with pytest.raises(LeadInvalid):
                await leads.edit_lead(ports=world.ports, lead_id=lead_id, edits=edits, act=world.act(ASHA))

        run(story)

    def test_of_anothers_lead_is_not_found_whatever_it_says(self):
        async def story(world: World) -> None:
            lead_id = await world.lead()
            with pytest.raises(LeadNotFound):
                act = world.act(MEERA)
                await leads.edit_lead(ports=world.ports, lead_id=lead_id, edits={"address": None}, act=act)

        run(story)
