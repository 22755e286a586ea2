"""Leads from a sheet: all or none, invisible until complete, carried on after a kill."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain import bulk, leads
from domain.bulk import ImportNotFound, ImportNotTaken, ImportRejected, ImportRow
from domain.jobs import JobState
from domain.leads import NewLead, Origin, tomorrow
from domain.store import StorageUnavailable
from domain.values import PhoneNumber
from tests.domain.sales.world import ASHA, MEERA, START, World, run

JOB, LATER_JOB = "JOB-1", "JOB-2"


def a_row(number: int, **more: Any) -> ImportRow:
    new = {
        "customer_name": f"Customer {number}",
        "address": "5 Station Road",
        "state": "Gujarat",
        "pin_code": "380001",
    }
    return ImportRow.of(number + 2, NewLead(phone=PhoneNumber(f"+9198{number:08d}"), **{**new, **more}))


async def begun(world: World, rows: list[ImportRow], job_id: str = JOB) -> Any:
    return await bulk.begin_import(ports=world.ports, job_id=job_id, rows=rows, faults=(), act=world.act(ASHA))


async def shown(world: World) -> set[str]:
    """The leads that stand in somebody's list, or that a customer is linked to."""
    await world.settle()
    listed = {row.key async for row in world.store.scan(table="views") if leads.shows_a_lead(row)}
    linked = {row.key async for row in world.store.scan(table="customers") if "LEAD-" in row.key}
    return listed | {key.partition("LEAD-")[2] and "LEAD-" + key.partition("LEAD-")[2] for key in linked}


async def stored(world: World) -> set[str]:
    return {row.partition async for row in world.store.scan(table="leads") if row.key == "lead"}


class TestRows:
    def test_are_rejected_together_with_every_fault(self) -> None:
        async def story(world: World) -> None:
            rows = [
                a_row(0, assigned_to="CP-7777"),
                a_row(1, follow_up_date=START.date() - timedelta(days=1)),
                a_row(2),
                a_row(3, assigned_to="nobody/#", follow_up_date=START.date() + timedelta(days=31)),
                ImportRow(6, None, "CP-7777", START.date() - timedelta(days=1)),  # something else is wrong with it
            ]
            with pytest.raises(ImportRejected) as refused:
                await begun(world, rows)
            details = refused.value.details
            assert details is not None and (details["total"], details["imported"]) == (5, 0)
            assert [(e["row"], e["field"]) for e in details["errors"]] == [
                (2, "assignedTo"),
                (3, "followUpDate"),
                (5, "assignedTo"),
                (5, "followUpDate"),
                (6, "assignedTo"),
                (6, "followUpDate"),
            ]
            assert details["importResults"]["errors"] == details["errors"]
            assert await world.rows() == {}

        run(story)

    def test_become_leads_of_the_admin_who_imports(self) -> None:
        async def story(world: World) -> None:
            await world.partner("CP-1002", MEERA.name)
            job = await begun(
                world, [a_row(0, assigned_to="CP-1002", services=("A;b", "C")), a_row(0, remarks="ß\n😀")]
            )
            await bulk.carry_on(ports=world.ports, job=job)
            progress = await bulk.import_progress(ports=world.ports, job_id=JOB)
            assert (progress.job.state, progress.total, progress.stored) == (JobState.FINISHED, 2, 2)
            assert progress.shown == 2
            first, second = [(await world.file(lead_id)).lead for lead_id in progress.lead_ids]
            assert (first.origin, first.created_by, first.assigned_name) == (Origin.IMPORT, ASHA.id, "Meera")
            assert (first.services, second.remarks) == (("A;b", "C"), "ß\n😀")
            assert first.follow_up_date == tomorrow(job.at)
            assert first.customer_id == second.customer_id  # one phone, one customer
            for lead_id in progress.lead_ids:
                [entry] = await leads.timeline_of(store=world.store, lead_id=lead_id, actor=ASHA)
                assert (entry.action, entry.actor) == ("LeadCreated", ASHA)
            assert await shown(world) == set(progress.lead_ids)
            left = [row.key async for row in world.store.scan(table="jobs", partition=JOB)]
            assert left == ["shown:0000", "stored:0000", "verdict"]  # and nothing of what the rows said

        run(story)

    def test_five_thousand_of_them_stay_unseen_until_the_last_is_stored(self) -> None:
        async def story(world: World) -> None:
            rows = [a_row(number % 4_000) for number in range(5_000)]
            job = await begun(world, rows)
            seen: list[tuple[int, int]] = []

            def look(commit: Any) -> None:
                if commit.table == "jobs" and commit.writes[0].key.startswith("stored:"):
                    views = [r for r in world.store._tables.get("views", {}).values() if leads.shows_a_lead(r)]
                    links = [k for k in world.store._tables.get("customers", {}) if "LEAD-" in k[1]]
                    seen.append((len(views), len(links)))

            world.store.after_commit = look
            began = time.perf_counter()
            await bulk.carry_on(ports=world.ports, job=job)
            print(f"5,000 rows: {time.perf_counter() - began:.1f} s, {len(world.store.requests)} requests")
            assert seen == [(0, 0)] * 50
            progress = await bulk.import_progress(ports=world.ports, job_id=JOB)
            assert len(set(progress.lead_ids)) == 5_000 and await shown(world) == set(progress.lead_ids)

        run(story)


class TestCost:
    def test_is_fourteen_requests_a_row_at_most(self) -> None:
        async def story(world: World) -> None:
            job = await begun(world, [a_row(number) for number in range(100)])
            await bulk.carry_on(ports=world.ports, job=job)
            await world.settle()
            assert len(world.store.requests) <= 100 * 14 + 30

        run(story)

    def test_a_lead_whose_customer_was_made_meanwhile_is_that_customers(self) -> None:
        async def story(world: World) -> None:
            job = await begun(world, [a_row(7777), a_row(1)])
            await asyncio.gather(
                bulk.carry_on(ports=world.ports, job=job), world.lead(7777)
            )  # with the first row's phone
            await world.settle()
            progress = await bulk.import_progress(ports=world.ports, job_id=JOB)
            mine, other = [(await world.file(name)).lead for name in (progress.lead_ids[0], "LEAD-7777")]
            assert (mine.phone, mine.customer_id) == (other.phone, other.customer_id)
            links = {row.key async for row in world.store.scan(table="customers", partition=mine.customer_id)}
            assert {f"lead:{mine.id}", "lead:LEAD-7777"} <= links

        run(story)


class Killed(Exception):
    """The process ends here."""


def kill_at(world: World, number: int, *, landed: bool) -> None:
    """Let nothing be stored from the n-th commit on."""
    calls = 0

    def hook(_: object) -> None:
        nonlocal calls
        calls += 1
        if calls >= number:
            raise Killed

    setattr(world.store, "after_commit" if landed else "before_commit", hook)


async def restarted(world: World) -> None:
    for _ in range(100):  # what was under way dies too, before anything can be stored again
        await asyncio.sleep(0)
    for late in world.work:
        late.close()
    world.work.clear()
    world.store.before_commit = world.store.after_commit = lambda _: None
    world.clock.advance(seconds=90)


async def killed(world: World, rows: list[ImportRow], at: int, landed: bool) -> bool:
    """Import and die at the n-th commit; whether it got to its end before."""
    kill_at(world, at, landed=landed)
    with contextlib.suppress(Killed):
        await bulk.carry_on(ports=world.ports, job=await begun(world, rows))
    done = "jobs" in world.store._tables and ("done", JOB) in world.store._tables["jobs"]
    await restarted(world)
    return done


ROWS = [a_row(0), a_row(1), a_row(0, remarks="x" * 2000), a_row(2)]
KILLS = range(1, 60)


@pytest.mark.parametrize("landed", [False, True])
class TestKill:
    def test_leaves_all_or_nothing_once_the_timer_has_run(self, landed: bool) -> None:
        async def story(world: World, at: int) -> tuple[int, bool]:
            done = await killed(world, ROWS, at, landed)
            before = await shown(world)
            complete = len(await stored(world)) == len(ROWS)
            assert not before or complete
            await bulk.finish_imports(ports=world.ports)
            seen = await shown(world)
            assert seen == await stored(world) and len(seen) in (0, len(ROWS))
            assert [r async for r in world.store.scan(table="jobs", partition="open")] == []
            for lead_id in seen:
                assert await world.actions(lead_id) == ["LeadCreated"]
            parts = [r async for r in world.store.scan(table="jobs", partition=JOB) if r.key.startswith("part:")]
            assert parts == []
            return len(seen), done

        ends = []
        for at in KILLS:
            run(lambda world, at=at: _kept(story(world, at), ends))
        assert {count for count, _ in ends} == {0, len(ROWS)}
        assert ends[-1][1]  # the last kill came after the end: no step was left out

    def test_and_the_same_request_again_import_everything_once(self, landed: bool) -> None:
        async def story(world: World, at: int) -> None:
            await killed(world, ROWS, at, landed)
            job = await begun(world, ROWS)
            await bulk.carry_on(ports=world.ports, job=job)
            await bulk.finish_imports(ports=world.ports)
            seen = await shown(world)
            assert seen == await stored(world) and len(seen) == len(ROWS)
            assert len(await world.rows("phones")) == 3

        for at in KILLS:
            run(lambda world, at=at: story(world, at))


async def _kept(story: Any, ends: list[Any]) -> None:
    ends.append(await story)


class TestCarryOn:
    def test_by_twenty_at_once_has_one_effect(self) -> None:
        async def story(world: World) -> None:
            job = await begun(world, ROWS)
            await asyncio.gather(*(bulk.carry_on(ports=world.ports, job=job) for _ in range(20)))
            assert len(await stored(world)) == len(await shown(world)) == len(ROWS)

        run(story)

    def test_is_left_to_the_request_that_is_at_it(self) -> None:
        async def story(world: World) -> None:
            await begun(world, ROWS)
            world.clock.advance(seconds=50)
            assert await bulk.finish_imports(ports=world.ports) == 0
            world.clock.advance(seconds=20)
            assert await bulk.finish_imports(ports=world.ports) == 1

        run(story)

    def test_of_one_that_fails_is_told_and_doesn_t_keep_the_others_waiting(self) -> None:
        async def story(world: World) -> None:
            await begun(world, ROWS, job_id=JOB)
            await begun(world, ROWS[:1], job_id=LATER_JOB)
            world.clock.advance(seconds=90)

            def down(commit: Any) -> None:
                if commit.write_id.startswith(JOB):
                    raise StorageUnavailable("down")

            world.store.before_commit = down
            with pytest.raises(StorageUnavailable):
                await bulk.finish_imports(ports=world.ports)
            states = [(await bulk.import_progress(ports=world.ports, job_id=j)).job.state for j in (JOB, LATER_JOB)]
            assert states == [JobState.RUNNING, JobState.FINISHED]
            world.store.before_commit = lambda _: None
            world.clock.advance(seconds=90)
            assert await bulk.finish_imports(ports=world.ports) == 1

        run(story)

    def test_of_one_that_was_refused_is_refused_for_good(self) -> None:
        async def story(world: World) -> None:
            def down(commit: Any) -> None:
                if commit.writes[0].key == "verdict":
                    raise StorageUnavailable("down")

            world.store.before_commit = down
            with pytest.raises(StorageUnavailable):
                await begun(world, ROWS)
            world.store.before_commit = lambda _: None
            world.clock.advance(seconds=90)
            assert await bulk.finish_imports(ports=world.ports) == 1
            with pytest.raises(ImportNotTaken):
                await begun(world, ROWS)
            progress = await bulk.import_progress(ports=world.ports, job_id=JOB)
            assert (progress.job.state, progress.lead_ids, await stored(world)) == (JobState.REFUSED, (), set())
            with pytest.raises(ImportNotFound):
                await bulk.import_progress(ports=world.ports, job_id="JOB-2")

        run(story)


class TestLongRows:
    def test_are_kept_in_as_many_parts_as_the_store_takes(self) -> None:
        async def story(world: World) -> None:
            long = dict.fromkeys(("address", "requirements", "remarks"), "😀" * 2000)
            rows = [a_row(number, **long) for number in range(100)]
            await bulk.carry_on(ports=world.ports, job=await begun(world, rows))
            progress = await bulk.import_progress(ports=world.ports, job_id=JOB)
            last = (await world.file(progress.lead_ids[-1])).lead
            assert (len(progress.lead_ids), last.remarks) == (100, "😀" * 2000)

        run(story)


class TestProgress:
    def test_names_no_lead_before_all_are_shown(self) -> None:
        async def story(world: World) -> None:
            job = await begun(world, ROWS)

            def stop(commit: Any) -> None:
                if commit.writes[0].key.startswith("shown:"):
                    raise StorageUnavailable("down")

            world.store.before_commit = stop
            with pytest.raises(StorageUnavailable):
                await bulk.carry_on(ports=world.ports, job=job)
            progress = await bulk.import_progress(ports=world.ports, job_id=JOB)
            assert (progress.stored, progress.shown, progress.lead_ids) == (4, 0, ())
            assert progress.job.state is JobState.RUNNING
            world.store.before_commit = lambda _: None
            await bulk.carry_on(ports=world.ports, job=job)
            progress = await bulk.import_progress(ports=world.ports, job_id=JOB)
            assert (progress.stored, progress.shown, len(progress.lead_ids)) == (4, 4, 4)

        run(story)


class TestSameSheet:
    def test_of_the_same_person_is_the_same_import_for_a_day(self) -> None:
        async def story(world: World) -> None:
            async def id_for(sheet: str, who: Any = ASHA) -> str:
                return await bulk.import_id_for(ports=world.ports, sheet=sheet, act=world.act(who))

            first = await id_for("a")
            await bulk.carry_on(ports=world.ports, job=await begun(world, ROWS, first))
            assert await id_for("a") == first
            assert len({first, await id_for("b"), await id_for("a", replace(ASHA, id="ADMIN-2"))}) == 3
            world.clock.advance(seconds=24 * 3600 - 60)
            assert await id_for("a") == first
            world.clock.advance(seconds=60)
            second = await id_for("a")
            assert second != first
            await begun(world, ROWS, second)
            assert await id_for("a") == second  # also while it is under way

        run(story)

    def test_whose_import_was_refused_begins_anew(self) -> None:
        async def story(world: World) -> None:
            first = await bulk.import_id_for(ports=world.ports, sheet="a", act=world.act(ASHA))

            def down(commit: Any) -> None:
                if commit.writes[0].key == "verdict":
                    raise StorageUnavailable("down")

            world.store.before_commit = down
            with pytest.raises(StorageUnavailable):
                await begun(world, ROWS, first)
            world.store.before_commit = lambda _: None
            world.clock.advance(seconds=90)
            await bulk.finish_imports(ports=world.ports)
            second = await bulk.import_id_for(ports=world.ports, sheet="a", act=world.act(ASHA))
            assert second != first
            await bulk.carry_on(ports=world.ports, job=await begun(world, ROWS, second))
            assert len(await stored(world)) == len(ROWS)

        run(story)
