"""`make fill LEADS=100000 DATA=.local-big`: leads by the thousand in a data folder, for `make run DATA=.local-big`.

600 channel partners, customers, quotations, commissions, document records, timelines and notifications, made by the
product's own use cases and copied under other names and days. Ctrl-C stops it; the same command goes on. The same
SEED makes the same leads. There are no files: the links to PDFs and documents of these leads lead nowhere. Nor is there
the master data of which the quotations were made, so `recompute_quotations` can't compute these again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from adapters.all_leads import AllLeads
from adapters.background import later, pause
from adapters.clock import SystemClock
from adapters.ids import CounterIds
from adapters.tables import AzureTableStore
from domain.ports import Ports
from domain.values import day_in_india
from local import tables
from local.instance import CannotRun, locked
from tests.bench.generate import CannotFill, fill


def shown(leads: int, rows: int, seconds: float) -> None:
    """A line that is written over and over; in a file, a line now and then."""
    said = f"{leads:,} leads, {rows:,} rows, {seconds:.0f} s, {leads / seconds:,.0f} leads/s"
    if sys.stderr.isatty():
        print(f"\r{said} ", end="", file=sys.stderr, flush=True)
    elif leads % 10_000 == 0:
        print(said, file=sys.stderr, flush=True)


async def pack(connection: str) -> int:
    """Pack all leads, as the timer of a running backend does, so that its first list is quick."""
    store, clock = AzureTableStore(connection), SystemClock()
    try:
        ports = Ports(store=store, clock=clock, ids=CounterIds(store), pause=pause, later=later)
        return await AllLeads(store, clock).pack(ports)
    finally:
        await store.close()


def main() -> int:
    """Read the arguments and fill the folder."""
    parser = argparse.ArgumentParser(prog="generate", description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DATA") or ".local-big"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    began, today = time.perf_counter(), day_in_india(datetime.now(UTC))
    given = {"leads": asked.leads, "seed": asked.seed, "today": today, "processes": asked.processes}
    try:
        with locked(asked.data):
            rows = fill(asked.data, **given, shown=shown)
            with tables.start(asked.data / "tables") as running:
                packed = asyncio.run(pack(running.connection_string))
    except (CannotFill, CannotRun) as fault:
        print(fault, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on.", file=sys.stderr)
        return 130
    took = time.perf_counter() - began
    print(
        f"\n{packed:,} leads in {asked.data}, {rows:,} rows made in {took:.0f} s. Try: make run DATA={asked.data}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
