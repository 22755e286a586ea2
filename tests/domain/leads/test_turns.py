"""Many who change one lead at once: in one process they take turns, and of several none is lost either."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random

from domain import leads
from domain.leads import reassign_lead
from domain.ports import Turns
from domain.timeline import VersionStale
from tests.domain.sales.world import ASHA, RAVI, World, run

EDITORS = 64


def tried(world: World) -> list[str]:
    """The lead transactions that are tried from now on."""
    seen: list[str] = []
    world.store.before_commit = lambda commit: seen.append(commit.write_id) if commit.table == "leads" else None
    return seen


async def edited_by_all(world: World, lead_id: str, instances: int) -> None:
    chance = Random(1)

    async def pause(
        attempt: int,
    ) -> None:  # random, as the real one is: in step with the others one might never win
        for _ in range(chance.randrange(4 * (attempt + 1))):
            await asyncio.sleep(0)

    ports = [replace(world.ports, turns=Turns(), pause=pause) for _ in range(instances)]
    await asyncio.gather(
        *(
            leads.edit_lead(
                ports=ports[n % instances], lead_id=lead_id, edits={"remarks": f"Call {n}"}, act=world.act(RAVI)
            )
            for n in range(EDITORS)
        )
    )


class TestTurns:
    def test_let_each_change_of_one_process_be_tried_once(self):
        async def story(world: World) -> None:
            lead_id, seen = await world.lead(), tried(world)
            await edited_by_all(world, lead_id, 1)
            assert len(seen) == EDITORS
            assert (await world.file(lead_id)).lead.version == 1 + EDITORS

        run(story)

    def test_are_no_condition_for_several_processes_to_lose_nothing(self):
        async def story(world: World) -> None:
            lead_id, seen = await world.lead(), tried(world)
            await edited_by_all(world, lead_id, 4)
            assert len(seen) > EDITORS  # they did lose to each other, and tried again
            assert (await world.file(lead_id)).lead.version == 1 + EDITORS
            assert (await world.actions(lead_id)).count("LeadEdited") == EDITORS

        run(story)

    def test_are_given_up_by_who_is_cancelled(self):
        async def story(world: World) -> None:
            lead_id = await world.lead()
            ports = world.ports
            edit = leads.edit_lead(ports=ports, lead_id=lead_id, edits={"city": "Surat"}, act=world.act(RAVI))
            first = asyncio.ensure_future(edit)
            await asyncio.sleep(0)
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            later = leads.edit_lead(ports=ports, lead_id=lead_id, edits={"city": "Rajkot"}, act=world.act(RAVI))
            done = await asyncio.wait_for(later, 5)
            assert done.file.lead.city == "Rajkot"

        run(story)

    def test_let_one_of_many_critical_changes_pass(self):
        async def story(world: World) -> None:
            await world.partner("CP-1002", "Meera")
            lead_id, ports = await world.lead(), world.ports
            said = await asyncio.gather(
                *(
                    reassign_lead(
                        ports=ports, lead_id=lead_id, partner_id="CP-1002", reason="Moved", act=world.act(ASHA, 1)
                    )
                    for _ in range(20)
                ),
                return_exceptions=True,
            )
            assert sum(isinstance(answer, VersionStale) for answer in said) == 19
            assert (await world.file(lead_id)).lead.version == 2

        run(story)
