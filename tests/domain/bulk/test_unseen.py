"""Nobody sees a lead of an import before all can be seen; then each reader sees all of them at once."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapters.all_leads import AllLeads
from domain import bulk, leads, lists
from domain.bulk import ImportRow
from domain.continuity import Rule, Violation, violations
from domain.lists import Collection
from domain.ports import Pen, Ports
from domain.store import Create, StorageUnavailable
from domain.values import Actor, PhoneNumber, Role
from tests.domain.bulk.test_import import Killed, kill_at, restarted
from tests.domain.sales.world import ASHA, MEERA, RAVI, World
from tests.fakes.store import FakeStore

JOB = "JOB-1"
PHONES = (9007, 9008, 9007)  # the first and the last lead are one customer's
OWNERS = (RAVI, MEERA, RAVI)


@dataclass
class PausedStore(FakeStore):
    """A way of its own to the same tables, on which the request behind a given number waits, and all after it, or
    it alone while those beside it are answered."""

    until: float = math.inf
    alone: bool = False
    count: int = 0
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def _request(self, kind: str) -> None:
        await super()._request(kind)
        self.count += 1
        if self.count > self.until and not (self.alone and self.count > self.until + 1):
            self.waiting.set()
            await self.go.wait()

    def pause_after(self, requests: float, *, alone: bool = False) -> None:
        self.until, self.count, self.alone = requests, 0, alone


@dataclass
class Process(World):
    """All that is changed is changed by one process, and told in one log."""

    pen: Pen = field(default_factory=Pen)

    @property
    def ports(self) -> Ports:
        return replace(super().ports, pen=self.pen)


Read = Callable[[], Awaitable[Collection]]
Reader = Callable[[World, FakeStore], Awaitable[Read]]


async def a_partner(world: World, store: FakeStore) -> Read:
    return lambda: lists.leads_of_partner(store=store, partner_id=RAVI.id)


async def a_customer(world: World, store: FakeStore) -> Read:
    actor = Actor((await world.file("LEAD-9007")).lead.customer_id, "Kavita", Role.CUSTOMER)
    return lambda: lists.leads_of_customer(store=store, actor=actor, now=world.clock.now())


async def a_new_instance(world: World, store: FakeStore) -> Read:
    return lambda: AllLeads(store, world.clock).current()


async def an_instance_with_a_pack(world: World, store: FakeStore) -> Read:
    await AllLeads(world.store, world.clock).pack(world.ports)
    return await a_new_instance(world, store)


async def a_running_instance(world: World, store: FakeStore) -> Read:
    kept = AllLeads(store, world.clock)
    await kept.current()
    return kept.current


READERS: dict[Reader, tuple[set[int], list[float]]] = {
    a_partner: ({0, 2}, [0, math.inf]),
    a_customer: ({0, 2}, [0, 1, 2, 3, math.inf]),
    a_running_instance: ({0, 1, 2}, [0, 1, 2, 3, 4, math.inf]),
    an_instance_with_a_pack: ({0, 1, 2}, [0, 1, 2, 3, 4, 5, math.inf]),
    a_new_instance: ({0, 1, 2}, [1, 2, 20, 65, 66, 67, 68, math.inf]),
}
"""Which of the leads each sees, and before which of its requests it is held up."""

STEP = dict.fromkeys(READERS, 1) | {a_new_instance: 7, an_instance_with_a_pack: 3}
"""Not at each of the import's requests where that would take long."""


def a_row(number: int) -> ImportRow:
    new = leads.NewLead(
        customer_name=f"Customer {number}",
        phone=PhoneNumber(f"+9198{PHONES[number]:08d}"),
        address="5 Station Road",
        state="Gujarat",
        pin_code="380001",
        assigned_to=OWNERS[number].id,
    )
    return ImportRow.of(number + 2, new)


async def a_world() -> tuple[World, PausedStore]:
    """With a lead of each partner, whose customers the imported ones become."""
    store = PausedStore(_writes=1_000_000)
    world = Process(store=store)
    for partner in (RAVI, MEERA):
        await world.partner(partner.id, partner.name)
    await world.lead(9007, RAVI)
    await world.settle()
    world.clock.advance(seconds=300)  # the log that is known by now is written on
    return world, store


async def imported(world: World) -> None:
    rows = [a_row(number) for number in range(3)]
    job = await bulk.begin_import(ports=world.ports, job_id=JOB, rows=rows, faults=(), act=world.act(ASHA))
    await bulk.carry_on(ports=world.ports, job=job)
    await world.settle()


def new_in(collection: Collection) -> list[str]:
    """The imported leads that a reader finds, by every way that it has."""
    found = sorted(e.id for e in collection if not e.summary.gone and e.id != "LEAD-9007")
    for order in lists.SortBy:
        assert sorted(e.id for e in collection.in_order(order)) == sorted([*found, "LEAD-9007"])
    assert sum(map(len, collection.by_customer().values())) == len(found) + 1
    assert len(set(found)) == len(found)
    return found


async def both(until: int, reader: Reader, pause: float, alone: bool) -> tuple[list[str], list[str], bool]:
    """What a reader finds that begins after so many of the import's requests, and goes on from `pause` once the
    import has ended (never held up if that is infinite); what it finds then; whether the import was held up."""
    world, store = await a_world()
    other = PausedStore(_tables=store._tables)
    read = await reader(world, other)
    store.pause_after(until)
    work = asyncio.ensure_future(imported(world))
    await asyncio.wait([work, held := asyncio.ensure_future(store.waiting.wait())], return_when="FIRST_COMPLETED")
    other.pause_after(pause, alone=alone)
    reading = asyncio.ensure_future(read())
    if pause < math.inf:
        for _ in range(30 if alone else 0):  # so many answers come before that of the one that waits
            await asyncio.sleep(0)
        late = asyncio.ensure_future(other.waiting.wait())
        await asyncio.wait([reading, late], return_when="FIRST_COMPLETED")
        store.go.set()
        await work
        other.go.set()
        late.cancel()
    found = new_in(await reading)
    store.go.set()
    await work
    held.cancel()
    other.pause_after(math.inf)
    return found, new_in(await read()), store.waiting.is_set()


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
class TestBesideAnImport:
    def test_a_reader_sees_none_of_it_or_all(self, reader: Reader) -> None:
        async def story() -> None:
            mine, pauses = READERS[reader]
            seen = set()
            for pause, alone in [*((p, False) for p in pauses), *((p, True) for p in pauses[:-1])]:
                for until in range(0, 400, STEP[reader]):
                    found, then, held_up = await both(until, reader, pause, alone)
                    assert len(found) in (0, len(mine)), (until, pause, found)
                    assert len(then) == len(mine), (until, pause, then)
                    seen.add(len(found))
                    if not held_up:
                        assert len(found) == len(mine)  # it had ended before
                        break
            assert seen == {0, len(mine)}

        asyncio.run(story())


async def held_up(world: World, store: PausedStore, *, after: int) -> asyncio.Task[None]:
    """An import that waits in the middle of bringing its leads into the lists."""
    store.pause_after(after)
    work = asyncio.ensure_future(imported(world))
    await store.waiting.wait()
    return work


async def middle() -> int:
    """After how many of an import's requests some of its leads are in the feed, but not all."""
    for after in range(400):
        world, store = await a_world()
        work = await held_up(world, store, after=after)
        told = [r for r in store._tables["views"].values() if leads.in_feed(r) and "import" in r.values]
        store.go.set()
        await work
        if 0 < len(told) < 3:
            return after
    raise AssertionError


class TestPack:
    def test_made_beside_an_import_brings_its_leads_too(self) -> None:
        async def story() -> None:
            world, store = await a_world()
            other = PausedStore(_tables=store._tables, _writes=2_000_000)
            work = await held_up(world, store, after=await middle())
            packer = AllLeads(other, world.clock)
            assert await packer.pack(replace(world.ports, store=other)) > 1
            assert new_in(await packer.current()) == []
            world.clock.advance(seconds=600)  # what the feed told before is behind a pack for whoever loads it
            store.go.set()
            await work
            assert len(new_in(await AllLeads(other, world.clock).current())) == 3
            assert len(new_in(await packer.current())) == 3

        asyncio.run(story())


class TestLongList:
    def test_of_a_partner_is_whole_if_an_import_came_between_its_pages(self) -> None:
        async def story() -> None:
            world, store = await a_world()
            [row] = [r for key, r in store._tables["views"].items() if key == ("cp|CP-1001", "LEAD-9007")]
            keys = [*(f"LEAD-0{n}" for n in range(1_000, 1_999)), "LEAD-1008A"]  # the first page
            keys += [f"LEAD-2{n}" for n in range(1_000, 1_100)]
            for start in range(0, 1_100, 100):
                rows = [Create(key, row.values) for key in keys[start : start + 100]]
                await store.commit(table="views", partition="cp|CP-1001", writes=rows, write_id=str(start))
            other = PausedStore(_tables=store._tables, until=1)
            reading = asyncio.ensure_future(lists.leads_of_partner(store=other, partner_id=RAVI.id))
            await other.waiting.wait()  # LEAD-1007 isn't on the page that it has, and LEAD-1009 will be on the next
            await imported(world)
            other.go.set()
            found = await reading
            assert len(found) == 1 + 1_100 + 2 and found.get("LEAD-1007") and found.get("LEAD-1009")
            assert len(other.requests) == 4
            await lists.leads_of_partner(store=other, partner_id=RAVI.id)
            assert len(other.requests) == 6  # and from then on it is read once again

        asyncio.run(story())


@pytest.mark.parametrize("landed", [False, True])
class TestKill:
    def test_at_any_storage_call_shows_none_and_the_timer_then_shows_all(self, landed: bool) -> None:
        async def story(at: int) -> tuple[int, bool]:
            world, store = await a_world()
            reads = [(await reader(world, store), mine) for reader, (mine, _) in READERS.items()]
            kill_at(world, at, landed=landed)
            ended = False
            with contextlib.suppress(Killed):
                await imported(world)
                ended = True
            await restarted(world)
            taken = any(row.values["taken"] for key, row in store._tables["jobs"].items() if key[1] == "verdict")
            seen = [(len(new_in(await read())), len(mine)) for read, mine in reads]
            assert all(found in (0, most) for found, most in seen), (at, seen)
            assert len({found == most for found, most in seen[2:]}) == 1  # Admins and KAMs at one moment
            await bulk.finish_imports(ports=world.ports)
            await world.settle()
            assert [len(new_in(await read())) for read, _ in reads] == [len(mine) * taken for _, mine in reads]
            return sum(found > 0 for found, _ in seen), ended

        async def stories() -> None:
            visible = set()
            for at in range(1, 200):
                found, ended = await story(at)
                visible.add(found)
                if ended:
                    break
            assert {0, len(READERS)} <= visible

        asyncio.run(stories())


class TestStorageDown:
    def test_for_one_lead_keeps_all_of_them_unseen(self) -> None:
        async def story() -> None:
            world, store = await a_world()

            def down(commit: Any) -> None:
                if commit.partition == "cp|CP-1002":
                    raise StorageUnavailable("down")

            def later(commit: Any) -> None:
                if commit.partition == "cp|CP-1002" and commit.writes[0].key.startswith("LEAD-"):
                    raise StorageUnavailable("down")

            reads = [(await reader(world, store), mine) for reader, (mine, _) in READERS.items()]
            for fault in (down, later):
                store.before_commit = fault
                with pytest.raises(StorageUnavailable):
                    await imported(world)
                assert [new_in(await read()) for read, _ in reads] == [[]] * len(reads)
            store.before_commit = lambda _: None
            await restarted(world)
            await bulk.finish_imports(ports=world.ports)
            assert [len(new_in(await read())) for read, _ in reads] == [len(mine) for _, mine in reads]

        asyncio.run(story())


class TestSigns:
    def test_cost_a_look_nothing_once_the_import_was_seen(self) -> None:
        async def story() -> None:
            world, store = await a_world()
            other = PausedStore(_tables=store._tables)
            kept = AllLeads(other, world.clock)
            partner = lists.leads_of_partner

            async def costs() -> list[int]:
                found = []
                for read in (kept.current(), partner(store=other, partner_id=RAVI.id)):
                    other.requests.clear()
                    await read
                    found.append(len(other.requests))
                return found

            await costs()
            before = await costs()
            await imported(world)
            await costs()
            assert await costs() == before == [2, 1]
            await leads.edit_lead(
                ports=world.ports, lead_id="LEAD-1007", edits={"remarks": "x"}, act=world.act(ASHA)
            )
            assert await costs() == before

        asyncio.run(story())

    def test_go_from_the_logs_after_days_but_not_of_what_is_still_hidden(self) -> None:
        async def story() -> None:
            world, store = await a_world()
            await imported(world)
            name = leads.import_name(at=world.clock.now(), job_id="JOB-2")
            await leads.hide_import(store=store, name=name, views=())

            async def signs() -> list[bool]:
                return list((await leads.logs_since(store=store, at=world.clock.now())).imports.values())

            for days, expected in ((0, [True, False]), (3, [False])):
                world.clock.advance(seconds=days * 86_400)
                await leads.trim(ports=world.ports)
                assert await signs() == expected

            fresh = AllLeads(store, world.clock)
            assert len(new_in(await fresh.current())) == 3  # without any sign they are seen
            store._tables["views"] = {k: r for k, r in store._tables["views"].items() if not k[1].startswith("!")}
            assert len(new_in(await lists.leads_of_partner(store=store, partner_id=RAVI.id))) == 2

        asyncio.run(story())

    def test_that_a_backup_brought_back_are_turned_by_the_timer(self) -> None:
        async def story() -> None:
            world, store = await a_world()
            await imported(world)
            for key, row in list(store._tables["views"].items()):
                if "shown" in row.values:
                    store._tables["views"][key] = replace(row, values={**row.values, "shown": False})
            assert new_in(await lists.leads_of_partner(store=store, partner_id=RAVI.id)) == []
            await bulk.finish_imports(ports=world.ports)
            for reader, (mine, _) in READERS.items():
                assert len(new_in(await (await reader(world, store))())) == len(mine)

        asyncio.run(story())

    def test_that_was_copied_before_the_one_in_the_logs_is_turned(self) -> None:
        async def story() -> None:
            world, store = await a_world()
            await imported(world)
            views = store._tables["views"]
            [key] = [key for key, row in views.items() if key[0] == "cp|CP-1001" and "shown" in row.values]
            in_logs = next(key for key, row in views.items() if key[0] == "logs" and "shown" in row.values)
            for hidden, found in ((True, 0), (False, 2)):
                views[key] = replace(views[key], values={**views[key].values, "shown": False})
                views[in_logs] = replace(views[in_logs], values={**views[in_logs].values, "shown": not hidden})
                for row in list(views.values()):
                    await leads.reveal_stray(store=store, row=row)
                collection = await lists.leads_of_partner(store=store, partner_id=RAVI.id)
                assert len(new_in(collection)) == found

        asyncio.run(story())

    def test_are_no_leads_to_who_looks_through_the_views(self) -> None:
        async def story() -> None:
            world, store = await a_world()
            await imported(world)
            rows = [row for row in store._tables["views"].values() if "shown" in row.values]
            assert len(rows) == 3
            assert [(leads.lead_in(row), leads.shows_a_lead(row)) for row in rows] == [(None, False)] * 3

        asyncio.run(story())


async def faults_of_views(store: PausedStore) -> list[Violation]:
    """What `check_data` finds wrong with them."""
    found = [v async for v in violations(lambda table: store.scan(table=table))]
    return [v for v in found if v.rule is Rule.VIEWS]


class TestCheck:
    def test_finds_no_fault_beside_an_import_nor_after_it(self) -> None:
        async def story() -> None:
            for after in (*range(0, 130, 3), math.inf):
                world, store = await a_world()
                store.pause_after(after)
                work = asyncio.ensure_future(imported(world))
                await asyncio.wait(
                    [work, asyncio.ensure_future(store.waiting.wait())], return_when="FIRST_COMPLETED"
                )
                assert await faults_of_views(PausedStore(_tables=store._tables)) == []
                store.go.set()
                await work

        asyncio.run(story())
