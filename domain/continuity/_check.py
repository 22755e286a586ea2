"""Checking all data: what holds within each aggregate, and what holds between tables. Pure; memory stays flat.

Tables are streamed partition by partition. Between tables only sums of digests are kept (and nine bytes for each
quotation that may expire, since its index also has rows that nobody needs); where they differ, the
tables are streamed again, and only what differs is kept. That is done twice, and what both times show is told:
so changes that are made meanwhile aren't taken for faults.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from domain.continuity._counterparts import MISSING, Item, Tables, found, marked_in, met, needed, noted
from domain.continuity._invariants import (
    Rule,
    Violation,
    broken_in_catalogue,
    broken_in_partition,
    timeline_violation,
)
from domain.continuity._tally import Tally, Unmet, is_in
from domain.continuity._timelines import HEADS, Partition, partitions

_LOOKS = 2


@dataclass
class _Sides:
    """What is needed and what is found, of the items in some buckets."""

    needed: set[Item] = field(default_factory=set)
    found: set[Item] = field(default_factory=set)


async def violations(tables: Tables, *, looks: int = _LOOKS, today: date | None = None) -> AsyncIterator[Violation]:
    """Every rule that doesn't hold, as it is found. One look is enough where nobody writes. `today` (India) is for
    quotations that weren't shared yet: without it, it isn't asked whether the timer will find them."""
    compared: dict[Rule, Tally | Unmet] = {rule: Tally() for rule in MISSING}
    compared[Rule.EXPIRY] = Unmet()
    marked = await marked_in(tables)
    for table, head in HEADS.items():
        async for partition in partitions(tables(table), head):
            for violation in _within(table, partition):
                yield violation
            for item in needed(table, partition, marked, today):
                compared[item.rule].needed(item.text)
            for item in met(table, partition, marked):
                compared[item.rule].found(item.text)
    async for item in noted(tables):
        compared[item.rule].needed(item.text)
    async for item in found(tables, marked):
        compared[item.rule].found(item.text)
    suspects = {rule: heap.suspects for rule, heap in compared.items()}
    if any(suspects.values()):
        taken = [await _look(tables, suspects, today) for _ in range(looks)]
        for violation in sorted(set.intersection(*taken)):
            yield violation


def _within(table: str, partition: Partition) -> list[Violation]:
    if table == "leads":
        return broken_in_partition(partition)
    if table == "masterdata":
        return broken_in_catalogue(partition)
    return [timeline_violation(partition)] if partition.broken() else []


async def _look(tables: Tables, suspects: dict[Rule, frozenset[int]], today: date | None) -> set[Violation]:
    """Stream the tables again and keep the items of the suspicious buckets."""
    marked = await marked_in(tables)
    sides = {rule: _Sides() for rule in suspects}

    def keep(items: Iterable[Item], side: Callable[[_Sides], set[Item]]) -> None:
        for item in items:
            if is_in(item.text, suspects[item.rule]):
                side(sides[item.rule]).add(item)

    for table, head in HEADS.items():
        async for partition in partitions(tables(table), head):
            keep(needed(table, partition, marked, today), _needed_side)
            keep(met(table, partition, marked), _found_side)
    async for item in noted(tables):
        keep([item], _needed_side)
    async for item in found(tables, marked):
        keep([item], _found_side)
    marked |= await marked_in(tables)
    return {v for rule, side in sides.items() for v in _differences(rule, side) if v.ids[0] not in marked}


def _needed_side(sides: _Sides) -> set[Item]:
    return sides.needed


def _found_side(sides: _Sides) -> set[Item]:
    return sides.found


def _differences(rule: Rule, sides: _Sides) -> Iterator[Violation]:
    for item in sides.needed - sides.found:
        yield Violation(rule, item.ids, MISSING[rule], item.table)
    # A claim, a link or an index row that counts for nothing is what a crash may leave, and is harmless
    # (design.md §3). A view isn't.
    named = {item.ids for item in sides.needed - sides.found}
    for item in sides.found - sides.needed:
        if rule is Rule.VIEWS and item.ids not in named:
            yield Violation(rule, item.ids, "the view shows a lead that doesn't belong there", item.table)
