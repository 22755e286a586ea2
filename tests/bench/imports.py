"""`python -m tests.bench.imports --rows 500`: an import on Azurite: rows per second and storage requests per row."""

from __future__ import annotations

import argparse
import asyncio
import time

from adapters.background import all_done, later, pause
from adapters.clock import SystemClock
from adapters.ids import CounterIds
from adapters.schema import create_tables
from adapters.tables import AzureTableStore, counting
from domain import bulk
from domain.bulk import ImportRow
from domain.leads import NewLead
from domain.ports import Ports
from domain.timeline import Act
from domain.values import PhoneNumber
from local import azurite
from tests.bench.results import note, write
from tests.domain.leads.world import ADMIN


async def measure(connection: str, rows: int) -> None:
    """From the rows that were read to the last view."""
    store, clock = AzureTableStore(connection), SystemClock()
    await create_tables(store)
    ports = Ports(store=store, clock=clock, ids=CounterIds(store), pause=pause, later=later)
    new = [
        ImportRow(n + 2, NewLead(f"Customer {n}", PhoneNumber(f"+9198{n:08d}"), "5 Station Road"))
        for n in range(rows)
    ]
    act = Act(actor=ADMIN, at=clock.now(), write_id=ports.ids.unique())
    with counting() as count:
        began = time.perf_counter()
        job = await bulk.begin_import(ports=ports, job_id="JOB-1", rows=new, faults=(), act=act)
        took = time.perf_counter() - began
        note("import", f"{rows:,} rows: taken on", requests=count.requests, seconds=took, per_s=rows / took)
        before, began = count.requests, time.perf_counter()
        await bulk.carry_on(ports=ports, job=job)
        await all_done()
        took, requests = time.perf_counter() - began, count.requests - before
    note("import", f"{rows:,} rows: stored and shown", requests=requests, seconds=took, per_s=rows / took)
    note("import", "requests of each row", each=requests / rows)
    await store.close()


def main() -> None:
    """Run on an Azurite of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--json")
    given = parser.parse_args()
    with azurite.start(None, in_memory=True) as storage:
        asyncio.run(measure(storage.connection_string, given.rows))
    write(given.json)


if __name__ == "__main__":
    main()
