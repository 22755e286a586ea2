"""Rows of a table, whole partition by whole partition, as a backup may keep them.

An aggregate (lead, customer, person) is one partition, and a change of it one transaction. A walk takes the
table page by page, so a transaction that lands between two pages can be half-seen. Two signs tell: the
partition's rows came by more than one page, or its newest timeline entry is not of the version that its
main row has. Then that partition is read again, until the main row is the same before and after.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from domain.continuity._entity import Entity, whole_number
from domain.continuity._ports import Entities, Place
from domain.continuity._timelines import HEADS
from domain.timeline import FIRST_ENTRY

_READINGS = 5


@dataclass
class Walk:
    """What a walk met besides the rows. The partitions are named for the people who look into them."""

    reread: int = 0
    unsettled: list[str] = field(default_factory=list)

    def take(self) -> tuple[int, list[str]]:
        """What was met since the last time this was asked."""
        taken = (self.reread, self.unsettled)
        self.reread, self.unsettled = 0, []
        return taken


def contradiction(rows: Sequence[Entity], main: str) -> str | None:
    """What is wrong with an aggregate's rows taken together, or None."""
    version, newest = None, None
    for row in rows:
        if row.key == main:
            version = whole_number(row, "version")
        elif row.key.startswith(FIRST_ENTRY):
            newest = whole_number(row, "version")
    if version is None:
        return f"there is no row {main!r} with a version"
    if newest != version:
        return f"the row is of version {version}, its newest entry of {newest}"
    return None


async def settled(
    *, entities: Entities, table: str, after: Place | None, walk: Walk
) -> AsyncIterator[Sequence[Entity]]:
    """The rows in order: whole partitions of aggregates, else pages as they come; empty when a page ended."""
    main = HEADS.get(table)
    if main is None:
        async for page in entities.pages(table=table, after=after):
            yield page
        return
    held: list[Entity] = []
    straddles = False
    async for page in entities.pages(table=table, after=after):
        if held and page and held[0].partition == page[0].partition:
            straddles = True
        for row in page:
            if held and row.partition != held[0].partition:
                yield await _checked(entities, table, held, straddles, walk)
                held, straddles = [], False
            held.append(row)
        yield ()
    if held:
        yield await _checked(entities, table, held, straddles, walk)


async def _checked(
    entities: Entities, table: str, rows: Sequence[Entity], straddles: bool, walk: Walk
) -> Sequence[Entity]:
    main, partition = HEADS[table], rows[0].partition
    if not straddles and contradiction(rows, main) is None:
        return rows
    walk.reread += 1
    for _ in range(_READINGS):
        before = await entities.get(table=table, partition=partition, key=main)
        rows = [row async for page in entities.pages(table=table, partition=partition) for row in page]
        now = await entities.get(table=table, partition=partition, key=main)
        unchanged = (before.etag if before else None) == (now.etag if now else None)
        if unchanged and (not rows or contradiction(rows, main) is None):
            return rows
        if unchanged:
            break  # nobody is writing: so it is stored like that
    walk.unsettled.append(partition)
    return rows
