"""`python -m adapters.commands.verify_timeline LEAD-1001 | --all`: whether timelines are complete and unchanged.

Takes the id of a lead, a customer or a person, or `catalogue` for the master data, or `settings`. Names the first
broken entry of each timeline that is broken. Exit status: 0 all are whole, 1 one isn't, 2 it couldn't be found out.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import AsyncIterator

from adapters.commands._operating import CANNOT_SAY, FINE, WRONG, Reader, operate
from adapters.tables import AzureTableStore
from domain.continuity import HEADS, Verified, verified_timelines

_TABLES = {
    **{"LEAD": "leads", "CUST": "customers", "CP": "people", "KAM": "people", "ADMIN": "people"},
    **{"catalogue": "masterdata", "settings": "settings"},
}


async def verify_all(store: AzureTableStore) -> int:
    """Every timeline of every kind; prints the broken ones."""
    reader, entries, timelines, broken = Reader(store), 0, 0, 0
    for table, head in HEADS.items():
        async for found in verified_timelines(reader.table(table), head):
            timelines, entries = timelines + 1, entries + found.entries
            if found.broken:
                broken += 1
                print(_said(found), flush=True)
    print(f"{timelines:,} timelines with {entries:,} entries, {broken} of them broken")
    return WRONG if broken else FINE


async def verify_one(aggregate: str, store: AzureTableStore) -> int:
    """The timeline of one aggregate."""
    table = _TABLES.get(aggregate.partition("-")[0])
    outcomes = [] if table is None else [v async for v in _of(store, table, aggregate)]
    for found in outcomes:
        print(_said(found))
    if not outcomes:
        print(f"There is no {aggregate}.", file=sys.stderr)
        return CANNOT_SAY
    return WRONG if any(found.broken for found in outcomes) else FINE


def _of(store: AzureTableStore, table: str, aggregate: str) -> AsyncIterator[Verified]:
    return verified_timelines(store.scan(table=table, partition=aggregate), HEADS[table])


def _said(found: Verified) -> str:
    broken = found.broken
    if broken is None:
        return f"{found.id}: {found.entries} entries, complete and unchanged"
    return f"{found.id}: broken at entry {broken.version}.{broken.sequence}: {broken.problem}"


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="verify_timeline", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("id", nargs="?", help="a lead, a customer or a person; catalogue; settings")
    which.add_argument("--all", action="store_true", help="every timeline there is")
    wanted = parser.parse_args()
    return operate(verify_all if wanted.all else functools.partial(verify_one, wanted.id))


if __name__ == "__main__":
    sys.exit(main())
