"""`python -m tests.bench.reports --leads 100000`: time and memory of each report over summaries in memory.

No storage is asked: the summaries are held as lists hold them.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import time
from collections.abc import Awaitable, Callable
from typing import Any

from domain.lists import Collection, SortBy
from domain.reporting import (
    CommissionWish,
    FunnelFilter,
    Kams,
    Span,
    commission_report,
    funnel,
    metrics,
)
from domain.values import Actor, Role
from functions.models.reports import CommissionReportQuery, commission_csv, commission_report_shape, funnel_shape
from tests.bench.make_leads import PARTNERS, copies
from tests.bench.results import note, write
from tests.domain.reporting.business import ASHA, collection_of, live
from tests.domain.sales.world import World

KAM = Actor("KAM-1001", "Kabir", Role.KAM, frozenset(f"CP-{1001 + number}" for number in range(30)))


def peak() -> int:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


async def made(count: int) -> Collection:
    """So many leads as lists hold them: copies of a hundred that have lived at random."""
    rng, world = random.Random(1), World()
    await live(world, rng, count=100, steps=800)
    templates = [listed.summary for listed in await collection_of(world)]
    return Collection(summary for summary, _ in copies(templates, count, rng))


SIZE = [0]


async def timed(name: str, run: Callable[[], Awaitable[Any]]) -> None:
    """Say how long it took, and for how long at a time others had to wait."""
    gaps, done = [0.0], asyncio.Event()

    async def others() -> None:
        last = time.perf_counter()
        while not done.is_set():
            await asyncio.sleep(0)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    watch = asyncio.create_task(others())
    began, before = time.perf_counter(), peak()
    await run()
    took = time.perf_counter() - began
    done.set()
    await watch
    note(f"{SIZE[0]:,}", name, first_ms=took * 1000, waits_ms=max(gaps) * 1000, mb=peak() - before)


async def bench(count: int) -> None:
    """Each report, for an Admin and for a KAM."""
    collection = await made(count)
    for sort_by in (SortBy.CREATED, SortBy.UPDATED):
        collection.in_order(sort_by)
    collection.quotations(), collection.commissions()  # the lists have made these orders already
    kams = Kams({f"CP-{1001 + n}": (f"KAM-{1001 + n // 30}", "A KAM") for n in range(PARTNERS)})
    print(f"{len(collection)} leads, {len(collection.commissions())} commissions; peak {peak()} MB", flush=True)
    world = World()
    span = Span.of(None, None, world.clock.now())

    async def sums(actor: Actor) -> None:
        report = await commission_report(collection=collection, wanted=CommissionWish(), actor=actor)
        commission_report_shape(report, CommissionReportQuery())
        await asyncio.to_thread(commission_csv, report, "project")  # as the endpoint does

    for actor in (ASHA, KAM):
        who = str(actor.role)

        async def stages(actor: Actor = actor) -> None:
            funnel_shape(await funnel(collection=collection, wanted=FunnelFilter(), kams=kams, actor=actor))

        async def board(actor: Actor = actor) -> None:
            now = world.clock.now()
            await metrics(store=world.store, collection=collection, span=span, limit=10, actor=actor, now=now)

        await timed(f"{who}: funnel", stages)
        await timed(f"{who}: commissions, with CSV", lambda actor=actor: sums(actor))
        await timed(f"{who}: dashboard", board)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--json")
    given = parser.parse_args()
    SIZE[0] = given.leads
    asyncio.run(bench(given.leads))
    write(given.json)


if __name__ == "__main__":
    main()
