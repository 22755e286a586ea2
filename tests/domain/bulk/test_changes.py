"""The same change of many leads: one entry each, refusals per lead, versions, and repetition after a kill."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

import pytest

from domain import bulk, leads
from domain.bulk import Outcome
from domain.leads import LeadStatus, StatusChange
from domain.store import StorageUnavailable
from domain.timeline import VersionRequired, VersionStale, verify
from tests.domain.sales.world import ASHA, MEERA, RAVI, WHY, World, run

MOVE = StatusChange(LeadStatus.NOT_INTERESTED, "They bought elsewhere")


async def some_leads(world: World, number: int) -> list[str]:
    await world.partner("CP-1002", MEERA.name)
    return [await world.lead(1001 + n) for n in range(number)]


async def give(world: World, ids: list[str], versions: dict[str, int], **more: Any) -> tuple[Outcome, ...]:
    act = replace(world.act(ASHA), **more)
    return await bulk.reassign_leads(
        ports=world.ports, lead_ids=ids, partner_id="CP-1002", reason=WHY, versions=versions, act=act
    )


def codes(outcomes: tuple[Outcome, ...]) -> list[str]:
    return [o.refusal.code if o.refusal else "" for o in outcomes]


class TestEntries:
    def test_fifty_leads_have_exactly_fifty_more(self) -> None:
        """cases.md 9; what Ravi had entered is overwritten, and said to be, in the one entry."""

        async def story(world: World) -> None:
            ids = await some_leads(world, 50)
            for lead_id in ids:
                await leads.edit_lead(
                    ports=world.ports, lead_id=lead_id, edits={"remarks": "Call in May"}, act=world.act(RAVI)
                )
            done = await bulk.move_leads(
                ports=world.ports, lead_ids=ids, change=MOVE, versions={}, act=world.act(ASHA)
            )
            assert done == tuple(Outcome(lead_id) for lead_id in ids)
            for lead_id in ids:
                entries = await leads.timeline_of(store=world.store, lead_id=lead_id, actor=ASHA)
                lead = (await world.file(lead_id)).lead
                assert verify(entries, last_hash=lead.last_hash, version=lead.version) is None
                assert [e.action for e in entries] == ["LeadCreated", "LeadEdited", "StatusChanged"]
                last = entries[-1]
                assert last.actor == ASHA
                assert last.message.startswith(
                    "Asha moved from New Lead to Not Interested. Overwritten by Asha at "
                )
                assert [(f["field"], f["previous"]["name"]) for f in last.facts["overwrote"]] == [
                    ("followUpDate", "Ravi"),
                    ("remarks", "Ravi"),
                ]
                assert {c.field: (c.before, c.after) for c in last.changes}["remarks"] == (
                    "Call in May",
                    "They bought elsewhere",
                )

        run(story)

    def test_an_edit_that_only_overwrites_is_one_entry_too_and_the_same_again_is_none(self) -> None:
        async def story(world: World) -> None:
            ids = await some_leads(world, 1)
            day = leads.follow_up_range(world.clock.now())[1]
            edits = {"follow_up_date": day, "remarks": None}
            for _ in range(2):
                done = await bulk.edit_leads(
                    ports=world.ports, lead_ids=[*ids, *ids], edits=edits, versions={}, act=world.act(ASHA)
                )
                assert done == (Outcome(ids[0]),)
            assert await world.actions(ids[0]) == ["LeadCreated", "Overwritten"]

        run(story)


class TestRefusals:
    def test_of_one_lead_do_not_stop_the_others(self) -> None:
        async def story(world: World) -> None:
            ids = await some_leads(world, 2)
            await world.force(ids[0], LeadStatus.NOT_RESPONDING)
            asked = [ids[0], "LEAD-9999", "nonsense/#", ids[1]]
            done = await bulk.move_leads(
                ports=world.ports, lead_ids=asked, change=MOVE, versions={}, act=world.act(ASHA)
            )
            assert [o.lead_id for o in done] == asked
            assert codes(done) == ["STATUS_CHANGE_NOT_ALLOWED", "LEAD_NOT_FOUND", "LEAD_NOT_FOUND", ""]

        run(story)


class TestVersions:
    def test_are_needed_for_what_is_critical(self) -> None:
        async def story(world: World) -> None:
            ids = await some_leads(world, 3)
            before = await world.rows()
            with pytest.raises(VersionRequired):
                await give(world, ids, {})
            for change in (
                StatusChange(LeadStatus.WON, MOVE.remarks, quotation_ref="QUOT-100101"),
                replace(MOVE, override=True, override_reason=WHY),
            ):
                with pytest.raises(VersionRequired):
                    await bulk.move_leads(
                        ports=world.ports, lead_ids=ids, change=change, versions={}, act=world.act(ASHA)
                    )
            with pytest.raises(VersionStale) as stale:
                await give(world, ids, dict.fromkeys(ids, 7))
            assert stale.value.details is not None
            assert {"current", "yours", "changes"} < set(stale.value.details)
            assert [r["code"] for r in stale.value.details["results"]] == ["VERSION_STALE"] * 3
            assert await world.rows() == before

        run(story)

    def test_count_for_each_lead_on_its_own(self) -> None:
        async def story(world: World) -> None:
            ids = await some_leads(world, 4)
            before = {lead_id: (await world.file(lead_id)).etag for lead_id in ids}
            done = await give(world, ids, {ids[0]: 1, ids[1]: 9, ids[3]: 1})
            assert codes(done) == ["", "VERSION_STALE", "VERSION_REQUIRED", ""]
            after = {lead_id: (await world.file(lead_id)).etag for lead_id in ids}
            assert [before[i] == after[i] for i in ids] == [False, True, True, False]
            assert (await world.file(ids[3])).lead.assigned_to == "CP-1002"

        run(story)

    def test_one_in_if_match_counts_for_those_that_are_not_named(self) -> None:
        async def story(world: World) -> None:
            ids = await some_leads(world, 2)
            done = await give(world, ids, {ids[0]: 9}, version=1, exact=True)
            assert codes(done) == ["VERSION_STALE", ""]

        run(story)


class Killed(Exception):
    """The process ends here."""


class TestKill:
    @pytest.mark.parametrize("at", range(1, 16, 2))
    @pytest.mark.parametrize("landed", [False, True])
    def test_and_the_same_request_again_change_each_lead_once(self, at: int, landed: bool) -> None:
        async def story(world: World) -> None:
            ids = await some_leads(world, 4)
            await world.settle()
            versions = dict.fromkeys(ids, 1)
            act = replace(world.act(ASHA), proof="key", write_id="w")
            calls = 0

            def kill(_: object) -> None:
                nonlocal calls
                calls += 1
                if calls >= at:
                    raise Killed

            hook = "after_commit" if landed else "before_commit"
            keep = getattr(world.store, hook)
            setattr(world.store, hook, kill)
            with contextlib.suppress(Killed):
                await give(world, ids, versions, write_id="w", proof="key")
            for _ in range(100):  # what was under way dies too, before anything can be stored again
                await asyncio.sleep(0)
            for late in world.work:
                late.close()
            world.work.clear()
            setattr(world.store, hook, keep)
            done = await give(world, ids, versions, write_id="w", proof="key", at=act.at)
            assert codes(done) == [""] * 4
            for lead_id in ids:
                assert await world.actions(lead_id) == ["LeadCreated", "LeadReassigned"]

        run(story)

    def test_what_is_not_known_is_no_result_to_be_kept(self) -> None:
        async def story(world: World) -> None:
            ids = await some_leads(world, 2)

            def down(commit: Any) -> None:
                if commit.partition == ids[1]:
                    raise StorageUnavailable("down", retry_after=5)

            keep, world.store.before_commit = world.store.before_commit, down
            with pytest.raises(StorageUnavailable):
                await give(world, ids, dict.fromkeys(ids, 1), proof="key")
            done = await give(world, ids, {ids[0]: 2, ids[1]: 1})
            assert codes(done) == ["", "STORAGE_UNAVAILABLE"]
            world.store.before_commit = keep

        run(story)
