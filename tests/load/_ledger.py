"""`python -m tests.load._ledger FILE`: whether every acknowledged write is in a timeline (STORAGE_CONNECTION says where).

Each line of the file is a write that the backend answered with success, or refused. For a success there must be an entry
that says the same: for a lead's own changes under the version that was answered, for its parts by what happened and their
ids. No two writes may have been given the same version. And people who are refused most of what they ask for, or who
wrote nothing, prove nothing. Prints what is missing; exit status 1 if anything is.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from adapters.tables import AzureTableStore
from domain.timeline import FIRST_ENTRY, OVERWRITTEN, Entry, entry_from_row

ACTIONS = {
    "register a lead": "LeadCreated",
    "edit a lead": "LeadEdited",
    "move a lead": "StatusChanged",
    "finalize to Won": "StatusChanged",
    "create a quotation": "QuotationCreated",
    "share a quotation": "QuotationShared",
    "accept a quotation": "QuotationAccepted",
    "reject a quotation": "QuotationRejected",
    "approve a commission": "CommissionApproved",
}
_BY_VERSION = frozenset({"register a lead", "edit a lead", "move a lead", "finalize to Won"})

_ENOUGH = 10
"""Fewer attempts of a kind may fail by chance."""

Line = dict[str, Any]


def missing(lines: list[Line], entries: list[Entry]) -> Iterator[str]:
    """Of one lead: the acknowledged writes that its timeline doesn't tell of, and versions given out twice."""
    given: dict[int, Line] = {}
    for line in lines:
        if line["what"] not in ACTIONS:
            yield f"nobody knows what {line['what']!r} leaves"
        elif not any(_tells(entry, line) for entry in entries):
            yield f"{line['lead']}: {line['what']} of {line['id']}, tag {line['tag']}, by {line['who']} isn't there"
        if line["what"] in _BY_VERSION and not line.get("replayed"):
            first = given.setdefault(line["tag"], line)
            if first is not line:
                yield f"{line['lead']}: version {line['tag']} was given to {first['what']} and to {line['what']}"


def _tells(entry: Entry, line: Line) -> bool:
    if entry.actor.id != line["who"] or entry.action not in _entered(line["what"]):
        return False
    if line["what"] not in _BY_VERSION:
        return str(line["id"]) in entry.message
    wanted = {name: line["body"][name] for name in ("status", "remarks") if name in line["body"]}
    after = {change.field: change.after for change in entry.changes}
    return entry.version == line["tag"] and all(after.get(n, v) == v for n, v in wanted.items())


def _entered(what: str) -> tuple[str, ...]:
    """An edit of nothing but what others had set is entered as overwriting alone."""
    return (ACTIONS[what], OVERWRITTEN) if what == "edit a lead" else (ACTIONS[what],)


def too_many_refused(lines: list[Line]) -> Iterator[str]:
    """Kinds of writes of which more than half were refused: that somebody else was faster is rare."""
    asked, refused = (
        Counter(line["what"] for line in lines),
        Counter(line["what"] for line in lines if "refused" in line),
    )
    for what, count in sorted(refused.items()):
        if asked[what] >= _ENOUGH and count * 2 > asked[what]:
            yield f"{count} of {asked[what]} were refused: {what}"


async def _timelines(store: AzureTableStore, wanted: set[str]) -> AsyncIterator[tuple[str, list[Entry]]]:
    for lead in sorted(wanted):
        rows = store.scan(table="leads", partition=lead, first=FIRST_ENTRY)
        yield lead, [entry_from_row(row) async for row in rows]


async def check(lines: list[Line], connection: str) -> int:
    """How many aren't there; says which."""
    by_lead: dict[str, list[Line]] = {}
    acknowledged = [line for line in lines if "refused" not in line]
    for line in acknowledged:
        by_lead.setdefault(str(line["lead"]), []).append(line)
    for fault in (refused := list(too_many_refused(lines))):
        print(fault, flush=True)
    store, faults = AzureTableStore(connection), 0
    async for lead, entries in _timelines(store, set(by_lead)):
        for fault in missing(by_lead[lead], entries):
            faults += 1
            print(fault, flush=True)
    await store.close()
    told = f"{len(lines) - len(acknowledged):,} refused"
    print(
        f"{len(acknowledged):,} acknowledged writes of {len(by_lead):,} leads, {faults} not in a timeline; {told}"
    )
    return faults + len(refused) + (not acknowledged)


def main() -> int:
    """Check the file that the command line names."""
    lines = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    return 1 if asyncio.run(check(lines, os.environ["STORAGE_CONNECTION"])) else 0


if __name__ == "__main__":
    sys.exit(main())
