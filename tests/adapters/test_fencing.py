"""Who may write: a standby never, a primary while the newest epoch that it knows of is its own, and for how long."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.fencing import BOUND, RECHECK, EpochFence, FencedBlobs, FencedStore, ReadOnly
from domain.continuity import begin_epoch, leave_gap_in_ids, note_sync, read_epoch, read_sync
from domain.store import Create, ReadOnlyStandby, StorageUnavailable, WritesFenced
from tests.fakes.blobs import FakeBlobs
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.store import FakeStore

ROW = [Create("row", {"name": "x"})]


class Setting:
    """An instance `old` on its account, with a peer that may be promoted."""

    def __init__(self) -> None:
        self.clock, self.account, self.peer = FakeClock(), FakeStore(), FakeStore()
        self.made = 0
        self.fence = EpochFence(
            store=self.account, peer=self.peer, instance="old", clock=self.clock, unique=self.unique
        )
        self.store = FencedStore(self.account, self.fence)

    def unique(self) -> str:
        self.made += 1
        return f"{self.made:032x}"

    async def write(self, key: str) -> None:
        await self.store.commit(table="leads", partition="LEAD-1", writes=[Create(key, {})], write_id=self.unique())

    async def begin(self, store: FakeStore, holder: str, above: int = 1) -> None:
        at = self.clock.now()
        await begin_epoch(store=store, holder=holder, above=above, at=at, write_id=self.unique())

    async def settle(self) -> None:
        """Let what runs in the background come to its end."""
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
def setting() -> Setting:
    return Setting()


class TestStandby:
    def test_refuses_every_write_without_asking_storage(self) -> None:
        async def play() -> None:
            account = FakeStore()
            store, blobs = FencedStore(account, ReadOnly()), FencedBlobs(FakeBlobs(now=lambda: NOON), ReadOnly())
            with pytest.raises(ReadOnlyStandby):
                await store.commit(table="leads", partition="LEAD-1", writes=ROW, write_id="w")
            with pytest.raises(ReadOnlyStandby):
                await blobs.create(container="documents", name="a", content=b"", media_type="text/plain")
            with pytest.raises(ReadOnlyStandby):
                await blobs.copy(container="documents", name="a", to_container="documents", to_name="b")
            with pytest.raises(ReadOnlyStandby):
                await blobs.delete(container="documents", name="a")
            with pytest.raises(ReadOnlyStandby):
                await blobs.upload_link(container="documents", name="a", at=NOON, expires_at=NOON)
            assert account.requests == []

        asyncio.run(play())


class TestPrimary:
    def test_that_writes_first_holds_the_first_epoch(self, setting: Setting) -> None:
        async def play() -> None:
            await setting.write("a")
            found = await read_epoch(store=setting.account)
            assert found and (found.number, found.holder, found.at) == (1, "old", NOON)

        asyncio.run(play())

    def test_asks_for_the_epoch_once_and_not_with_each_write(self, setting: Setting) -> None:
        async def play() -> None:
            await setting.write("a")
            before = len(setting.account.requests)
            for key in "bcd":
                setting.clock.advance(milliseconds=500)
                await setting.write(key)
            assert len(setting.account.requests) == before + 3  # the writes themselves

        asyncio.run(play())

    @pytest.mark.parametrize("where", ["account", "peer"])
    def test_stops_within_the_bound_once_another_holds_it(self, setting: Setting, where: str) -> None:
        """Whether its own row was changed, or that of an account that was promoted without asking ours."""

        async def play() -> None:
            await setting.write("a")
            await setting.begin(getattr(setting, where), "new")
            setting.clock.advance(seconds=RECHECK.total_seconds() - 0.001)
            await setting.write("within")  # it can't know yet
            setting.clock.advance(seconds=BOUND.total_seconds())
            with pytest.raises(WritesFenced):
                await setting.write("after")
            assert await setting.account.get(table="leads", partition="LEAD-1", key="after") is None

        asyncio.run(play())

    def test_learns_it_beside_a_read(self, setting: Setting) -> None:
        async def play() -> None:
            await setting.write("a")
            await setting.begin(setting.peer, "new")
            setting.clock.advance(seconds=RECHECK.total_seconds())
            await setting.store.get(table="leads", partition="LEAD-1", key="a")
            await setting.settle()
            with pytest.raises(WritesFenced):
                await setting.write("b")

        asyncio.run(play())

    def test_writes_again_once_it_is_handed_back(self, setting: Setting) -> None:
        async def play() -> None:
            await setting.write("a")
            await setting.begin(setting.account, "new")
            setting.clock.advance(seconds=BOUND.total_seconds())
            with pytest.raises(WritesFenced):
                await setting.write("b")
            await setting.begin(setting.account, "old")
            setting.clock.advance(seconds=BOUND.total_seconds())
            await setting.write("c")

        asyncio.run(play())

    def test_goes_on_when_the_peer_does_not_answer(self, setting: Setting) -> None:
        async def play() -> None:
            fence = EpochFence(
                store=setting.account, peer=Silent(), instance="old", clock=setting.clock, unique=setting.unique
            )
            await fence.check()

        asyncio.run(play())

    def test_does_not_write_on_knowledge_that_it_cannot_renew(self, setting: Setting) -> None:
        async def play() -> None:
            silent = Silent()
            fence = EpochFence(store=silent, peer=None, instance="old", clock=setting.clock, unique=setting.unique)
            with pytest.raises(StorageUnavailable):
                await fence.check()

        asyncio.run(play())

    def test_takes_a_clock_that_was_set_back_for_old_knowledge(self, setting: Setting) -> None:
        async def play() -> None:
            await setting.write("a")
            await setting.begin(setting.account, "new")
            setting.clock.at -= timedelta(hours=1)
            with pytest.raises(WritesFenced):
                await setting.write("b")

        asyncio.run(play())


class Silent(FakeStore):
    """An account that doesn't answer."""

    async def get(self, *, table: str, partition: str, key: str) -> None:
        raise StorageUnavailable("Storage doesn't answer.")


class TestPromotion:
    def test_numbers_only_grow(self, setting: Setting) -> None:
        async def play() -> None:
            numbers = []
            for holder, above in (("a", 0), ("b", 0), ("c", 7), ("d", 2)):
                await setting.begin(setting.account, holder, above)
                found = await read_epoch(store=setting.account)
                assert found and found.holder == holder
                numbers.append(found.number)
            assert numbers == [1, 2, 8, 9]

        asyncio.run(play())

    def test_leaves_a_gap_in_every_series_of_ids(self, setting: Setting) -> None:
        async def play() -> None:
            for series, key, value in (("lead", "next", 1051), ("customer", "next", 2001), ("demo", "loaded", 7)):
                writes = [Create(key, {"next": value})]
                await setting.account.commit(
                    table="counters", partition=series, writes=writes, write_id=setting.unique()
                )
            moved = await leave_gap_in_ids(store=setting.account, write_id="w")
            assert moved == {"customer": 3001, "lead": 2051}
            row = await setting.account.get(table="counters", partition="lead", key="next")
            assert row and row.values["next"] == 2051

        asyncio.run(play())

    def test_a_copy_says_up_to_when_it_is_one(self, setting: Setting) -> None:
        async def play() -> None:
            assert await read_sync(store=setting.peer) is None
            for minutes in (0, 5):
                at = NOON + timedelta(minutes=minutes)
                await note_sync(store=setting.peer, at=at, write_id=setting.unique())
                assert await read_sync(store=setting.peer) == at

        asyncio.run(play())
