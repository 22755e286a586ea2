"""All leads in memory: the same as the storage says, after any changes and from several instances."""

from __future__ import annotations

import asyncio
import random

from adapters.all_leads import AllLeads
from domain import leads, lists
from domain.lists import KEYS, Collection, SortBy
from tests.domain.leads.world import OTHER, PARTNER, World


async def fresh(world: World) -> Collection:
    return await lists.all_leads(store=world.store, now=world.clock.now())


def contents(collection: Collection) -> object:
    return (
        {e.id: e.summary for e in collection},
        {by: [e.id for e in collection.in_order(by)] for by in SortBy},
        [p.key for p in collection.quotations()],
        [p.key for p in collection.commissions()],
        {c: sorted(mine) for c, mine in collection.by_customer().items()},
        list(collection.customers()),
    )


class TestAllLeads:
    def test_shows_every_change_to_whoever_asks_after_its_answer(self):
        async def story() -> None:
            world, rng = World(), random.Random(3)
            one, two = AllLeads(world.store, world.clock), AllLeads(world.store, world.clock)
            for number in range(1001, 1061):
                lead = await world.register(f"LEAD-{number}", to=rng.choice([PARTNER, OTHER, None]))
                for instance in (one, two):
                    seen = (await instance.current()).get(lead.id)
                    assert seen and seen.version == 1
                if number % 3 == 0:
                    edited = await world.edit(f"LEAD-{rng.randrange(1001, number + 1)}", remarks=f"r{number}")
                    assert (await one.current()).get(edited.id).lead["remarks"] == f"r{number}"
                world.clock.advance(milliseconds=rng.randrange(5_000))
            await world.quiet()
            assert contents(await one.current()) == contents(await two.current()) == contents(await fresh(world))

        asyncio.run(story())

    def test_keeps_all_orders_up_with_random_changes(self):
        async def story() -> None:
            world, rng = World(), random.Random(5)
            for number in range(1001, 1031):
                await world.register(f"LEAD-{number}")
            kept = AllLeads(world.store, world.clock)
            contents(await kept.current())  # from here on it has every order, and keeps it
            for step in range(120):
                lead_id = f"LEAD-{rng.randrange(1001, 1031)}"
                if rng.random() < 0.3:
                    await world.reassign(rng.choice([PARTNER, OTHER]), lead_id)
                else:
                    await world.edit(lead_id, customer_name=rng.choice("ABCDE") + str(step), city=str(step))
                world.clock.advance(seconds=rng.randrange(40))
            await world.quiet()
            now = await kept.current()
            assert contents(now) == contents(await fresh(world))
            for by in SortBy:
                order = list(now.in_order(by))
                assert order == sorted(now, key=KEYS[by])

        asyncio.run(story())

    def test_reads_all_anew_when_the_feed_does_not_reach_back_far_enough(self):
        async def story() -> None:
            world = World()
            await world.register()
            kept = AllLeads(world.store, world.clock)
            await kept.current()
            await world.edit(city="Surat")
            await world.quiet()
            world.clock.advance(hours=2)
            await leads.trim(ports=world.ports)
            assert contents(await kept.current()) == contents(await fresh(world))

        asyncio.run(story())

    def test_shares_one_look_among_those_who_wait_and_gives_none_an_older_one(self):
        async def story() -> None:
            world = World()
            await world.register()
            await world.quiet()
            kept = AllLeads(world.store, world.clock)
            await kept.current()
            world.store.requests.clear()
            await asyncio.gather(*(kept.current() for _ in range(50)))
            assert len(world.store.requests) <= 4

            async def write_then_read(number: int) -> None:
                edited = await world.edit(city=f"C{number}")
                seen = (await kept.current()).get(edited.id)
                assert seen and seen.version >= edited.version

            await asyncio.gather(*(write_then_read(n) for n in range(16)))

        asyncio.run(story())

    def test_warm_costs_a_request_for_each_writer_and_one_for_their_names_after_a_pause_few_at_once(self):
        async def story() -> None:
            world = World()
            await world.register()
            await world.quiet()
            kept = AllLeads(world.store, world.clock)
            await kept.current()
            for pause, requests in ((1, 2), (9, 2), (120, 7), (3_000, 30)):
                world.clock.advance(seconds=pause)
                world.store.requests.clear()
                await kept.current()
                assert len(world.store.requests) == requests

        asyncio.run(story())


class TestPacked:
    def test_a_new_instance_reads_the_pack_and_what_came_after_it(self):
        async def story() -> None:
            world, rng = World(), random.Random(11)
            for number in range(1001, 1041):
                await world.register(f"LEAD-{number}", to=rng.choice([PARTNER, OTHER]))
            packer = AllLeads(world.store, world.clock)
            for pause in (0, 15, 54):
                assert await packer.pack(world.ports) == 40
                for minute in range(pause):
                    world.clock.advance(minutes=1)
                    await world.edit(f"LEAD-{rng.randrange(1001, 1041)}", city=f"C{minute}")
                await world.quiet()
                world.store.requests.clear()
                one = await AllLeads(world.store, world.clock).current()
                assert world.store.requests.count("row") == 2  # the head and one row; the rest is the feed's
                assert contents(one) == contents(await fresh(world))

        asyncio.run(story())

    def test_without_a_pack_that_reaches_back_far_enough_it_reads_all(self):
        async def story() -> None:
            world = World()
            await world.register()
            await AllLeads(world.store, world.clock).pack(world.ports)
            await world.edit(city="Surat")
            await world.quiet()
            world.clock.advance(minutes=56)
            await leads.trim(ports=world.ports)
            assert contents(await AllLeads(world.store, world.clock).current()) == contents(await fresh(world))

        asyncio.run(story())

    def test_packs_made_of_packs_are_a_day_old_at_most(self):
        async def story() -> None:
            world = World()
            await world.register()
            await world.quiet()
            place = next(place for place in world.store._tables["views"] if place[0].startswith("all|"))
            for hour in range(26):
                await AllLeads(world.store, world.clock).pack(world.ports)
                if hour == 0:  # a wrong pack, as no fault that we know of could make it
                    del world.store._tables["views"][place]
                found = (await AllLeads(world.store, world.clock).current()).get("LEAD-1001")
                assert (found is None) is (hour == 25)
                for _ in range(2):
                    world.clock.advance(minutes=30)
                    await AllLeads(world.store, world.clock).pack(world.ports)
                await leads.trim(ports=world.ports)

        asyncio.run(story())

    def test_a_request_that_is_given_up_leaves_the_loading_to_the_next(self):
        async def story() -> None:
            world = World()
            await world.register()
            await world.quiet()
            kept = AllLeads(world.store, world.clock)
            first = asyncio.ensure_future(kept.current())
            for _ in range(3):
                await asyncio.sleep(0)
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            for _ in range(20):
                await asyncio.sleep(0.001)
            world.store.requests.clear()
            assert len(await kept.current()) == 1
            assert len(world.store.requests) < 10, "it was read again, from 64 partitions"
            assert contents(await kept.current()) == contents(await fresh(world))

        asyncio.run(story())
