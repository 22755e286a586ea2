"""`python -m tests.bench.lists --leads 1000 10000`: storage requests, hops, time and memory of each list, filter,
search, sync and counter, on an Azurite of its own per size. Prints a table; judges nothing."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

from adapters.all_leads import AllLeads
from adapters.background import later, pause
from adapters.clock import SystemClock
from adapters.ids import CounterIds
from adapters.tables import AzureTableStore, counting
from domain import lists
from domain.lists import LeadFilter, Order, QuotationFilter, SortBy, Wish
from domain.ports import Ports
from domain.values import Actor, Role
from local import azurite
from tests.bench.make_leads import BIG_PARTNER, FIRST
from tests.bench.results import note, write
from tests.domain.leads.world import ADMIN

ROUNDS = 7
FILTERS = {
    "no filter": LeadFilter(),
    "status": LeadFilter(status="Won"),
    "assignedTo": LeadFilter(assigned_to="CP-1100"),
    "customerId": LeadFilter(customer_id=f"CUST-{FIRST + 7}"),
    "state and source": LeadFilter(state="gujarat", source="referral"),
    "follow-up range": LeadFilter(follow_up_from=date(2026, 3, 1), follow_up_to=date(2026, 3, 31)),
    "search: words": LeadFilter(search="kav desai"),
    "search: phone": LeadFilter(search=f"+91{6_000_000_000 + FIRST + 5}"),
    "search: lead id": LeadFilter(search=f"LEAD-{FIRST + 9}"),
}


def megabytes() -> float:
    """What this process has in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 2**20


async def told(name: str, work: Callable[[], Awaitable[Any]], rounds: int = ROUNDS) -> Any:
    """Do it some times and print requests, hops, the first time and the median of the others."""
    took = []
    for _ in range(rounds):
        with counting() as count:
            began = time.perf_counter()
            done = await work()
            took.append((time.perf_counter() - began) * 1000)
    again = statistics.median(took[1:]) if len(took) > 1 else took[0]
    note(part(), name, requests=count.requests, hops=count.hops, first_ms=took[0], p50_ms=again)
    return done


SIZE = [0]


def part() -> str:
    """The part of the table that this size of data has."""
    return f"{SIZE[0]:,}"


async def bench(connection: str) -> None:
    """All of it on the leads that are there."""
    # The emulator looks through the whole table for each of 64 queries: minutes at 100,000, where Azure has an index.
    store, clock = AzureTableStore(connection, read_timeout=600.0, patience=900.0), SystemClock()
    everything = AllLeads(store, clock)
    before = megabytes()
    await told("cold start, no pack", everything.current, rounds=1)
    ports = Ports(store=store, clock=clock, ids=CounterIds(store), pause=pause, later=later)
    began = time.perf_counter()
    await everything.pack(ports)
    note(part(), "packing", seconds=time.perf_counter() - began)
    del everything
    everything = AllLeads(store, clock)
    collection = await told("cold start from a pack", everything.current, rounds=1)
    note(part(), "memory of all leads", mb=megabytes() - before)
    assert len(collection) == SIZE[0]

    async def page(actor: Actor, order: Order, wanted: LeadFilter) -> Any:
        found = await lists.leads_of_actor(store=store, everything=everything, actor=actor)
        chosen = wanted.of(lists.seen_in_order(found, actor, order.sort_by))
        got = await lists.walk(store=store, found=chosen, order=order, wish=Wish(25), now=clock.now())
        return [item.lead for item in got.items], got.total

    for name, wanted in FILTERS.items():
        await told(f"admin, {name}", lambda w=wanted: page(ADMIN, Order(), w))
    for by in SortBy:
        await told(f"admin, by {by} desc", lambda b=by: page(ADMIN, Order(b, reverse=True), LeadFilter()))
    kam = Actor("KAM-1", "K", Role.KAM, partners=frozenset(f"CP-{n}" for n in range(1_002, 1_042)))
    await told("kam of 40 partners, no filter", lambda: page(kam, Order(), LeadFilter()))
    for actor in (ADMIN, kam):
        await told(f"{actor.role}, quotations", lambda a=actor: parts(store, everything, a, quotations_of))
        await told(f"{actor.role}, commissions", lambda a=actor: parts(store, everything, a, commissions_of))
        await told(f"{actor.role}, customers", lambda a=actor: parts(store, everything, a, customers_of))
        await told(f"{actor.role}, counters", lambda a=actor: parts(store, everything, a, counters_of))
    for partner in (BIG_PARTNER, "CP-1100"):
        own = Actor(partner, "P", Role.CP)
        has = len(await lists.leads_of_partner(store=store, partner_id=partner))
        await told(f"partner with {has} leads, no filter", lambda a=own: page(a, Order(), LeadFilter()))
        await told(f"partner with {has} leads, sync", lambda a=own: parts(store, everything, a, sync_of))
    note(part(), "memory with all orders", mb=megabytes() - before)
    note(part(), "peak memory of the process", mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    await store.close()


async def parts(store: Any, everything: AllLeads, actor: Actor, of: Callable[[Any, Actor], Any]) -> Any:
    """A list that isn't of leads."""
    return of(await lists.leads_of_actor(store=store, everything=everything, actor=actor), actor)


def quotations_of(found: Any, actor: Actor) -> Any:
    return lists.quotations(found, QuotationFilter(), actor, SystemClock().now())[-25:]


def commissions_of(found: Any, actor: Actor) -> Any:
    return lists.commissions(lists.commissions_seen(found, actor), lists.CommissionFilter(status="pending"))[-25:]


def customers_of(found: Any, actor: Actor) -> Any:
    return lists.customers(found, None, actor)[:25]


def counters_of(found: Any, actor: Actor) -> Any:
    return lists.counters(found, actor, SystemClock().now())


def sync_of(found: Any, actor: Actor) -> Any:
    from functions.edge import to_json
    from functions.models.list_items import sync_shape, sync_tag

    now = SystemClock().now()
    return sync_tag(found, now), to_json(sync_shape(found, actor, now))


def main() -> None:
    """One Azurite and one table per size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--json")
    given = parser.parse_args()
    for count in given.leads:
        SIZE[0] = count
        with azurite.start(None, in_memory=True) as storage:
            making = [sys.executable, "-m", "tests.bench.make_leads", "--only-views", "--leads", str(count)]
            told = {**os.environ, "STORAGE_CONNECTION": storage.connection_string}
            subprocess.run(making, env=told, check=True)  # its memory mustn't count here
            asyncio.run(bench(storage.connection_string))
    write(given.json)


if __name__ == "__main__":
    main()
