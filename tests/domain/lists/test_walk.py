"""Pages of leads: every lead once, whatever others do meanwhile (cases.md 20)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from adapters.all_leads import AllLeads
from adapters.cursors import HmacCursors
from domain import leads, lists
from domain.lists import KEYS, Order, SortBy, Wish
from domain.values import PhoneNumber
from tests.domain.leads.world import OTHER, PARTNER, World

CURSORS = HmacCursors(key=b"secret")


async def many_leads(world: World, count: int) -> None:
    rng = random.Random(7)
    for number in range(1001, 1001 + count):
        days = leads.follow_up_range(world.clock.now())
        await world.register(
            f"LEAD-{number}",
            to=rng.choice([PARTNER, OTHER]),
            customer_name=rng.choice(["Asha", "Bela", "कविता", "Devi", "josé", "José"]) + f" {number % 37}",
            phone=PhoneNumber(f"+9198{number % 50:08d}"),
            follow_up_date=days[0] + timedelta(days=rng.randrange(30)),
            state=rng.choice(["Gujarat", "Kerala", None]),
        )
        if number % 10 == 0:
            world.clock.advance(seconds=rng.randrange(3))
    await world.quiet()


async def walked(
    world: World,
    order: Order,
    limit: int,
    *,
    meanwhile: Callable[[], Awaitable[None]] | None = None,
    everything: AllLeads | None = None,
) -> list[str]:
    """The ids that a walk by cursors meets; before each further page, others do something."""
    everything = everything or AllLeads(world.store, world.clock)
    met: list[str] = []
    wish = Wish(limit)
    while True:
        among = await everything.current()
        found, now = among.in_order(order.sort_by), world.clock.now()
        page = await lists.walk(store=world.store, found=found, among=among, order=order, wish=wish, now=now)
        met += [e.id for e in page.items]
        if page.next is None:
            return met
        place = CURSORS.read(CURSORS.sign(page.next, bound_to="x"), bound_to="x")
        assert place == page.next
        wish = Wish(limit, place=place)
        if meanwhile:
            await meanwhile()


class TestWalk:
    @pytest.mark.parametrize("limit", [1, 7, 100])
    def test_meets_each_of_1100_leads_once(self, limit):
        async def story() -> None:
            world = World()
            await many_leads(world, 1_100)
            everything = AllLeads(world.store, world.clock)
            for order in (Order(), Order(SortBy.NAME, reverse=True)):
                met = await walked(world, order, limit, everything=everything)
                expected = sorted(await everything.current(), key=KEYS[order.sort_by], reverse=order.reverse)
                assert met == [e.id for e in expected] and len(set(met)) == 1_100
                if limit == 1:
                    break

        asyncio.run(story())

    @pytest.mark.parametrize("reverse", [False, True])
    @pytest.mark.parametrize("sort_by", list(SortBy))
    def test_loses_and_repeats_nothing_while_others_write(self, sort_by, reverse):
        async def story() -> None:
            world, rng = World(), random.Random(sort_by)
            await many_leads(world, 120)
            there = {f"LEAD-{n}" for n in range(1001, 1121)}
            new = iter(range(2001, 3001))

            async def writes() -> None:
                for _ in range(3):
                    lead_id = rng.choice(sorted(there))
                    day = leads.follow_up_range(world.clock.now())[0] + timedelta(days=rng.randrange(30))
                    await world.edit(lead_id, follow_up_date=day, customer_name=rng.choice(["Aa", "Mm", "Zz"]))
                await world.register(f"LEAD-{next(new)}")
                world.clock.advance(milliseconds=rng.choice([0, 3, 2_000]))

            await writes()  # just before the walk begins, so that it meets young ones
            met = await walked(world, Order(sort_by, reverse), 7, meanwhile=writes)
            assert sorted(i for i in met if i in there) == sorted(there)
            assert len(met) == len(set(met))

        asyncio.run(story())

    def test_keeps_the_order_that_stood_when_it_began(self):
        async def story() -> None:
            world = World()
            await many_leads(world, 60)
            before = [e.id for e in (await AllLeads(world.store, world.clock).current()).in_order(SortBy.NAME)]
            rng = random.Random(1)

            async def renames() -> None:
                world.clock.advance(seconds=1)
                await world.edit(rng.choice(before), customer_name=rng.choice(["Aaa", "Zzz"]))

            assert await walked(world, Order(SortBy.NAME), 5, meanwhile=renames) == before

        asyncio.run(story())


class TestCursor:
    PLACE = lists.Place(("2026-03-31", "LEAD-1001"), "2026-03-30T00:00:00.000Z", {"LEAD-1002": 3})

    def test_leads_back_to_its_place(self):
        text = CURSORS.sign(self.PLACE, bound_to="ADMIN-1001 leads")
        assert CURSORS.read(text, bound_to="ADMIN-1001 leads") == self.PLACE

    def test_is_nothing_to_another_person_or_with_other_filters(self):
        text = CURSORS.sign(self.PLACE, bound_to="ADMIN-1001 leads")
        assert CURSORS.read(text, bound_to="ADMIN-1002 leads") is None
        assert HmacCursors(key=b"other").read(text, bound_to="ADMIN-1001 leads") is None

    def test_is_nothing_once_any_character_was_changed(self):
        text = CURSORS.sign(self.PLACE, bound_to="x")
        for at, letter in enumerate(text):
            for other in "AZaz09-_+/=é ":
                if other != letter:
                    assert CURSORS.read(text[:at] + other + text[at + 1 :], bound_to="x") is None
        for bad in ("", "x", text[:-1], text + "=", text + "A", " " + text):
            assert CURSORS.read(bad, bound_to="x") is None
