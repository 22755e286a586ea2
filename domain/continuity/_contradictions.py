"""Whether the data in a backup contradicts itself: the invariants of `check_data`, over the copy. Reads only.

The copy is streamed part by part, as often as `violations` streams the tables. Each partition in it is of one
moment, but two tables are not: what was written after the backup began may be in one and not in the other. So a
difference between tables counts only if nothing that it concerns was written since.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from domain import customers, jobs, leads, quotations
from domain.continuity._aftermath import CLOCKS_DIFFER
from domain.continuity._check import violations
from domain.continuity._entity import Entity, entity_of, row_of, text_of
from domain.continuity._invariants import Violation
from domain.continuity._manifest import TABLE, Manifest
from domain.continuity._ports import Engine
from domain.continuity._progress import Progress
from domain.continuity._timelines import HEADS
from domain.continuity._vault import fetch_part, lines_of
from domain.store import Row
from domain.values import day_in_india, iso, lead_of, owner_of_document

_MOST_NAMED = 1_000


@dataclass
class Contradictions:
    """What was found: how many, and the first of them."""

    count: int = 0
    named: list[Violation] = field(default_factory=list)

    def add(self, violation: Violation) -> None:
        """One more."""
        self.count += 1
        if len(self.named) < _MOST_NAMED:
            self.named.append(violation)


async def contradictions_in(*, engine: Engine, manifest: Manifest) -> Contradictions:
    """Every rule that doesn't hold in this backup. Raises BackupDamaged, BackupFailed."""
    copy, found = _Copy(engine, manifest), Contradictions()
    async for violation in violations(copy.table, looks=1, today=day_in_india(manifest.taken)):
        if copy.tells(violation):
            found.add(violation)
    return found


class _Copy:
    """The tables as a backup has them. `moving` are the ids of what was written while it was made: as many as
    there were writes in that time, whatever the size of the tables."""

    def __init__(self, engine: Engine, manifest: Manifest) -> None:
        self._engine, self._manifest = engine, manifest
        self._since = iso(manifest.taken - CLOCKS_DIFFER)
        self._began, self._rows = engine.now(), 0
        self.moving: set[str] = set()

    async def table(self, name: str) -> AsyncIterator[Row]:
        """All rows of a table, in order; none if the backup doesn't have it."""
        series = self._manifest.one(TABLE, name)
        for part in series.parts if series else ():
            content = await fetch_part(engine=self._engine, part=part)
            for line in lines_of(content, part):
                entity = entity_of(line)
                if entity.timestamp >= self._since:
                    self._note(name, entity)
                yield row_of(entity)
            self._rows += part.lines
            seconds = (self._engine.now() - self._began).total_seconds()
            self._engine.tell(Progress("checking the data of", name, self._rows, 0, 0, seconds))

    def tells(self, violation: Violation) -> bool:
        """Whether that is so in the data, and not only because two tables were read one after the other."""
        if not violation.table:
            return True
        return self._manifest.one(TABLE, violation.table) is not None and violation.ids[0] not in self.moving

    def _note(self, table: str, entity: Entity) -> None:
        self.moving.update(_concerned(table, entity))


def _concerned(table: str, entity: Entity) -> Iterable[str]:
    """The ids of what a row is about."""
    if table in HEADS:
        yield entity.partition
        yield entity.key.removeprefix(customers.LINK)
    elif table == leads.VIEWS:
        yield leads.lead_in(row_of(entity)) or ""
        yield owner_of_document(entity.key) or ""
    elif table == quotations.EXPIRIES:
        yield lead_of(entity.key) or ""
    elif table == jobs.TABLE:
        yield from json.loads(text_of(entity, "ids") or "[]")
    else:
        for column in ("customerId", "commissionId", "personId"):
            yield text_of(entity, column) or ""
