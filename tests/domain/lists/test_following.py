"""Following the feed: nothing that was answered is missed, whatever the clocks and the storage do, and little is read twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from domain import leads, lists
from domain.leads import Summary
from domain.leads._views._feed import put_change
from domain.ports import Log, Pen, Ports
from domain.store import Row, StorageUnavailable, Write
from tests.domain.leads.world import World
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.store import Commit, FakeStore


class SlowStore(FakeStore):
    """Rows of the feed that are held back on their way, the rows read of the logs, and what happens between pages."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, asyncio.Event] = {}
        self.patience: Callable[[], int] = lambda: 0
        self.read = 0
        self.unreadable = False
        self.between_pages: Callable[[], Any] | None = None

    async def commit(self, *, table: str, partition: str, writes: Any, write_id: str) -> None:
        if partition.startswith("log|"):
            lead_id = writes[0].key.split(":")[-2]
            if lead_id in self.held:
                await self.held[lead_id].wait()
            for _ in range(self.patience()):
                await asyncio.sleep(0)
        await super().commit(table=table, partition=partition, writes=writes, write_id=write_id)

    async def scan(self, *, table: str, partition: str | None = None, **bounds: Any) -> AsyncIterator[Row]:
        feed, number = (partition or "").startswith("log|"), 0
        if feed and self.unreadable:
            raise StorageUnavailable("Not now.")
        async for row in super().scan(table=table, partition=partition, **bounds):
            yield row
            number += 1
            self.read += feed
            if feed and number == 1_000 and self.between_pages:
                await self.between_pages()


class Office:
    """Processes on one storage, each with a clock of its own that differs by so many seconds."""

    def __init__(self, *skews: float) -> None:
        self.store = SlowStore()
        self.clocks = [FakeClock() for _ in skews]
        for clock, skew in zip(self.clocks, skews, strict=True):
            clock.advance(seconds=skew)
        world = World(self.store)
        self.processes = [replace(world.ports, clock=clock, pen=Pen()) for clock in self.clocks]
        self.versions: dict[str, int] = {}

    def later(self, **span: float) -> None:
        for clock in self.clocks:
            clock.advance(**span)

    async def change(self, lead_id: str, process: int = 0) -> int:
        """Change a lead; its version once that is answered."""
        version = self.versions[lead_id] = self.versions.get(lead_id, 0) + 1
        ports: Ports = self.processes[process]
        await put_change(ports=ports, summary=Summary(lead_id, version, "{}"), write_id=ports.ids.unique())
        return version


class Reader:
    """One instance that keeps all leads."""

    def __init__(self, office: Office, clock: FakeClock) -> None:
        self.office, self.clock = office, clock
        self.leads, self.feed = lists.Collection(), lists.Follower(clock.now())

    async def look(self) -> dict[str, int]:
        await self.feed.look(store=self.office.store, collection=self.leads, now=self.clock.now())
        return {each.id: each.version for each in self.leads}

    async def rows_read(self) -> int:
        before = self.office.store.read
        await self.look()
        return self.office.store.read - before


class TestFollower:
    def test_reads_a_change_twice_and_then_only_the_last_one_of_a_log(self):
        async def story() -> None:
            office = Office(0, 0)
            one = Reader(office, office.clocks[0])
            for number in range(500):
                await office.change(f"LEAD-{number}", process=number % 2)
            assert [await one.rows_read() for _ in range(4)] == [500, 500, 2, 2]
            for number in range(30):
                await office.change(f"LEAD-{number}")
            assert [await one.rows_read() for _ in range(3)] == [32, 32, 2]

        asyncio.run(story())

    def test_finds_a_change_that_many_later_ones_of_the_same_process_have_overtaken(self):
        async def story() -> None:
            office = Office(0)
            one = Reader(office, office.clocks[0])
            await office.change("LEAD-0")
            gate = office.store.held["LEAD-1"] = asyncio.Event()
            slow = asyncio.ensure_future(office.change("LEAD-1"))
            for number in range(2, 40):
                await office.change(f"LEAD-{number}")
                assert await one.look() == {f"LEAD-{n}": 1 for n in range(number + 1) if n != 1}
            gate.set()
            await slow
            assert (await one.look())["LEAD-1"] == 1
            await office.change("LEAD-2")
            assert [await one.rows_read() for _ in range(3)][-1] == 1, "what was held isn't read for ever"

        asyncio.run(story())

    def test_what_a_later_page_tells_says_nothing_about_an_earlier_one(self):
        async def story() -> None:
            office = Office(0)
            one = Reader(office, office.clocks[0])
            gate = office.store.held["LEAD-X"] = asyncio.Event()
            slow = asyncio.ensure_future(office.change("LEAD-X"))
            await asyncio.sleep(0)
            for number in range(1_100):
                await office.change(f"LEAD-{number}")

            async def meanwhile() -> None:
                office.store.between_pages = None
                gate.set()
                await slow  # on the page that has been read
                await office.change("LEAD-Y")  # on the page to come; it says that all below is stored

            office.store.between_pages = meanwhile
            first = await one.look()
            assert "LEAD-Y" in first and "LEAD-X" not in first, "the look itself began before that answer"
            assert "LEAD-X" in await one.look()

        asyncio.run(story())

    def test_a_change_that_could_not_be_stored_keeps_nobody_back(self):
        async def story() -> None:
            office = Office(0)
            one = Reader(office, office.clocks[0])
            await office.change("LEAD-0")

            def refuse(commit: Commit) -> None:
                raise StorageUnavailable("Not now.")

            office.store.before_commit = refuse
            with pytest.raises(StorageUnavailable):
                await office.change("LEAD-1")
            office.store.before_commit = lambda commit: None
            for number in range(2, 50):
                await office.change(f"LEAD-{number}")
            assert [await one.rows_read() for _ in range(3)] == [49, 49, 1]

        asyncio.run(story())

    def test_a_look_that_fails_leaves_the_next_one_nothing_to_miss(self):
        async def story() -> None:
            office = Office(0, 0)
            one = Reader(office, office.clocks[0])
            await office.change("LEAD-0")
            await one.look()
            await office.change("LEAD-1", process=1)
            office.store.unreadable = True
            with pytest.raises(StorageUnavailable):
                await one.look()
            office.store.unreadable = False
            assert await one.look() == {"LEAD-0": 1, "LEAD-1": 1}

        asyncio.run(story())

    def test_asks_no_more_for_a_log_that_has_ended(self):
        async def story() -> None:
            office = Office(0)
            one = Reader(office, office.clocks[0])
            for number in range(240):
                await office.change(f"LEAD-{number}")
                office.store.requests.clear()
                assert len(await one.look()) == number + 1
                assert len(office.store.requests) <= 4, "the names, the log of now, one of before, a new one"
                office.later(seconds=15)

        asyncio.run(story())

    @pytest.mark.parametrize("seed", range(12))
    def test_shows_every_answered_change_in_every_next_look_whatever_the_clocks_say(self, seed: int):
        """Five processes whose clocks differ by up to a minute and a half, writes that take long or not, readers
        that look at any time, for half an hour: a look that began after an answer shows that change."""

        async def story() -> None:
            chance = random.Random(seed)
            office = Office(*(chance.uniform(-45, 45) for _ in range(5)))
            office.store.patience = lambda: chance.choice((0, 0, 1, 3, 40))
            readers = [Reader(office, clock) for clock in office.clocks]
            answered: dict[str, int] = {}

            async def write(number: int) -> None:
                lead_id = f"LEAD-{number}"
                try:
                    version = await office.change(lead_id, process=chance.randrange(5))
                except StorageUnavailable:
                    return  # nobody was told that it is there
                answered[lead_id] = max(answered.get(lead_id, 0), version)

            async def follow(reader: Reader) -> None:
                for _ in range(60):
                    for _ in range(chance.randrange(12)):
                        await asyncio.sleep(0)
                    due = dict(answered)
                    seen = await reader.look()
                    assert {lead_id for lead_id, version in due.items() if seen.get(lead_id, 0) < version} == set()

            following = [asyncio.ensure_future(follow(reader)) for reader in readers]
            writing: list[asyncio.Future[None]] = []
            while not all(task.done() for task in following):
                writing.append(asyncio.ensure_future(write(chance.randrange(25))))
                office.later(seconds=30 if chance.random() < 0.05 else chance.choice((0, 0, 0.02, 0.1)))
                await asyncio.sleep(0)
            await asyncio.gather(*following, *writing)
            assert len(answered) == 25

        asyncio.run(story())


class TestPen:
    def keys(self, log: Log, *moments: float) -> list[str]:
        clock = FakeClock()
        found = []
        for at in moments:
            clock.at = NOON
            clock.advance(seconds=at)
            found.append(leads.feed_key(log.next_moment(clock.now())))
        return found

    def test_gives_rising_keys_when_the_clock_stands_still_or_goes_back(self):
        keys = self.keys(Log("a", NOON), 0, 0, 0.5, 0.2, 3, -1)
        assert keys == sorted(set(keys))

    @pytest.mark.parametrize(
        ("seconds", "same"), [(0, True), (599, True), (600, False), (-4, True), (-6, False), (86_400, False)]
    )
    def test_begins_a_new_log_after_ten_minutes_or_a_jump_back(self, seconds: float, same: bool):
        clock, pen, names = FakeClock(), Pen(), iter("ab")
        first = pen.log(now=clock.now(), unique=lambda: next(names))
        clock.advance(seconds=seconds)
        assert (pen.log(now=clock.now(), unique=lambda: next(names)) is first) is same

    def test_knows_the_first_change_that_is_still_under_way(self):
        log = Log("a", NOON)
        with log.under_way("1") as at_first, log.under_way("2") as then:
            assert (at_first, then) == ("1", "1")
        with pytest.raises(StorageUnavailable), log.under_way("3"):
            raise StorageUnavailable("Not now.")
        with log.under_way("4") as last:
            assert last == "4"


class TestAnnouncement:
    def test_of_a_log_comes_before_the_answer_of_each_of_its_changes(self):
        """Two changes at once in a process that has written nothing yet, of which one can't name the log."""

        async def story() -> None:
            office = Office(0)
            lost: list[Write] = []

            def lose_the_first(commit: Commit) -> None:
                if commit.partition == "logs" and not lost:
                    lost.extend(commit.writes)
                    raise StorageUnavailable("Not now.")

            office.store.before_commit = lose_the_first
            done = await asyncio.gather(office.change("LEAD-1"), office.change("LEAD-2"), return_exceptions=True)
            assert [type(each) for each in done].count(int) == 1
            one = Reader(office, office.clocks[0])
            assert {f"LEAD-{n}" for n, each in enumerate(done, start=1) if each == 1} <= set(await one.look())

        asyncio.run(story())
