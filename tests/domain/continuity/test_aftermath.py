"""After a restore or a promotion: lists that agree with their leads, ids that nobody had, files, and what force does."""

from __future__ import annotations

import itertools

import pytest

from domain import identity, leads
from domain.continuity import (
    Kind,
    Wanted,
    back_up,
    mend_copy,
)
from domain.store import StorageUnavailable
from domain.timeline import verify
from domain.values import Role
from tests.domain.continuity.account import (
    ALL,
    ANN,
    FIRST,
    LATER,
    SECOND,
    TABLES,
    WHY,
    Account,
    Business,
    played,
)
from tests.domain.identity.setting import Live
from tests.domain.sales.world import ASHA, World
from tests.fakes.store import FakeStore


class TestLists:
    def test_agree_after_everything_was_lost(self) -> None:
        async def story(b: Business) -> None:
            before = {lead: b.seen(lead) for lead in (FIRST, SECOND)}
            b.lose(*TABLES)
            done = await b.restored(ALL)
            assert done.total().fates["conflict"] == 0
            assert {lead: b.seen(lead) for lead in (FIRST, SECOND)} == before
            assert await b.broken() == []

        played(story)

    def test_dont_show_what_is_lost_or_hide_what_comes_next(self) -> None:
        async def story(b: Business) -> None:
            await b.edit(FIRST, city="Bhuj")
            await b.edit(FIRST, city="Rajkot")
            await b.world.lead(1060)
            await b.world.settle()
            assert {version for _, version in b.seen(FIRST)} == {3} and b.seen(LATER)
            b.lose("leads")
            said = await b.restored(ALL, dry_run=True)
            assert said.tables["views"].conflicts == []  # what is ahead isn't anybody's newer work
            done = await b.restored(ALL)
            assert done.total().fates["conflict"] == 0
            assert {version for _, version in b.seen(FIRST)} == {1} and not b.seen(LATER)
            await b.edit(FIRST, city="Surat")
            assert {version for _, version in b.seen(FIRST)} == {2}
            b.lose("customers", partition="CUST-")  # of the lost lead: its customer is there, which harms nobody
            await b.restored(ALL)
            assert await b.broken() == []

        played(story)

    def test_of_one_lead_come_back_with_it_also_after_an_interruption(self) -> None:
        async def story(b: Business) -> None:
            await b.edit(FIRST, city="Bhuj")
            whole = dict(b.world.store._tables["leads"]), dict(b.world.store._tables["views"])
            wanted = Wanted(prefix=None, lead=FIRST)
            for number in itertools.count():
                tables = b.world.store._tables
                tables["leads"], tables["views"] = dict(whole[0]), dict(whole[1])
                b.lose("leads", partition=FIRST)
                if number % 2:
                    b.lose("views")
                calls = itertools.count()

                def stop(commit: object, number: int = number, calls: itertools.count[int] = calls) -> None:
                    if next(calls) == number // 2:
                        raise StorageUnavailable("It is down.")

                b.world.store.before_commit = stop
                try:
                    await b.restored(wanted, restore_id=f"R-{number}")
                    stopped = False
                except StorageUnavailable:
                    stopped = True
                b.world.store.before_commit = lambda commit: None
                if stopped:
                    await b.restored(wanted, restore_id=f"R-{number}", resume=number >= 2)
                shown = {version for _, version in b.seen(FIRST)}
                assert shown == {1} and len(b.seen(FIRST)) >= 2, number
                if not stopped and number % 2:
                    break
            assert number > 8

        played(story)

    @pytest.mark.parametrize("wanted", [Wanted(prefix=None, table="leads"), Wanted(prefix=None, lead=FIRST)])
    def test_are_made_in_an_empty_account_for_a_part_too(self, wanted: Wanted) -> None:
        async def story(b: Business) -> None:
            other = Account(World(store=FakeStore(tables_on_demand=False), clock=b.world.clock))
            await b.restored(wanted, target=other.target)
            assert other.seen(FIRST) >= {(leads.shard_of(FIRST), 1)} and other.next_lead() > 1001

        played(story)

    def test_agree_in_another_account(self) -> None:
        async def story(b: Business) -> None:
            other = Account(World(store=FakeStore(tables_on_demand=False), clock=b.world.clock))
            said = await b.restored(ALL, target=other.target, dry_run=True)
            assert set(said.total().fates) == {"created"} and other.world.store._tables == {}
            done = await b.restored(ALL, target=other.target)
            assert set(done.total().fates) == {"created"}
            assert await other.broken() == [] and other.seen(FIRST) == b.seen(FIRST)
            assert other.next_lead() >= 1051 + 1000 and b.next_lead() == 1051
            read = other.files.read(container="documents", name=f"{FIRST}/DOC-1")
            assert await read == f"{FIRST}/DOC-1".encode()
            await other.edit(FIRST, city="Surat")
            assert (await other.world.file(FIRST)).lead.version == 2

        played(story)

    def test_of_a_promoted_copy_are_mended_ahead_and_behind(self) -> None:
        async def story(b: Business) -> None:
            at_sync = b.world.clock.now()
            old = dict(b.world.store._tables["leads"]), dict(b.world.store._tables["views"])
            await b.edit(FIRST, city="Bhuj")
            await b.edit(SECOND, city="Bhuj")
            tables = b.world.store._tables
            for key, row in old[0].items():
                if key[0] == FIRST:  # the copy has the new summaries of the first lead, and its old row …
                    tables["leads"][key] = row
            tables["leads"] = {k: r for k, r in tables["leads"].items() if k in old[0] or k[0] == SECOND}
            for key, row in old[1].items():
                if key[1] == SECOND:  # … and the new row of the second, but its old summaries
                    tables["views"][key] = row
            tables["views"] = {k: r for k, r in tables["views"].items() if k[0] != "pending"}
            assert {v.ids[0] for v in await b.broken()} == {FIRST, SECOND}
            mended = await mend_copy(target=b.target, since=at_sync)
            assert mended == {Kind.LISTS: 2, Kind.NEWS: 1}  # the second lead's edit may not have been told
            assert await b.broken() == []
            assert Kind.LISTS not in await mend_copy(target=b.target, since=None)

        played(story)


class TestIds:
    def test_are_never_given_twice_after_a_loss(self) -> None:
        async def story(b: Business) -> None:
            await b.put("counters", "lead", "next", next=1101)  # up to 1100 were given out after the backup
            b.lose("leads", "counters")
            done = await b.restored(ALL)
            assert done.next_ids["lead"] == b.next_lead() > 1100
            again = await b.restored(ALL)
            assert again.next_ids == done.next_ids  # and not on and on

        played(story)

    @pytest.mark.parametrize("table", [None, "counters", "leads"])
    def test_arent_given_again_when_only_the_counters_are_lost(self, table: str | None) -> None:
        async def story(b: Business) -> None:
            await b.world.lead(9_990)
            await b.world.settle()
            b.lose("counters")
            await b.restored(Wanted(prefix=None, table=table))
            assert b.next_lead() > 9_990

        played(story)

    def test_dont_go_back_even_by_force(self) -> None:
        async def story(b: Business) -> None:
            await b.put("counters", "lead", "next", next=8_001)
            done = await b.restored(Wanted(prefix=None, force=True, reason=WHY))
            assert b.next_lead() == 8_001 and done.tables["counters"].fates == {"skipped": 1}

        played(story)

    def test_of_one_lead_without_counters_are_kept_free(self) -> None:
        async def story(b: Business) -> None:
            b.lose("leads", "counters")
            await b.restored(Wanted(prefix=None, lead=SECOND))
            assert b.next_lead() == 1003

        played(story)


class TestFiles:
    def test_of_one_lead_come_back_with_it_and_no_others(self) -> None:
        async def story(b: Business) -> None:
            b.files._containers["documents"].clear()
            b.files._containers["quotations"].clear()
            wanted = Wanted(prefix=None, lead=FIRST)
            said = await b.restored(wanted, dry_run=True)
            assert {n: dict(t.fates) for n, t in said.files.items()} == {
                "documents": {"created": 1},
                "quotations": {"created": 1},
            }
            assert b.files._containers["documents"] == {}
            await b.restored(wanted)
            assert list(b.files._containers["documents"]) == [f"{FIRST}/DOC-1"]
            assert list(b.files._containers["quotations"]) == [f"{FIRST}/QUOT-100101/abc.pdf"]
            again = await b.restored(wanted)
            assert dict(again.files["documents"].fates) == {"skipped": 1}

        played(story)

    def test_arent_touched_by_scratch_tables_or_one_table(self) -> None:
        async def story(b: Business) -> None:
            b.files._containers["documents"].clear()
            for wanted in (Wanted(prefix="look", lead=FIRST), Wanted(prefix=None, table="leads")):
                assert (await b.restored(wanted)).files == {}
            assert b.files._containers["documents"] == {}

        played(story)


class TestForce:
    def test_puts_a_persons_profile_back_by_a_change_with_a_reason(self) -> None:
        async def story(b: Business) -> None:
            ports = b.world.ports
            edits = {"name": "Wrong", "city": "Wrong"}
            who = {"person_id": "CP-1001", "among": frozenset({Role.CP})}
            await identity.edit_person(ports=ports, edits=edits, act=b.world.act(ANN), **who)
            act = b.world.act(ANN, 2)
            await identity.deactivate_person(ports=ports, reason="Left the company", act=act, live=Live(), **who)
            person = (await b.restored(ALL)).tables["people"]
            assert person.conflicts[0].startswith("people/CP-1001/person: its person was changed after the backup")
            done = await b.restored(Wanted(prefix=None, force=True, reason=WHY))
            assert done.tables["people"].fates["overwritten"] == 1
            now = await identity.person(store=b.world.store, person_id="CP-1001")
            assert (now.name, now.city, now.status) == ("Ravi", None, identity.PersonStatus.DEACTIVATED)
            entries = await identity.timeline_of_person(
                store=b.world.store, person_id="CP-1001", among=frozenset({Role.CP}), actor=ASHA
            )
            assert verify(entries, last_hash=now.last_hash, version=now.version) is None
            last = [e for e in entries if e.version == now.version]
            assert {(e.action, e.reason) for e in last} >= {("RestoredFromBackup", WHY)}
            assert [e.action for e in last].count("Overwritten") == 2
            again = await b.restored(Wanted(prefix=None, force=True, reason=WHY))
            assert "activation" in again.tables["people"].conflicts[0]

        played(story)

    def test_leaves_what_has_a_procedure_of_its_own(self) -> None:
        async def story(b: Business) -> None:
            await b.put("settings", "settings", "settings", version=1, lastHash="x")
            await b.put("settings", "settings", "timeline:0000000001:00", version=1)
            b.world.clock.advance(days=1)
            await back_up(engine=b.engine)
            b.world.clock.advance(hours=1)
            await b.put("settings", "settings", "settings", version=2, lastHash="y")
            done = await b.restored(Wanted(prefix=None, force=True, reason=WHY))
            assert "PATCH /settings" in done.tables["settings"].conflicts[0]
            row = b.row("settings", "settings", "settings")
            assert row is not None and row.values["version"] == 2

        played(story)
