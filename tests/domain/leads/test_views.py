"""The views of leads: written beside each change, right again after a crash, never going backwards."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from domain import leads, lists, quotations, sales
from domain.leads import LeadStatus, StatusChange, Summary
from domain.ports import Pen
from domain.quotations import Offer
from domain.store import StorageUnavailable
from domain.values import Actor, Money, Role
from tests.domain.leads.world import ADMIN, OTHER, PARTNER, World
from tests.fakes.pdf import a_press
from tests.fakes.store import Commit

OFFER = Offer(
    {"panelCount": 6}, {"lines": [], "capacityKw": "3.24"}, Money(100_00), Money(10_00), Money(90_00), 1, 30
)


async def a_shared_quotation(world: World, lead_id: str = "LEAD-1001") -> str:
    _, made = await quotations.create_quotation(
        ports=world.ports, press=await a_press(), lead_id=lead_id, offer=OFFER, act=world.act()
    )
    await quotations.share_quotation(ports=world.ports, quotation_id=made.id, act=world.act())
    return made.id


async def accept(world: World, quotation_id: str, customer_id: str) -> None:
    customer = Actor(customer_id, "Kavita Desai", Role.CUSTOMER)
    await quotations.accept_quotation(ports=world.ports, quotation_id=quotation_id, act=world.act(customer))


async def win(world: World, quotation_id: str, lead_id: str = "LEAD-1001") -> None:
    file = await leads.lead_of_actor(store=world.store, lead_id=lead_id, actor=ADMIN)
    change = StatusChange(status=LeadStatus.WON, remarks="Details verified", quotation_ref=quotation_id)
    await sales.change_status(
        ports=world.ports, lead_id=lead_id, change=change, act=world.act(ADMIN, version=file.lead.version)
    )


async def view(world: World, place: str) -> dict[str, Summary]:
    return {s.lead_id: s for s in await leads.summaries(store=world.store, place=place)}


async def among_all(world: World, lead_id: str) -> Summary | None:
    found = [(await view(world, shard)).get(lead_id) for shard in leads.SHARDS]
    [summary] = [s for s in found if s] or [None]
    return summary


async def markers(world: World) -> int:
    return len([m async for m in world.store.scan(table="views", partition="pending")])


async def names(world: World) -> list[str]:
    """Of the logs of the feed."""
    return [row.key async for row in world.store.scan(table="views", partition="logs")]


async def truth(world: World, lead_id: str = "LEAD-1001") -> Summary | None:
    file = await leads.read_file(store=world.store, lead_id=lead_id)
    return leads.summary_of(file.lead, file.parts) if file else None


async def assert_views_are_the_lead(world: World, lead_id: str = "LEAD-1001") -> None:
    """Every reader's view says what the lead's partition says."""
    file = await leads.read_file(store=world.store, lead_id=lead_id)
    whole = await truth(world, lead_id)
    assert await among_all(world, lead_id) == whole
    for partner in (PARTNER, OTHER):
        seen = (await view(world, leads.of_partner(partner.id))).get(lead_id)
        if file and file.lead.assigned_to == partner.id:
            assert seen == whole
        elif seen:
            own = [c["id"] for c in lists.Listed(whole).commissions if c["cpId"] == partner.id]
            assert seen.gone and [c["id"] for c in lists.Listed(seen).commissions] == own


class TestSummary:
    def test_tells_the_lead_and_what_lists_show_of_its_parts(self):
        async def story() -> None:
            world = World()
            lead = await world.register(state="Gujarat", services=("Rooftop solar",), email="k@example.com")
            quotation = await a_shared_quotation(world)
            await accept(world, quotation, lead.customer_id)
            await win(world, quotation)
            await world.quiet()
            seen = lists.Listed((await view(world, "cp|CP-1001"))["LEAD-1001"])
            told = seen.lead
            assert {n: told[n] for n in ("id", "customerName", "phone", "status", "assignedTo", "services")} == {
                "id": "LEAD-1001",
                "customerName": "Kavita Desai",
                "phone": "+919800000001",
                "status": "Won",
                "assignedTo": "CP-1001",
                "services": ["Rooftop solar"],
            }
            [quoted], [earned] = seen.quotations, seen.commissions
            assert (quoted["id"], quoted["status"], quoted["systemPricePaise"], quoted["capacityKw"]) == (
                "QUOT-100101",
                "Accepted",
                100_00,
                "3.24",
            )
            assert not {"configuration", "price", "writeId"} & quoted.keys()
            assert (earned["id"], earned["cpId"], earned["amountPaise"]) == ("COMM-100101", "CP-1001", 10_00)

        asyncio.run(story())

    @pytest.mark.parametrize("letter", ["a", "क", "😀"])
    def test_takes_texts_longer_than_a_column(self, letter):
        texts = dict.fromkeys(("lead", "quotations", "commissions", "documents"), letter * 40000)
        summary = Summary("LEAD-1001", 7, **texts)

        async def story() -> None:
            world = World()
            from domain.store import Create

            write = Create("LEAD-1001", summary.columns())
            await world.store.commit(table="views", partition="cp|CP-1", writes=[write], write_id="w")
            assert await view(world, "cp|CP-1") == {"LEAD-1001": summary}

        asyncio.run(story())


class TestCommissionOfALeadThatWasReassigned:
    def test_stays_with_the_partner_who_earned_it_and_follows_its_changes(self):
        async def story() -> None:
            world = World()
            lead = await world.register()
            quotation = await a_shared_quotation(world)
            await accept(world, quotation, lead.customer_id)
            await win(world, quotation)
            await world.reassign(OTHER)
            await world.edit(city="Surat")
            await world.quiet()
            await assert_views_are_the_lead(world)
            former = (await view(world, "cp|CP-1001"))["LEAD-1001"]
            assert former.gone and [c["id"] for c in lists.Listed(former).commissions] == ["COMM-100101"]
            assert "Kavita" not in str(former.columns())
            back = await world.reassign(PARTNER)
            await world.quiet()
            assert (await view(world, "cp|CP-1001"))["LEAD-1001"].version == back.version
            await assert_views_are_the_lead(world)

        asyncio.run(story())


class TestRace:
    def test_of_64_writers_on_one_lead_leaves_the_views_as_the_lead_is(self):
        async def story() -> None:
            world = World()
            await world.register()
            fields = ("city", "state", "remarks", "requirements")

            async def write(number: int) -> None:
                while True:  # as a client does that is told to try again
                    with contextlib.suppress(StorageUnavailable):
                        await world.edit(**{fields[number % 4]: f"value {number}"})
                        return

            await asyncio.gather(*(write(n) for n in range(64)))
            before_the_rest = (await view(world, "cp|CP-1001"))["LEAD-1001"]
            assert before_the_rest == await truth(world)
            await world.quiet()
            assert (before_the_rest.version, await markers(world)) == (65, 0)
            await assert_views_are_the_lead(world)

        asyncio.run(story())

    def test_of_writers_who_reassign_back_and_forth_leaves_one_partner_with_it(self):
        async def story() -> None:
            world = World()
            await world.register()
            await asyncio.gather(*(world.reassign((PARTNER, OTHER)[n % 2]) for n in range(32)))
            await world.quiet()
            await assert_views_are_the_lead(world)

        asyncio.run(story())


class Killed(BaseException):
    """The process ends here."""


Work = Callable[[World, dict[str, Any]], Any]


async def registers(world: World, known: dict[str, Any]) -> None:
    await world.register("LEAD-1002")


async def edits(world: World, known: dict[str, Any]) -> None:
    await world.edit(city="Surat")


async def reassigns(world: World, known: dict[str, Any]) -> None:
    await world.reassign(OTHER)


async def accepts(world: World, known: dict[str, Any]) -> None:
    await accept(world, known["open"], known["customer"])


async def approves_elsewhere(world: World, known: dict[str, Any]) -> None:
    """A change of a lead that has left the partner to whom its commission belongs."""
    await world.edit("LEAD-1003", city="Surat")


async def a_reader(world: World) -> tuple[lists.Collection, lists.Follower]:
    """Somebody who has followed the feed for some looks."""
    reader, feed = lists.Collection(), lists.Follower(world.clock.now())
    for _ in range(3):
        await feed.look(store=world.store, collection=reader, now=world.clock.now())
    return reader, feed


class TestCrash:
    """Killed before or after any transaction; then one sweep."""

    @pytest.mark.parametrize("moment", ["before", "after"])
    @pytest.mark.parametrize("nth", range(1, 11))
    @pytest.mark.parametrize("work", [registers, edits, reassigns, accepts, approves_elsewhere])
    def test_is_made_good_by_one_sweep(self, work: Work, nth: int, moment: str):
        async def story() -> None:
            world = World()
            known = await two_leads(world)
            reader, feed = await a_reader(world)
            world.ports.__dict__["pen"] = Pen()  # a process that hasn't written yet names its log too
            await killed(world, work(world, known), nth, moment)
            world.clock.advance(seconds=30)
            await leads.sweep(ports=world.ports)
            for lead_id in ("LEAD-1001", "LEAD-1002", "LEAD-1003"):
                await assert_views_are_the_lead(world, lead_id)
            await feed.look(store=world.store, collection=reader, now=world.clock.now())
            assert {e.id: e.summary for e in reader} == {
                i: s for i in ("LEAD-1001", "LEAD-1002", "LEAD-1003") if (s := await truth(world, i))
            }
            world.clock.advance(minutes=5)
            await leads.sweep(ports=world.ports)
            assert await markers(world) == 0

        asyncio.run(story())


async def two_leads(world: World) -> dict[str, Any]:
    lead = await world.register()
    open_ = await a_shared_quotation(world)
    third = await world.register("LEAD-1003")
    taken = await a_shared_quotation(world, "LEAD-1003")
    await accept(world, taken, third.customer_id)
    await win(world, taken, "LEAD-1003")
    await world.reassign(OTHER, "LEAD-1003")
    await world.quiet()
    return {"open": open_, "customer": lead.customer_id}


async def killed(world: World, work: Any, nth: int, moment: str) -> None:
    """Do the work and all that follows its answer, but end everything at the nth transaction from here on."""
    count = 0

    def hook(commit: object) -> None:
        nonlocal count
        count += 1
        if count >= nth:
            raise Killed

    setattr(world.store, f"{moment}_commit", hook)
    with contextlib.suppress(Killed):
        await work
        await world.quiet()
    me = asyncio.current_task()
    for task in asyncio.all_tasks() - {me}:
        task.cancel()
        with contextlib.suppress(Killed, asyncio.CancelledError):
            await task
    world.tasks.clear()
    setattr(world.store, f"{moment}_commit", lambda commit: None)


class TestSweep:
    def test_leaves_a_young_marker_alone_and_keeps_the_marker_of_a_slow_request(self):
        async def story() -> None:
            world = World()
            await world.register()
            world.tasks.pop().cancel()
            assert (await leads.sweep(ports=world.ports), await markers(world)) == (0, 1)
            world.clock.advance(seconds=30)
            assert (await leads.sweep(ports=world.ports), await markers(world)) == (1, 1)
            world.clock.advance(minutes=5)
            assert (await leads.sweep(ports=world.ports), await markers(world)) == (1, 0)

        asyncio.run(story())

    def test_goes_on_past_a_lead_that_cannot_be_looked_after_and_keeps_its_marker(self):
        async def story() -> None:
            world = World()
            for lead_id in ("LEAD-1001", "LEAD-1002", "LEAD-1003"):
                await world.register(lead_id)
                world.tasks.pop().cancel()
            world.clock.advance(minutes=6)

            def refuse(commit: Commit) -> None:
                if any(write.key == "LEAD-1002" for write in commit.writes):
                    raise StorageUnavailable("Not now.")

            world.store.before_commit = refuse
            with pytest.raises(StorageUnavailable):
                await leads.sweep(ports=world.ports)
            assert await markers(world) == 1
            for lead_id in ("LEAD-1001", "LEAD-1003"):
                await assert_views_are_the_lead(world, lead_id)
            world.store.before_commit = lambda commit: None
            assert (await leads.sweep(ports=world.ports), await markers(world)) == (1, 0)

        asyncio.run(story())

    def test_trims_the_feed_to_an_hour(self):
        async def story() -> None:
            world = World()
            await world.register()
            for number in range(150):
                await world.edit(city=f"C{number}")
            world.clock.advance(minutes=30)
            await world.edit(city="Surat")
            await world.quiet()
            world.clock.advance(minutes=31)
            assert await leads.trim(ports=world.ports) == 151
            left = [row async for row in world.store.scan(table="views") if leads.in_feed(row)]
            assert [row.key[-20:] for row in left] == ["LEAD-1001:0000000152"]
            assert len(await names(world)) == 2, "a log goes some time after its changes"
            world.clock.advance(hours=1, minutes=13)
            assert (await leads.trim(ports=world.ports), await names(world)) == (1, [])

        asyncio.run(story())


class TestRebuildAll:
    def test_makes_every_view_anew_and_then_finds_nothing_to_do(self):
        async def story() -> None:
            world = World()
            for number in range(1001, 1021):
                await world.register(f"LEAD-{number}")
            await two_leads_more(world)
            await world.quiet()
            expected = {n: s for n in range(1001, 1022) if (s := await truth(world, f"LEAD-{n}"))}
            world.store._tables.pop("views")
            told: list[int] = []
            done = await leads.rebuild_all(ports=world.ports, told=lambda *said: told.append(said[0]))
            assert done == (21, 21) and told[-1] == 21
            for number in expected:
                await assert_views_are_the_lead(world, f"LEAD-{number}")
            assert (await view(world, "cp|CP-1001"))["LEAD-1021"].gone
            assert await leads.rebuild_all(ports=world.ports, told=lambda *said: None) == (21, 0)

        asyncio.run(story())


async def two_leads_more(world: World) -> None:
    third = await world.register("LEAD-1021")
    taken = await a_shared_quotation(world, "LEAD-1021")
    await accept(world, taken, third.customer_id)
    await win(world, taken, "LEAD-1021")
    await world.reassign(OTHER, "LEAD-1021")


class TestBudget:
    """design.md §7: at most 7 requests until the answer."""

    @pytest.mark.parametrize(("work", "requests"), [(edits, 6), (reassigns, 7), (accepts, 6)])
    def test_of_a_write_until_the_answer(self, work: Work, requests: int):
        async def story() -> None:
            world = World()
            known = await two_leads(world)
            world.store.requests.clear()
            counted: list[int] = []
            world.ports.__dict__["later"] = lambda job: (counted.append(len(world.store.requests)), job.close())
            await work(world, known)
            assert counted == [requests]

        asyncio.run(story())
