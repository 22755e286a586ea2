"""`python -m tests.bench.capacity [RESULTS.json]`: what one instance holds, what is hit first, and what it costs.

Takes the figures that `make load` has measured (.local/load/results.json) and writes them, with what follows from
them, into docs/capacity.md between its two marks. The same figures give the same page: chance is seeded. Limits and
prices are the tables below, to be changed by whoever reads this.
"""

from __future__ import annotations

import heapq
import json
import math
import random
import sys
from functools import cache
from pathlib import Path
from typing import Any

PAGE = Path("docs/capacity.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

LIMITS = {"partition": 2_000, "account": 20_000}
"""A second, of 1 KiB each: entities of one table partition, transactions of one account. "Scalability and performance
targets for Table storage", https://learn.microsoft.com/azure/storage/tables/scalability-targets."""

CORES = 250
"""Of all Flex Consumption apps of a subscription in a region, unless asked for more; an instance of 2,048 MB is one core.
"Azure Functions Flex Consumption plan hosting", https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan."""

PRICES = {
    "a million function executions": 0.40,
    "a GB-second that an instance is kept ready": 0.000004,
    "a GB-second of its work": 0.000016,
    "a GB-second on demand": 0.000026,
    "10,000 table transactions": 0.00036,
    "a GB of tables for a month": 0.06,
    "10,000 blob writes": 0.10,
    "a GB of backups for a month": 0.046,
    "a GB of egress": 0.12,
    "a GB of logs": 2.30,
}
"""US dollars, assumed on 2026-11-25; no free grants. Look them up for your region before you rely on them. Confirmed by
a second source (not Microsoft's own): a GB-second on demand. The others are from memory."""

GB_OF_INSTANCE, HOPS, HOP_MS = 2.0, 2.2, 5.0
READ_EACH, LOGS_EACH = 2, 1.2
"""The feed (docs/adr/0020): how often an instance reads a change; how many logs each process has that others ask for
(`leads.CLOSED` / `Log.LIFE`)."""

BUDGET_MS, ACTIONS_A_USER, USERS, HOURS, DAYS = 300.0, 0.1, 400, 9.0, 26.0
REPLY_KB, LOG_BYTES, LEADS_A_DAY, KB_A_LEAD = 6.0, 600.0, 400, 24.0
MONTH, LEAST_BILLED, TIMERS_A_MINUTE, TIMER_REQUESTS = 30 * 24 * 3600.0, 1.0, 7, 3
"""Seconds; the least that is billed of an instance's activity (the page of the plan, "Billing"); timers that run each half
minute or minute, each on an instance of its own; what one that finds nothing to do asks of the storage."""

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


@cache
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


def load_of(results: dict[str, Any], users: int) -> dict[str, float]:
    """What so many users ask for, a second: requests, instances, storage requests, and entities of the partitions that
    all share: `pending`, the names of the logs, one log; and rows of the feed in all."""
    writes, looks, asked = shares(results)
    rate = users * ACTIONS_A_USER
    instances = max(2.0, float(-(-rate // (held_by_one(results["cpuMs"]["worker"]) * 0.6))))
    looked = min(rate * looks, instances * 1000 / HOP_MS)  # those who wait in one instance share a look
    changed, logs = rate * writes, instances * LOGS_EACH
    rows = instances * READ_EACH * changed + looked * logs
    return {
        "requests": rate,
        "instances": instances,
        "storage": rate * asked + looked * logs,  # a look's request for the names is among those asked for anyway
        "markers": 2 * changed,
        "names": looked * logs,
        "log": READ_EACH * changed + looked + changed / instances,
        "rows": rows + looked * logs,
    }


def growth(results: dict[str, Any]) -> list[str]:
    """What 1, 10 and 1,000 times 600 users ask for."""
    head = ("users", "requests/s", "instances", "storage requests/s", "of the account")
    shared = {"markers/s": "markers", "names read/s": "names", "one log, rows/s": "log"}
    lines = [
        f"| {' | '.join([*head, *shared, 'feed rows read/s'])} |",
        "|---" * (len(head) + len(shared) + 1) + "|",
    ]
    for times in (1, 10, 1_000):
        load = load_of(results, 600 * times)
        cells = [f"{600 * times:,}", f"{load['requests']:,.0f}", f"{load['instances']:,.0f}"]
        cells += [f"{load['storage']:,.0f}", f"{of_account(load):.0%}"]
        cells += [f"{load[each]:,.0f} ({load[each] / LIMITS['partition']:.0%})" for each in shared.values()]
        lines.append(f"| {' | '.join([*cells, format(load['rows'], ',.0f')])} |")
    one = held_by_one(results["cpuMs"]["worker"])
    return [f"One instance, one worker: {one:.0f} requests/s with p95 ≤ {BUDGET_MS:.0f} ms.", "", *lines]


def of_account(load: dict[str, float]) -> float:
    """The part of the account's target. Each row of the feed is counted as a transaction of its own, which is more than
    the target says."""
    return (load["storage"] + load["rows"]) / LIMITS["account"]


def first_limit(results: dict[str, Any]) -> tuple[str, int]:
    """What is full first, and at how many users, to the next hundred."""
    for users in range(600, 1_000_000, 100):
        load = load_of(results, users)
        full = {
            "the account": of_account(load),
            "the region's cores": load["instances"] / CORES,
            "the partition of the markers": load["markers"] / LIMITS["partition"],
            "the partition of the logs' names": load["names"] / LIMITS["partition"],
            "the partition of one log": load["log"] / LIMITS["partition"],
        }
        most = max(full, key=full.__getitem__)
        if full[most] >= 1:
            return most, users
    return "nothing", 1_000_000


def costs(results: dict[str, Any]) -> list[str]:
    """A month at 400 users, by what is used. One instance is kept ready (infra/main.bicep) and does the work of the day;
    at 40 requests a second hardly a second passes in which it does nothing, so all of the working hours are billed."""
    _, _, asked = shares(results)
    rate, timers = USERS * ACTIONS_A_USER, TIMERS_A_MINUTE * MONTH / 60
    requests = rate * HOURS * 3600 * DAYS
    stored = LEADS_A_DAY * DAYS * 12 * KB_A_LEAD / 2**20
    busy = (1 - math.exp(-rate * LEAST_BILLED)) * HOURS * 3600 * DAYS
    used = {
        "a million function executions": (requests + timers) / 1e6,
        "a GB-second that an instance is kept ready": MONTH * GB_OF_INSTANCE,
        "a GB-second of its work": busy * GB_OF_INSTANCE,
        "a GB-second on demand": timers * LEAST_BILLED * GB_OF_INSTANCE,
        "10,000 table transactions": (requests * asked + timers * TIMER_REQUESTS) / 1e4,
        "a GB of tables for a month": stored,
        "10,000 blob writes": LEADS_A_DAY * DAYS * 2 / 1e4,
        "a GB of backups for a month": stored * 21,
        "a GB of egress": requests * REPLY_KB / 2**20,
        "a GB of logs": (requests + timers) * LOG_BYTES / 2**30,
    }
    lines = ["| what | price, USD | used in a month | USD |", "|---|---|---|---|"]
    for name, amount in used.items():
        price = f"{PRICES[name]:f}".rstrip("0").rstrip(".")
        lines.append(f"| {name} | {price} | {amount:,.1f} | {amount * PRICES[name]:,.2f} |")
    return [*lines, f"| together | | | {sum(amount * PRICES[n] for n, amount in used.items()):,.2f} |"]


def processors(results: dict[str, Any]) -> list[str]:
    """Cores that each process had, stage by stage."""
    stages = results["cores"]
    names = list(dict.fromkeys(name for cores in stages.values() for name in cores))
    lines = [f"| cores used | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for stage, cores in stages.items():
        lines.append(f"| {stage} | {' | '.join(f'{cores.get(name, 0.0):.2f}' for name in names)} |")
    return lines


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
    head = f"Measured {results['at']} on {results['machine']}.{small} Storage: {results['storage']}. CPU per request: {spent}."
    what, users = first_limit(results)
    feed = f"What is full first is {what}, at about {users:,} users."
    run = ["### The run", head, "\n".join(stages), "\n".join(processors(results))]
    parts = [*run, "### Growth", "\n".join(growth(results)), feed]
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
