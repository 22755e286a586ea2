"""Checking timelines as they stream by from storage: none has to fit into memory. Pure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from domain.errors import DomainError
from domain.store import Row
from domain.timeline import FIRST_ENTRY, Broken, Chain, Plain, entry_from_row

HEADS: Mapping[str, str] = {
    "leads": "lead",
    "customers": "customer",
    "people": "person",
    "settings": "settings",
    "masterdata": "head",
}
"""The tables of aggregates with a timeline, and the row that bears the aggregate's version and last hash."""

UNREADABLE = (DomainError, ArithmeticError, LookupError, TypeError, ValueError)
"""What comes of reading a row that isn't what it has to be."""


class Partition:
    """One aggregate, row by row in key order: its own rows are kept, its timeline is verified and folded."""

    def __init__(self, partition: str, head_key: str) -> None:
        self.id = partition
        self.rows: dict[str, Row] = {}
        self.folded: dict[str, Plain] = {}
        self.entries = 0
        self._head_key = head_key
        self._chain = Chain()
        self._broken: Broken | None = None

    @property
    def head(self) -> Row | None:
        """The row of the aggregate itself."""
        return self.rows.get(self._head_key)

    def take(self, row: Row) -> None:
        """The next row."""
        if not row.key.startswith(FIRST_ENTRY):
            if not row.key.startswith("proof:"):  # many, and of no account here
                self.rows[row.key] = row
            return
        self.entries += 1
        if self._broken:
            return
        try:
            entry = entry_from_row(row)
        except UNREADABLE:
            self._broken = Broken(*self._chain.expected, f"the row {row.key} can't be read")
            return
        self._broken = self._chain.take(entry)
        self.folded |= {change.field: change.after for change in entry.changes}

    def broken(self) -> Broken | None:
        """After the last row: the first entry at which the timeline isn't whole, or None."""
        if self._broken or (self.head is None and not self.entries):
            return self._broken
        if self.head is None:
            return Broken(1, 0, "the aggregate's own row is gone")
        try:
            last_hash, version = str(self.head.values["lastHash"]), int(str(self.head.values["version"]))
        except UNREADABLE:
            return Broken(1, 0, "the aggregate's own row can't be read")
        return self._chain.end(last_hash=last_hash, version=version)


async def partitions(rows: AsyncIterator[Row], head_key: str) -> AsyncIterator[Partition]:
    """The partitions of a table, each when its last row has come by."""
    current: Partition | None = None
    async for row in rows:
        if current is None or row.partition != current.id:
            if current:
                yield current
            current = Partition(row.partition, head_key)
        current.take(row)
    if current:
        yield current


@dataclass(frozen=True)
class Verified:
    """The outcome for one timeline."""

    id: str
    entries: int
    broken: Broken | None


async def verified_timelines(rows: AsyncIterator[Row], head_key: str) -> AsyncIterator[Verified]:
    """The outcome for each timeline of a table, or of the one partition that `rows` holds."""
    async for partition in partitions(rows, head_key):
        yield Verified(partition.id, partition.entries, partition.broken())
