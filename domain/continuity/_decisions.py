"""What a restore does with each row. Pure: rows of the backup and rows that are there, side by side.

The one rule above all: a row that is newer than the backup is not overwritten, unless a person forces it, and
a row with a timeline never without an entry on that timeline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.continuity._entity import Entity, whole_number
from domain.continuity._ports import Put
from domain.continuity._timelines import HEADS
from domain.timeline import FIRST_ENTRY


class Fate(StrEnum):
    """What becomes of one row of the backup. Skipped is what is there already, exactly so."""

    CREATED = "created"
    OVERWRITTEN = "overwritten"
    SKIPPED = "skipped"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Decision:
    """One row's fate, with the write that it takes, or why it is a conflict."""

    row: Entity
    fate: Fate
    put: Put | None = None
    reason: str = ""


CHANGED_SINCE = "it was changed after the backup"
AGGREGATE_CHANGED = "its {main} was changed after the backup (version {live}, in the backup {kept})"
GROWN_APART = "its timeline has grown apart from the backup's"


def decide(
    *, table: str, rows: Sequence[Entity], live: Mapping[str, Entity], force: bool, exact: bool = False
) -> list[Decision]:
    """The fate of some rows of one partition, given the rows there (by key).

    For an aggregate (lead, customer, person) all rows of its partition must be given: they are one thing and
    share one version. With `exact`, for scratch tables, that is left aside.
    """
    by_itself = None if exact else _NEVER_BACK.get(table)
    if by_itself:
        return [_not_back(row, live.get(row.key), by_itself) for row in rows]
    main = None if exact else HEADS.get(table)
    if main is None or main not in live or all(row.key != main for row in rows):
        return [_row_by_itself(row, live.get(row.key), force=force) for row in rows]
    kept_main = next(row for row in rows if row.key == main)
    kept, there = whole_number(kept_main, "version") or 0, whole_number(live[main], "version") or 0
    if kept > there:
        return _rolled_forward(rows, live)
    if kept == there and live[main].same_as(kept_main):
        # The same version, so the same history: what is missing was lost, what differs was tampered with.
        return [_row_by_itself(row, live.get(row.key), force=False) for row in rows]
    reason = AGGREGATE_CHANGED.format(main=main, live=there, kept=kept)
    return [_beside_a_newer_one(row, live.get(row.key), reason) for row in rows]


_NEVER_BACK = {"counters": "next", "views": "version"}
"""Tables whose rows go forward only, force or not, and the column that tells how far they are: a counter set back
would give ids out again, and a summary is never older than it was (docs/tables.md)."""


def _not_back(row: Entity, there: Entity | None, column: str) -> Decision:
    ours, theirs = whole_number(row, column), whole_number(there, column) if there else None
    if there is None or ours is None or theirs is None:
        return _row_by_itself(row, there, force=False)
    return Decision(row, Fate.SKIPPED) if theirs >= ours else Decision(row, Fate.OVERWRITTEN, Put(row, there.etag))


def _row_by_itself(row: Entity, there: Entity | None, *, force: bool) -> Decision:
    if there is None:
        return _created(row)
    if there.same_as(row):
        return Decision(row, Fate.SKIPPED)
    if force or not _newer(there, row):
        return Decision(row, Fate.OVERWRITTEN, Put(row, there.etag))
    return Decision(row, Fate.CONFLICT, reason=CHANGED_SINCE)


def _newer(there: Entity, row: Entity) -> bool:
    """Whether what is there was written after what the backup has: by their versions, else by their times."""
    versions = whole_number(there, "version"), whole_number(row, "version")
    if versions[0] is not None and versions[1] is not None and versions[0] != versions[1]:
        return versions[0] > versions[1]
    # The storage writes fractions without zeros at their end; without the Z, texts sort as times do.
    return there.timestamp.removesuffix("Z") > row.timestamp.removesuffix("Z")


def _rolled_forward(rows: Sequence[Entity], live: Mapping[str, Entity]) -> list[Decision]:
    """What is there is an older state of the same aggregate, as after losing the last writes of a region."""
    apart = any(
        row.key.startswith(FIRST_ENTRY) and row.key in live and not live[row.key].same_as(row) for row in rows
    )
    if apart:
        return [_beside_a_newer_one(row, live.get(row.key), GROWN_APART) for row in rows]
    return [_row_by_itself(row, live.get(row.key), force=True) for row in rows]


def _beside_a_newer_one(row: Entity, there: Entity | None, reason: str) -> Decision:
    """History that is missing is put back; anything else could contradict what has happened since."""
    if there is not None and there.same_as(row):
        return Decision(row, Fate.SKIPPED)
    if there is None and row.key.startswith(FIRST_ENTRY) and reason != GROWN_APART:
        return _created(row)
    return Decision(row, Fate.CONFLICT, reason=reason)


def _created(row: Entity) -> Decision:
    return Decision(row, Fate.CREATED, Put(Entity(row.partition, row.key, row.columns)))
