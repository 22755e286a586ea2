"""`python -m tests.bench.worker [--against FOLDER]`: CPU and time per request over HTTP of what is used most.

Each use case is asked some hundred times, a few at once, of a backend like that of `make run`; the kernel's count of
the worker's CPU time before and after tells what one request costs, whatever else the machine does. With
`--against` (a checkout of another commit, with a `.venv` or sharing ours) both are measured in turn, round by round,
and the medians of the ratios are printed. `--profile FILE` writes a cProfile of the worker instead (pstats).
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from local.demo import CONFIGURATION
from tests.bench.results import note, percentiles

ROOT = Path(__file__).parents[2]
AT_ONCE = 4
LEADS, NOTICES = 30, 10
_TICK = os.sysconf("SC_CLK_TCK")
_number = itertools.count(time.time_ns() // 1000 % 10**7 * 100)

Send = Callable[..., Awaitable[httpx.Response]]


@dataclass
class Side:
    """One backend and the people who are signed in to it."""

    name: str
    base: str
    data: Path
    pid: int
    partner: dict[str, str] = field(default_factory=dict)
    admin: dict[str, str] = field(default_factory=dict)
    leads: list[dict[str, Any]] = field(default_factory=list)

    def cpu(self) -> tuple[float, float]:
        """Seconds of CPU that the worker and the rest (storage, PDF) have used."""
        mine = seconds_of(self.pid)
        return mine, sum(seconds_of(child) for child in children_of(self.pid))


def seconds_of(pid: int) -> float:
    """CPU of a process so far, with its threads and the children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def children_of(pid: int) -> list[int]:
    """Its children that run."""
    return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


@contextmanager
def started(name: str, folder: Path, profile: Path | None) -> Iterator[Side]:
    """A backend of the checkout in `folder`, on a free port with data of its own."""
    with tempfile.TemporaryDirectory() as home:
        ready, data = Path(home) / "ready.json", Path(home) / "data"
        python = folder / ".venv" / "bin" / "python"
        runner = ["-m", "cProfile", "-o", str(profile)] if profile else []
        command = [str(python if python.exists() else sys.executable), *runner, "-m", "local.run"]
        environment = {**os.environ, "PORT": "0", "DATA": str(data), "SENSITIVE_PER_MINUTE": "100000"}
        environment |= {"REQUEST_SECONDS": "60"}
        environment.pop("PYTHONPATH", None)
        log = (Path(home) / "log").open("wb")
        process = subprocess.Popen(
            [*command, "--ready-file", str(ready)], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            while not ready.exists():
                if process.poll() is not None:
                    raise SystemExit((Path(home) / "log").read_text()[-2000:])
                time.sleep(0.05)
            said = json.loads(ready.read_text())
            yield Side(name, said["base"] + "/api/v1", data, process.pid)
        finally:
            process.terminate()
            process.wait(60)
            log.close()


async def signed_in(http: httpx.AsyncClient, side: Side) -> dict[str, str]:
    """The headers of the demo's partner."""
    login = f"{side.base}/auth/login"
    await http.post(login, json={"phone": "9000000001"})
    said = [json.loads(line) for line in (side.data / "outbox" / "sms.jsonl").read_text().splitlines()]
    code = [m["otp"] for m in said if m["to"].endswith("9000000001") and "otp" in m][-1]
    reply = await http.post(login, json={"phone": "9000000001", "otp": code})
    return {"Authorization": f"Bearer {reply.json()['token']}"}


async def prepared(http: httpx.AsyncClient, side: Side) -> None:
    """A partner with leads, quotations and notifications, and an admin."""
    side.partner = await signed_in(http, side)
    staff = {"email": "admin@example.com", "password": "Admin-Demo-1!"}
    reply = await http.post(f"{side.base}/auth/login", json=staff)
    side.admin = {"Authorization": f"Bearer {reply.json()['token']}"}
    for number in range(LEADS):
        side.leads.append(await a_lead(http, side))
        if number < NOTICES:  # another person's change tells the partner of it
            path = f"{side.base}/leads/{side.leads[-1]['id']}"
            await http.patch(path, headers=side.admin, json={"remarks": "Seen by the office"})
    for lead in side.leads[:5]:
        body = {"leadId": lead["id"], **CONFIGURATION}
        (await http.post(f"{side.base}/quotations", headers=side.partner, json=body)).raise_for_status()


async def a_lead(http: httpx.AsyncClient, side: Side) -> dict[str, Any]:
    """A new one, of a customer whom nobody has met."""
    body = {
        "customerName": "Kavita Desai",
        "phone": f"9{next(_number) % 10**9:09d}",
        "address": "5 Station Road, Ahmedabad",
        "state": "Gujarat",
        "services": ["Rooftop solar"],
    }
    made = await http.post(f"{side.base}/leads", headers=side.partner, json=body)
    return made.raise_for_status().json()["data"]


def cases(http: httpx.AsyncClient, side: Side) -> dict[str, Callable[[int], Awaitable[httpx.Response]]]:
    """What is asked, by name; each takes the number of the round."""

    def get(path: str, who: dict[str, str]) -> Callable[[int], Awaitable[httpx.Response]]:
        return lambda n: http.get(side.base + path.replace("#", side.leads[n % LEADS]["id"]), headers=who)

    def edit(n: int) -> Awaitable[httpx.Response]:
        key = {"Idempotency-Key": f"edit-{next(_number)}"}
        path = f"{side.base}/leads/{side.leads[n % LEADS]['id']}"
        return http.patch(path, headers=side.partner | key, json={"remarks": f"Call {next(_number)}"})

    def move(n: int) -> Awaitable[httpx.Response]:
        lead = side.leads[n % LEADS]
        to = "Physical Meeting Assigned" if lead["status"] == "In Discussion" else "In Discussion"
        lead["status"] = to
        body = {"status": to, "remarks": "Spoke on the phone", "followUpDate": lead["followUpDate"]}
        return http.patch(f"{side.base}/leads/{lead['id']}/status", headers=side.partner, json=body)

    async def quote(n: int) -> httpx.Response:
        body = {"leadId": side.leads[5 + n % (LEADS - 5)]["id"], **CONFIGURATION}
        return await http.post(f"{side.base}/quotations", headers=side.partner, json=body)

    return {
        "health": get("/health", {}),
        "notifications poll": get("/notifications?page=1&limit=20&status=unread", side.partner),
        "unread count": get("/notifications/unread-count", side.partner),
        "leads of a partner": get("/leads?offset=0&limit=25", side.partner),
        "home counters": get("/leads/summary", side.partner),
        "sync": get("/sync", side.partner),
        "one lead": get("/leads/#", side.partner),
        "edit a lead": edit,
        "move a lead": move,
        "leads of an admin": get("/leads?status=New%20Lead&sortBy=createdAt&sortOrder=desc", side.admin),
        "create a quotation": quote,
    }


@dataclass
class Cost:
    """Of one series of requests, per request: CPU of the worker and of what it started, and times, in milliseconds."""

    worker: float
    others: float
    took: list[float]


async def cost(side: Side, ask: Callable[[int], Awaitable[httpx.Response]], count: int) -> Cost:
    """Ask so often, a few at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> float:
        async with gate:
            began = time.perf_counter()
            (await ask(number)).raise_for_status()
            return (time.perf_counter() - began) * 1000

    await asyncio.sleep(0.3)
    before = side.cpu()
    took = await asyncio.gather(*(one(number) for number in range(count)))
    await asyncio.sleep(0.3)  # what is done after the answers belongs to them
    worker, others = ((a - b) * 1000 / count for a, b in zip(side.cpu(), before, strict=True))
    return Cost(worker, others, took)


async def measure(sides: list[Side], rounds: int, count: int, only: str) -> None:
    """A row for each use case."""
    async with httpx.AsyncClient(timeout=60) as http:
        for side in sides:
            await prepared(http, side)
        asked = [cases(http, side) for side in sides]
        for name in asked[0]:
            if only not in name:
                continue
            many = max(2, count // 5) if "quotation" in name else count
            found: list[list[Cost]] = [[] for _ in sides]
            for number in range(rounds + 1):
                order = range(len(sides)) if number % 2 else reversed(range(len(sides)))
                for index in order:
                    spent = await cost(sides[index], asked[index][name], many)
                    if number:  # the first round warms up
                        found[index].append(spent)
            told(name, sides, found)


def told(name: str, sides: list[Side], found: list[list[Cost]]) -> None:
    """The rows of a use case, one for each side."""
    for side, costs in zip(sides, found, strict=True):
        worker, others = (statistics.median(getattr(c, what) for c in costs) for what in ("worker", "others"))
        more = "" if len(sides) == 1 else f", {side.name}"
        times = percentiles([t for c in costs for t in c.took])
        note("worker", f"{name}, over HTTP{more}", **times, cpu_ms=worker, others_ms=others)
    if len(sides) > 1:
        ratio = statistics.median(a.worker / b.worker for a, b in zip(*found, strict=True))
        print(f"  CPU of the worker, {sides[0].name} to {sides[1].name}: {ratio:.2f}", flush=True)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--only", default="", help="a part of the names of the use cases")
    given = parser.parse_args()
    with ExitStack() as stack:
        sides = [stack.enter_context(started("here", ROOT, given.profile))]
        if given.against:
            sides.append(stack.enter_context(started("there", given.against.resolve(), None)))
        asyncio.run(measure(sides, given.rounds, given.requests, given.only))


if __name__ == "__main__":
    main()
