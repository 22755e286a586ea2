"""`python -m tests.bench.pdf BASE`: how long a quotation with its PDF takes on a running `make run`, and what a light
request waits while eight are made at once. Prints a table; judges nothing. DATA is the folder of that run."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from local.demo import CONFIGURATION, sign_in

AT_ONCE, EACH, LIGHT_EVERY = 8, 5, 0.02


def said(name: str, seconds: list[float]) -> None:
    took = sorted(s * 1000 for s in seconds)
    p95 = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
    print(f"  {name:<48} {len(took):>4} ×   p50 {statistics.median(took):7.1f} ms   p95 {p95:7.1f} ms")


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


async def measure(base: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"{base}/api/v1", headers=headers, timeout=60) as client:

        async def lead() -> str:
            body = {"customerName": "कविता शर्मा", "phone": f"97{random.randrange(10**8):08d}", "address": "x"}
            return str((await client.post("/leads", json=body)).json()["data"]["id"])

        leads = [await lead() for _ in range(AT_ONCE)]

        def quote(lead_id: str) -> Callable[[], Awaitable[httpx.Response]]:
            body: dict[str, Any] = {"leadId": lead_id, **CONFIGURATION}
            return lambda: client.post("/quotations", json=body)

        said("the first quotation (starts a drawing process)", [await timed(quote(leads[0]), 201)])
        said("quotations one after the other", [await timed(quote(leads[0]), 201) for _ in range(10)])
        quiet = asyncio.Event()
        asyncio.get_running_loop().call_later(3, quiet.set)
        said("a light request, alone", await light(client, f"/leads/{leads[0]}", quiet))
        done = asyncio.Event()
        watching = asyncio.ensure_future(light(client, f"/leads/{leads[-1]}", done))

        async def maker(lead_id: str) -> list[float]:
            return [await timed(quote(lead_id), 201) for _ in range(EACH)]

        took = await asyncio.gather(*(maker(lead_id) for lead_id in leads))
        done.set()
        said(f"quotations, {AT_ONCE} at once", [t for part in took for t in part])
        said(f"a light request, while {AT_ONCE} are made at once", await watching)


def main() -> int:
    """Measure the backend at BASE."""
    base = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:7071"
    os.environ.setdefault("DATA", str(Path(".local")))
    from local import demo

    demo.BASE = base
    with httpx.Client(timeout=30) as http:
        partner = sign_in(http, "Partner", "9000000001")
    asyncio.run(measure(base, partner.token))
    return 0


if __name__ == "__main__":
    sys.exit(main())
