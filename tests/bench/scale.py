"""`python -m tests.bench.scale --leads 1000 10000 100000`: every list, filter, search, sync and report on whole leads:
storage hops and requests, time, CPU, memory, and how they grow, against the budgets, as one table.

Each size is a folder of `make fill`, made if it isn't there (`--folder`, else for this run only), and is measured in
a process of its own. `--write` puts the table into docs/capacity.md, `--json` keeps the lines. Judges by hops, and by
two times that everybody feels: an answer within two seconds (all leads as a file: ten), and nobody else held up for
more than 50 ms at a time.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from adapters.all_leads import AllLeads
from domain.lists import forget_packs
from tests.bench import results
from tests.bench.backend import ROUNDS, Backend, cost, storage
from tests.bench.cases import CASES, Case
from tests.bench.scale_table import table, written


def megabytes() -> float:
    """What this process has in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 2**20


async def measure(data: Path, size: int, rounds: int) -> None:
    """All cases on one folder."""
    backend = Backend(data)
    wiring = await backend.start()
    said = f"{size:,}"
    before = megabytes()
    figures, found = await cost(wiring.all_leads.current, rounds=1)
    results.note(said, "a new instance is ready, from a pack", **figures)
    assert len(found) >= size, f"{data} holds {len(found)} leads"
    results.note(said, "memory of all leads, in all orders", mb=megabytes() - before)
    lead = next(e for e in found if e.quotations and e.status == "In Discussion")
    await backend.customer(lead.phone)
    for part, cases in CASES.items():
        for case in cases:
            await one(backend, case, f"{part}|{case.who}|{case.name}", said, rounds)
    results.note(said, "memory after all of this", mb=megabytes() - before)
    results.note(said, "peak memory of the process", mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    await without_pack(wiring, said)
    for part in (wiring.tables, wiring.files, wiring.engine.vault):
        await part.close()


async def without_pack(wiring: Any, said: str) -> None:
    """How long a new instance takes that finds no pack, and making the next one."""
    fresh = AllLeads(wiring.store, wiring.clock)
    await forget_packs(ports=wiring.ports)
    figures, _ = await cost(fresh.current, rounds=1)
    results.note(said, "a new instance is ready, without a pack", **figures)
    began = time.perf_counter()
    await fresh.pack(wiring.ports)
    results.note(said, "packing", seconds=time.perf_counter() - began)


async def one(backend: Backend, case: Case, name: str, said: str, rounds: int) -> None:
    """One case, some times."""
    headers = {}
    if case.known:
        first = await backend.ask(case.who, case.function, case.query)
        headers["If-None-Match"] = first.headers["ETag"]
    figures, reply = await cost(lambda: backend.ask(case.who, case.function, case.query, **headers), rounds)
    assert reply.status_code == case.status, (name, reply.status_code, reply.get_body()[:400])
    results.note(said, name, **figures)


def folder_for(size: int, home: Path) -> Path:
    """A folder with so many leads."""
    data = home / f"leads-{size}"
    command = [sys.executable, "-m", "tests.bench.generate", "--leads", str(size), "--data", str(data)]
    subprocess.run(command, check=True)
    return data


def main() -> None:
    """Each size in a process of its own; then the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where filled folders are, and are kept")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", action="store_true", help="into docs/capacity.md")
    parser.add_argument("--only", type=Path, help="measure this folder, in this process")
    given = parser.parse_args()
    if given.only:
        with storage(given.only):
            asyncio.run(measure(given.only, given.leads[0], given.rounds))
        results.write(given.json)
        return
    with tempfile.TemporaryDirectory() as temporary:
        for size in given.leads:
            data, lines = folder_for(size, given.folder or Path(temporary)), Path(temporary) / f"{size}.json"
            command = ["--only", data, "--leads", size, "--rounds", given.rounds, "--json", lines]
            asked = [sys.executable, "-m", "tests.bench.scale", *map(str, command)]
            subprocess.run(asked, env=os.environ, check=True)
            results.take(lines)
    text = table(results.everything(), sizes=[f"{size:,}" for size in given.leads], machine=results.machine())
    print(text)
    if given.json:
        given.json.write_text(json.dumps(results.everything(), indent=1), encoding="utf-8")
    if given.write:
        written(text)


if __name__ == "__main__":
    main()
