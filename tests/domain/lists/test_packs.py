"""Packs of all leads: what is packed is what is read, and a pack that isn't whole or is too old counts for nothing."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

from domain.leads import Summary
from domain.lists import Pack, forget_packs, read_pack, write_pack
from domain.store import StorageUnavailable
from tests.domain.leads.world import World

HOUR = timedelta(hours=1)


def summaries(count: int, *, seed: int = 1, noise: int = 0) -> list[Summary]:
    """Some with every kind of text; `noise` characters of each can't be compressed."""
    rng = random.Random(seed)

    def one(number: int) -> Summary:
        hard = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=noise))
        lead = f'{{"customerName":"कविता \\u001f {number}","x":"{hard}"}}' if number % 5 else ""
        parts = '[{"id":"QUOT-1"}]' if number % 2 else ""
        return Summary(f"LEAD-{number}", number % 7 + 1, lead, parts, '[{"id":"COMM-1"}]', "")

    return [one(number) for number in range(count)]


def story(tell: Callable[[World], Awaitable[None]]) -> None:
    asyncio.run(tell(World()))


async def put(world: World, given: list[Summary]) -> Pack:
    pack = Pack(world.clock.now(), world.clock.now() - HOUR, given)
    await write_pack(ports=world.ports, pack=pack)
    return pack


async def seen(world: World) -> Pack | None:
    return await read_pack(store=world.store, since=world.clock.now() - HOUR)


class TestPacks:
    def test_what_is_read_is_what_was_written(self):
        async def tell(world: World) -> None:
            for given in ([], summaries(1), summaries(2_001), summaries(4_000, noise=700)):
                pack = await put(world, given)
                assert await seen(world) == pack
                world.clock.advance(minutes=15)

        story(tell)

    def test_takes_two_hops_whatever_the_number_of_leads(self):
        async def tell(world: World) -> None:
            for count, rows in ((10, 1), (9_000, 5)):
                await put(world, summaries(count))
                world.store.requests.clear()
                await seen(world)
                assert world.store.requests == ["row"] * (1 + rows)

        story(tell)

    def test_an_old_one_counts_for_nothing(self):
        async def tell(world: World) -> None:
            await put(world, summaries(3))
            world.clock.advance(hours=1)
            assert await seen(world) is not None
            world.clock.advance(milliseconds=1)
            assert await seen(world) is None

        story(tell)

    def test_a_kill_at_any_write_leaves_the_former_one_or_the_new_one(self):
        async def tell(world: World) -> None:
            former = await put(world, summaries(10))
            for survived in range(6):
                world.clock.advance(minutes=1)
                left = [survived]

                def die(commit: object, left: list[int] = left) -> None:
                    left[0] -= 1
                    if left[0] < 0:
                        raise StorageUnavailable("killed", retry_after=1)

                world.store.before_commit = die
                new = Pack(world.clock.now(), world.clock.now(), summaries(6_001, seed=survived, noise=5))
                try:
                    await write_pack(ports=world.ports, pack=new)
                    died = False
                except StorageUnavailable:
                    died = True
                world.store.before_commit = lambda commit: None
                assert died is (survived < 5)  # 4 rows, then the head; after that it is the current one
                assert await seen(world) == (former if died else new)

        story(tell)

    def test_one_with_a_row_missing_counts_for_nothing(self):
        async def tell(world: World) -> None:
            await put(world, summaries(4_001))
            rows = world.store._tables["packs"]
            del rows[next(place for place in rows if place[1] == "0001")]
            assert await seen(world) is None

        story(tell)

    def test_keeps_the_last_two_and_lets_go_of_older_ones(self):
        async def tell(world: World) -> None:
            for number in range(6):
                await put(world, summaries(10, seed=number))
                world.clock.advance(minutes=15)
            names = {place[0] for place in world.store._tables["packs"]}
            assert len(names - {"head"}) == 2

        story(tell)

    def test_of_two_writers_at_once_one_remains_and_is_whole(self):
        async def tell(world: World) -> None:
            one, other = summaries(5_000, seed=1, noise=9), summaries(5_000, seed=2, noise=9)
            await asyncio.gather(put(world, one), put(world, other))
            found = await seen(world)
            assert found is not None
            assert found.summaries in (one, other)

        story(tell)

    def test_forgotten_ones_are_not_read(self):
        async def tell(world: World) -> None:
            await put(world, summaries(3))
            await forget_packs(ports=world.ports)
            assert await seen(world) is None
            pack = await put(world, summaries(2))
            assert await seen(world) == pack

        story(tell)
