"""`python -m tests.bench.capacity [RESULTS.json]`: what one instance holds, what is hit first, and what it costs.

Takes the figures that `make load` has measured (.local/load/results.json) and writes them, with what follows from
them, into docs/capacity.md between its two marks. The same figures give the same page: chance is seeded. Limits and
prices are the tables below, to be changed by whoever reads this.
"""

from __future__ import annotations

import heapq
import json
import random
import sys
from pathlib import Path
from typing import Any

PAGE = Path("docs/capacity.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

LIMITS = {"partition": 2_000, "account": 20_000}
"""Entities a second of 1 KiB: "Scalability and performance targets for Table storage" (learn.microsoft.com)."""

PRICES = {
    "a million function executions": 0.40,
    "a GB-second": 0.000026,
    "10,000 table transactions": 0.00036,
    "a GB of tables for a month": 0.06,
    "10,000 blob writes": 0.10,
    "a GB of backups for a month": 0.046,
    "a GB of egress": 0.12,
    "a GB of logs": 2.30,
}
"""US dollars, assumed on 2026-11-25; no free grants. Look them up for your region before you rely on them."""

GB_OF_INSTANCE, HOPS, HOP_MS = 2.0, 2.2, 5.0
ROWS_A_LOOK_SECONDS = 10.0
"""How far back each look into the feed reads (`domain.lists.OVERLAP`)."""

BUDGET_MS, ACTIONS_A_USER, USERS, HOURS, DAYS = 300.0, 0.1, 400, 9.0, 26.0
REPLY_KB, LOG_BYTES, LEADS_A_DAY, KB_A_LEAD = 6.0, 600.0, 400, 24.0

STORAGE_REQUESTS = {
    "register a lead": 17, "edit a lead": 14, "move a lead": 18, "finalize to Won": 20, "create a quotation": 18,
    "share a quotation": 18, "accept a quotation": 20, "reject a quotation": 18, "approve a commission": 18,
}  # fmt: skip
"""Per use case with its idempotency record and what follows the answer (`make bench`); others 1.2."""

_STAFF_LISTS = frozenset(
    {"leads of staff", "search of staff", "dashboard", "report of the funnel", "report of commissions"}
)


def p95_at(rate: float, cpu_ms: float, *, seed: int = 1, requests: int = 20_000, servers: int = 1) -> float:
    """95th percentile in ms when requests come at random and each needs a processor for a while, and the storage.

    One worker process is one server; the time on the processor varies as an exponential law does, which is worse
    than what is measured; waiting for storage keeps nobody else.
    """
    chance, now, took = random.Random(seed), 0.0, []
    free = [0.0] * servers
    for _ in range(requests):
        now += chance.expovariate(rate)
        begins = max(now, heapq.heappop(free))
        ends = begins + chance.expovariate(1000 / cpu_ms)
        heapq.heappush(free, ends)
        took.append((ends - now) * 1000 + HOPS * HOP_MS)
    return sorted(took)[int(requests * 0.95)]


def held_by_one(cpu_ms: float, servers: int = 1) -> float:
    """The most requests a second with which the budget is held."""
    low, high = 1.0, servers * 1000 / cpu_ms
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if p95_at(middle, cpu_ms, servers=servers) <= BUDGET_MS else (low, middle)
    return low


def shares(results: dict[str, Any]) -> tuple[float, float, float]:
    """Of all requests: changes of a lead, looks into the feed; and storage requests for each request."""
    found = {kind["name"]: kind["share"] for kind in results["useCases"]}
    writes = sum(share for name, share in found.items() if name in STORAGE_REQUESTS)
    looks = sum(share for name, share in found.items() if name in _STAFF_LISTS)
    asked = sum(share * STORAGE_REQUESTS.get(name, 1.2) for name, share in found.items())
    return writes, looks, asked


def growth(results: dict[str, Any]) -> list[str]:
    """What 1, 10 and 1,000 times 600 users ask for."""
    writes, looks, asked = shares(results)
    one = held_by_one(results["cpuMs"]["worker"])
    lines = [
        "| users | requests/s | instances | storage requests/s | of the account | markers/s | feed rows read/s |"
    ]
    lines.append("|---|---|---|---|---|---|---|")
    for times in (1, 10, 1_000):
        rate = 600 * times * ACTIONS_A_USER
        instances = max(2, -(-rate // (one * 0.6)))
        looked = min(rate * looks, instances * 1000 / HOP_MS)  # those who wait in one instance share a look
        cells = [
            f"{600 * times:,}",
            f"{rate:,.0f}",
            f"{instances:,.0f}",
            f"{rate * asked:,.0f}",
            f"{rate * asked / LIMITS['account']:.0%}",
            f"{2 * rate * writes:,.0f} ({2 * rate * writes / LIMITS['partition']:.0%})",
            f"{looked * rate * writes * ROWS_A_LOOK_SECONDS:,.0f} "
            f"({looked * rate * writes * ROWS_A_LOOK_SECONDS / LIMITS['partition']:.0%})",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return [f"One instance, one worker: {one:.0f} requests/s with p95 ≤ {BUDGET_MS:.0f} ms.", "", *lines]


def first_limit(results: dict[str, Any]) -> int:
    """How many users fill the feed's partition: looks × changes × the time that each look reads back."""
    writes, looks, _ = shares(results)
    rate = (LIMITS["partition"] / (writes * looks * ROWS_A_LOOK_SECONDS)) ** 0.5 if writes * looks else float("inf")
    return int(rate / ACTIONS_A_USER) if rate != float("inf") else 0


def costs(results: dict[str, Any]) -> list[str]:
    """A month at 400 users, by what is used."""
    _, _, asked = shares(results)
    requests = USERS * ACTIONS_A_USER * HOURS * 3600 * DAYS
    stored = LEADS_A_DAY * DAYS * 12 * KB_A_LEAD / 2**20
    waits = results["cpuMs"]["worker"] + HOPS * HOP_MS
    used = {
        "a million function executions": requests / 1e6,
        "a GB-second": requests * waits / 1000 * GB_OF_INSTANCE,
        "10,000 table transactions": requests * asked / 1e4,
        "a GB of tables for a month": stored,
        "10,000 blob writes": LEADS_A_DAY * DAYS * 2 / 1e4,
        "a GB of backups for a month": stored * 21,
        "a GB of egress": requests * REPLY_KB / 2**20,
        "a GB of logs": requests * LOG_BYTES / 2**30,
    }
    lines = ["| what | price, USD | used in a month | USD |", "|---|---|---|---|"]
    lines += [f"| {n} | {PRICES[n]} | {amount:,.1f} | {amount * PRICES[n]:,.2f} |" for n, amount in used.items()]
    return [*lines, f"| together | | | {sum(amount * PRICES[n] for n, amount in used.items()):,.2f} |"]


def rendered(results: dict[str, Any]) -> str:
    """All that is told between the marks."""
    stages = [
        "| stage | users | requests/s | p50 ms | p95 ms | p99 ms | budget | errors |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in results["stages"]:
        budget = "" if row["budget"] is None else f"{row['budget']:.0f}"
        figures = f"{row['per_second']:.1f} | {row['p50']:.1f} | {row['p95']:.1f} | {row['p99']:.1f}"
        stages.append(f"| {row['stage']} | {row['users']} | {figures} | {budget} | {row['errors']} |")
    small = " **A try with a part of the people: no proof.**" if results["scale"] < 1 else ""
    spent = ", ".join(f"{name} {ms:.1f} ms" for name, ms in results["cpuMs"].items())
    head = f"Measured {results['at']} on {results['machine']}.{small} CPU per request: {spent}."
    feed = f"The feed's partition is full at about {first_limit(results):,} users."
    parts = ["### The run", head, "\n".join(stages), "### Growth", "\n".join(growth(results)), feed]
    return "\n\n".join([*parts, "### A month at 400 users", "\n".join(costs(results))])


def main() -> None:
    """Render the figures into the page."""
    file = Path(sys.argv[1] if len(sys.argv) > 1 else ".local/load/results.json")
    results = json.loads(file.read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{rendered(results)}\n\n{END}{after}", encoding="utf-8")
    print(rendered(results))


if __name__ == "__main__":
    main()
