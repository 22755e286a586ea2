"""`python -m tests.bench.pdf`: what drawing a quotation's paper takes in its own process, how long a quotation with its
paper takes over HTTP, and what a light request waits while eight are made at once."""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx

from adapters.pdf.workers import WorkerPdf
from domain.quotations import Paper, paper_of
from local.demo import CONFIGURATION
from tests.bench.results import note, percentiles
from tests.bench.worker import ROOT, Side, seconds_of, signed_in, started
from tests.domain.quotations.builders import CATALOGUE, Setting

AT_ONCE, LIGHT_EVERY = 8, 0.02
PAPERS: dict[str, dict[str, str]] = {
    "Latin letters": {},
    "Devanagari and Latin": {"customer_name": "कविता शर्मा", "customer_address": "५ स्टेशन रोड, अहमदाबाद"},
    "Gujarati and Latin": {"customer_name": "કવિતા દેસાઈ", "customer_address": "૫ સ્ટેશન રોડ, અમદાવાદ"},
}


async def a_paper() -> Paper:
    """Of a quotation as the product makes it."""
    setting = Setting()
    await setting.register("Kavita Desai")
    quotation = await setting.create()
    return paper_of(lead=(await setting.file()).lead, quotation=quotation, catalogue=CATALOGUE)


async def drawn(rounds: int) -> None:
    """The drawing process alone, without storage or HTTP; first with its start."""
    pdf, plain = WorkerPdf(workers=1), await a_paper()
    try:
        began = time.perf_counter()
        await pdf.render(paper=plain)
        note(
            "pdf", "the first paper of a process, its start included", first_ms=(time.perf_counter() - began) * 1000
        )
        for name, more in PAPERS.items():
            (worker,) = pdf.idle()
            took, before = [], seconds_of(worker.pid)
            for number in range(rounds):
                paper = replace(plain, reference=f"QUOT-{number}", **more)
                began = time.perf_counter()
                size = len(await pdf.render(paper=paper))
                took.append((time.perf_counter() - began) * 1000)
            cpu = (seconds_of(worker.pid) - before) * 1000 / rounds
            note("pdf", f"drawing, {name}", **percentiles(took), cpu_ms=cpu, kb=size / 1024)
    finally:
        await pdf.close()


def said(name: str, seconds: list[float]) -> None:
    note("pdf", name, **percentiles([s * 1000 for s in seconds]))


async def timed(work: Callable[[], Awaitable[httpx.Response]], expect: int) -> float:
    started = time.perf_counter()
    reply = await work()
    if reply.status_code != expect:
        raise SystemExit(reply.text)
    return time.perf_counter() - started


async def light(client: httpx.AsyncClient, path: str, until: asyncio.Event) -> list[float]:
    took = []
    while not until.is_set():
        took.append(await timed(lambda: client.get(path), 200))
        await asyncio.sleep(LIGHT_EVERY)
    return took


async def over_http(side: Side, quiet_for: float, each: int) -> None:
    """A backend as `make run` starts it."""
    async with httpx.AsyncClient(base_url=side.base, timeout=60) as client:
        client.headers.update(await signed_in(client, side))

        async def lead() -> str:
            body = {"customerName": "कविता शर्मा", "phone": f"97{random.randrange(10**8):08d}", "address": "x"}
            return str((await client.post("/leads", json=body)).json()["data"]["id"])

        leads = [await lead() for _ in range(AT_ONCE)]

        def quote(lead_id: str) -> Callable[[], Awaitable[httpx.Response]]:
            body: dict[str, Any] = {"leadId": lead_id, **CONFIGURATION}
            return lambda: client.post("/quotations", json=body)

        said("the first quotation (starts a drawing process)", [await timed(quote(leads[0]), 201)])
        said("quotations one after the other", [await timed(quote(leads[0]), 201) for _ in range(2 * each)])
        quiet = asyncio.Event()
        asyncio.get_running_loop().call_later(quiet_for, quiet.set)
        said("a light request, alone", await light(client, f"/leads/{leads[0]}", quiet))
        done = asyncio.Event()
        watching = asyncio.ensure_future(light(client, f"/leads/{leads[-1]}", done))

        async def maker(lead_id: str) -> list[float]:
            return [await timed(quote(lead_id), 201) for _ in range(each)]

        took = await asyncio.gather(*(maker(lead_id) for lead_id in leads))
        done.set()
        said(f"quotations, {AT_ONCE} at once", [t for part in took for t in part])
        said(f"a light request, while {AT_ONCE} are made at once", await watching)


def main() -> None:
    """Both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--quiet-for", type=float, default=3.0, help="seconds of the light request alone")
    parser.add_argument("--each", type=int, default=5, help="quotations that each of eight makes at once")
    given = parser.parse_args()
    asyncio.run(drawn(given.rounds))
    with started("here", ROOT, None) as side:
        asyncio.run(over_http(side, given.quiet_for, given.each))


if __name__ == "__main__":
    main()
