"""`python -m tests.bench.make_leads --leads 10000`: leads as the app would have written them, for benches.

Each lead is played through the real use cases on a store in memory, so timelines, hashes, versions and views are
valid; its rows are then written to STORAGE_CONNECTION in full transactions. `--only-views` plays 400 leads and
copies their summaries under other ids: enough for lists, which never read the leads themselves, and much faster.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from datetime import timedelta
from typing import Any

from domain import leads, quotations, sales
from domain.leads import LeadStatus, StatusChange, Summary
from domain.store import Create, RowExists, Store
from domain.values import Actor, PhoneNumber, Role
from tests.domain.leads.world import ADMIN, World
from tests.domain.quotations.builders import an_offer
from tests.fakes.pdf import a_press

PARTNERS = 600
BIG_PARTNER, BIG = "CP-1001", 2_000
"""One channel partner has very many leads (design.md §7)."""

FIRST = 100_001
PART = 250
"""Leads that are made and stored together."""
STATES = ("Gujarat", "Maharashtra", "Kerala", "Rajasthan", "Goa", "Punjab")
NAMES = ("Kavita", "Ravi", "Bhavna", "Imran", "José", "Meena", "कविता", "Arjun")
SURNAMES = ("Desai", "Shah", "Patel", "Nair", "Khan", "D'Souza", "Singh")

Rows = dict[tuple[str, str], list[tuple[str, dict[str, Any]]]]
"""Rows by table and partition."""


def partner_of(number: int, rng: random.Random) -> Actor:
    """The first 2,000 are the big partner's, the others anybody's."""
    if (number - FIRST < BIG and (number - FIRST) % 2 == 0) or rng.random() < 0.01:
        return Actor(BIG_PARTNER, "Big Solar", Role.CP)
    chosen = 1_002 + rng.randrange(PARTNERS - 1)
    return Actor(f"CP-{chosen}", f"Partner {chosen}", Role.CP)


async def played(number: int, rng: random.Random) -> World:
    """One lead's life so far."""
    world = World()
    world.ports.ids.last = number * 1_000
    lead_id, partner = f"LEAD-{number}", partner_of(number, rng)
    world.clock.advance(minutes=-rng.randrange(300_000))
    lead = await world.register(
        lead_id,
        actor=partner,
        to=partner,
        customer_name=f"{rng.choice(NAMES)} {rng.choice(SURNAMES)}",
        phone=PhoneNumber(f"+91{6_000_000_000 + number}"),
        email=f"customer{number}@example.com",
        address=f"{number % 97} Station Road, Ahmedabad",
        state=rng.choice(STATES),
        services=("Rooftop solar",),
        source=rng.choice(("website", "referral", "partner")),
        follow_up_date=leads.follow_up_range(world.clock.now())[0] + timedelta(days=rng.randrange(30)),
    )
    for step in range(60 if rng.random() < 0.02 else rng.randrange(6)):
        world.clock.advance(minutes=30)
        await world.edit(lead_id, rng.choice((partner, ADMIN)), remarks=f"Call {step}: wants to think about it")
    made = [await _quoted(world, lead_id, partner) for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3, 7)))]
    if made and rng.random() < 0.5:
        customer = Actor(lead.customer_id, lead.customer_name, Role.CUSTOMER)
        await quotations.accept_quotation(ports=world.ports, quotation_id=made[0], act=world.act(customer))
        if rng.random() < 0.7:
            await _won(world, lead_id, made[0])
    await world.quiet()
    return world


async def _quoted(world: World, lead_id: str, partner: Actor) -> str:
    _, made = await quotations.create_quotation(
        ports=world.ports, press=await a_press(), lead_id=lead_id, offer=an_offer(), act=world.act(partner)
    )
    await quotations.share_quotation(ports=world.ports, quotation_id=made.id, act=world.act(partner))
    return made.id


async def _won(world: World, lead_id: str, quotation_id: str) -> None:
    file = await leads.lead_of_actor(store=world.store, lead_id=lead_id, actor=ADMIN)
    change = StatusChange(status=LeadStatus.WON, remarks="Details verified", quotation_ref=quotation_id)
    act = world.act(ADMIN, version=file.lead.version)
    await sales.change_status(ports=world.ports, lead_id=lead_id, change=change, act=act)


async def rows_of(count: int, rng: random.Random, first: int = FIRST) -> Rows:
    """All rows of `count` leads, without markers, the feed, and what people are told, which counts per person."""
    rows: Rows = defaultdict(list)
    for number in range(first, first + count):
        world = await played(number, rng)
        for table, held in world.store._tables.items():
            for row in held.values():
                if not row.partition.startswith(("log", "pending")) and table != "notifications":
                    values = {n: v for n, v in row.values.items() if n != "writeId"}
                    rows[table, row.partition].append((row.key, values))
    return rows


def copies(templates: list[Summary], count: int, rng: random.Random) -> Iterator[tuple[Summary, str]]:
    """Summaries under new ids, each with its partner."""
    for index in range(count):
        template, number = rng.choice(templates), FIRST + index
        old, lead = template.lead_id[5:], json.loads(template.lead)
        partner = partner_of(number, rng)
        customer, new = lead["customerId"], str(number)
        texts = []
        for text in (template.quotations, template.commissions):
            moved = text.replace(f"-{old}", f"-{new}").replace(f'"{lead["assignedTo"]}"', f'"{partner.id}"')
            texts.append(moved)
        lead |= {"id": f"LEAD-{new}", "customerId": f"CUST-{new}", "phone": f"+91{6_000_000_000 + number}"}
        lead |= {"assignedTo": partner.id, "assignedName": partner.name, "state": rng.choice(STATES)}
        lead |= {"customerName": f"{rng.choice(NAMES)} {rng.choice(SURNAMES)}", "email": f"c{number}@example.com"}
        text = json.dumps(lead, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace(
            customer, lead["customerId"]
        )
        yield Summary(f"LEAD-{new}", template.version, text, *texts), partner.id


async def views_of(count: int, rng: random.Random) -> Rows:
    """Rows of the table `views` only."""
    made = await rows_of(min(count, 400), rng)
    summaries = [
        s
        for (table, place), rows in made.items()
        if table == "views" and place.startswith("all|")
        for s in (await _summaries(place, rows))
    ]
    rows: Rows = defaultdict(list)
    for summary, partner in copies(summaries, count, rng):
        for place in (leads.shard_of(summary.lead_id), leads.of_partner(partner)):
            rows["views", place].append((summary.lead_id, summary.columns()))
    return rows


async def _summaries(place: str, rows: list[tuple[str, dict[str, Any]]]) -> list[Summary]:
    world = World()
    for key, values in rows:
        await world.store.commit(table="views", partition=place, writes=[Create(key, values)], write_id="copy")
    return await leads.summaries(store=world.store, place=place)


async def write(store: Store, rows: Rows) -> int:
    """Store them, up to 100 rows of a partition at once; how many rows."""
    gate = asyncio.Semaphore(8)

    async def one(table: str, partition: str, part: list[tuple[str, dict[str, Any]]]) -> None:
        writes = [Create(key, values) for key, values in part]
        async with gate:
            try:
                await store.commit(table=table, partition=partition, writes=writes, write_id=f"made:{part[0][0]}")
            except RowExists:  # by a run that was stopped: the same numbers make the same rows
                for row in writes:
                    with suppress(RowExists):
                        await store.commit(
                            table=table, partition=partition, writes=[row], write_id=f"made:{row.key}"
                        )

    jobs = [
        one(table, partition, held[start : start + 100])
        for (table, partition), held in rows.items()
        for start in range(0, len(held), 100)
    ]
    await asyncio.gather(*jobs)
    return sum(len(held) for held in rows.values())


async def make_part(connection: str, first: int, count: int) -> int:
    """Make some leads, unless they are there; how many rows."""
    from adapters.tables import AzureTableStore

    store = AzureTableStore(connection)
    try:
        done = await store.get(table="counters", partition="made", key=str(first))
        if done and done.values["leads"] == count:
            return 0
        stored = await write(store, await rows_of(count, random.Random(first), first))
        row = Create(str(first), {"leads": count})
        with suppress(RowExists):
            await store.commit(table="counters", partition="made", writes=[row], write_id=f"made:{first}:{count}")
        return stored
    finally:
        await store.close()


def _part(connection: str, first: int, count: int) -> int:
    return asyncio.run(make_part(connection, first, count))


def make_whole(connection: str, count: int, *, processes: int) -> None:
    """Make whole leads, part by part in some processes. Stopped, the same command goes on where it was."""
    from adapters.schema import create_tables
    from adapters.tables import AzureTableStore

    async def tables() -> None:
        store = AzureTableStore(connection)
        await create_tables(store)
        await store.close()

    asyncio.run(tables())
    began, rows, made = time.perf_counter(), 0, 0
    parts = {first: min(PART, FIRST + count - first) for first in range(FIRST, FIRST + count, PART)}
    with ProcessPoolExecutor(processes) as pool:
        running = {pool.submit(_part, connection, first, size): size for first, size in parts.items()}
        for part in as_completed(running):
            rows, made = rows + part.result(), made + running[part]
            took = time.perf_counter() - began
            print(
                f"{made:,} of {count:,} leads, {rows:,} rows, {took:.0f} s, {rows / took:,.0f} rows/s", flush=True
            )


async def make(connection: str, count: int, *, seed: int = 1) -> None:
    """Make the summaries of leads and say how fast that went."""
    from adapters.schema import create_tables
    from adapters.tables import AzureTableStore

    store, rng = AzureTableStore(connection), random.Random(seed)
    await create_tables(store)
    began = time.perf_counter()
    rows = await views_of(count, rng)
    played_in = time.perf_counter() - began
    began = time.perf_counter()
    stored = await write(store, rows)
    took = time.perf_counter() - began
    print(
        f"{count} leads: {stored} rows; made in {played_in:.0f} s, stored in {took:.0f} s ({stored / took:.0f} rows/s)",
        flush=True,
    )
    await store.close()


def main() -> None:
    """Read the arguments and make them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--only-views", action="store_true")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    connection = os.environ["STORAGE_CONNECTION"]
    if given.only_views:
        asyncio.run(make(connection, given.leads))
    else:
        make_whole(connection, given.leads, processes=given.processes)


if __name__ == "__main__":
    main()
