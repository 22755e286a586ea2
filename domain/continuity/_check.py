"""Checking all data: what holds within each aggregate, and what holds between tables. Pure; memory stays flat.

Tables are streamed partition by partition. Between tables only sums of digests are kept; where they differ, the
tables are streamed again, and only what differs is kept. That is done twice, and what both times show is told:
so changes that are made meanwhile aren't taken for faults.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

from domain import commissions, customers, leads
from domain.continuity._invariants import (
    Rule,
    Violation,
    broken_in_catalogue,
    broken_in_partition,
    file_of,
    timeline_violation,
)
from domain.continuity._tally import Tally, is_in
from domain.continuity._timelines import HEADS, UNREADABLE, Partition, partitions
from domain.leads import LeadFile
from domain.store import Row

Tables = Callable[[str], AsyncIterator[Row]]
"""All rows of a table in the order of their keys, streamed anew at each call."""

_LOOKS = 2


@dataclass(frozen=True)
class Item:
    """Something that one table says and another has to say too. `ids` name it without personal data."""

    rule: Rule
    ids: tuple[str, ...]
    content: str

    @property
    def text(self) -> str:
        """All of it, for comparing."""
        return json.dumps([self.ids, self.content])


@dataclass
class _Sides:
    """What is needed and what is found, of the items in some buckets."""

    needed: set[Item] = field(default_factory=set)
    found: set[Item] = field(default_factory=set)


async def violations(tables: Tables, *, looks: int = _LOOKS) -> AsyncIterator[Violation]:
    """Every rule that doesn't hold, as it is found. One look is enough where nobody writes."""
    tallies = {rule: Tally() for rule in (Rule.PHONE, Rule.VIEWS, Rule.UTR)}
    marked = await _marked(tables)
    for table, head in HEADS.items():
        async for partition in partitions(tables(table), head):
            for violation in _within(table, partition):
                yield violation
            for item in _needed(table, partition, marked):
                tallies[item.rule].needed(item.text)
    async for item in _found(tables, marked):
        tallies[item.rule].found(item.text)
    suspects = {rule: tally.suspects for rule, tally in tallies.items()}
    if any(suspects.values()):
        taken = [await _look(tables, suspects) for _ in range(looks)]
        for violation in sorted(set.intersection(*taken)):
            yield violation


def _within(table: str, partition: Partition) -> list[Violation]:
    if table == "leads":
        return broken_in_partition(partition)
    if table == "masterdata":
        return broken_in_catalogue(partition)
    return [timeline_violation(partition)] if partition.broken() else []


async def _look(tables: Tables, suspects: dict[Rule, frozenset[int]]) -> set[Violation]:
    """Stream the tables again and keep the items of the suspicious buckets."""
    marked = await _marked(tables)
    sides = {rule: _Sides() for rule in suspects}
    for table, head in HEADS.items():
        async for partition in partitions(tables(table), head):
            for item in _needed(table, partition, marked):
                if is_in(item.text, suspects[item.rule]):
                    sides[item.rule].needed.add(item)
    async for item in _found(tables, marked):
        if is_in(item.text, suspects[item.rule]):
            sides[item.rule].found.add(item)
    marked |= await _marked(tables)
    return {v for rule, side in sides.items() for v in _differences(rule, side) if v.ids[0] not in marked}


def _differences(rule: Rule, sides: _Sides) -> Iterator[Violation]:
    for item in sides.needed - sides.found:
        yield Violation(rule, item.ids, _MISSING[rule])
    # A claim that counts for nothing is what a crash may leave, and is harmless (design.md §3). A view isn't.
    named = {item.ids for item in sides.needed - sides.found}
    for item in sides.found - sides.needed:
        if rule is Rule.VIEWS and item.ids not in named:
            yield Violation(rule, item.ids, "the view shows a lead that doesn't belong there")


_MISSING = {
    Rule.PHONE: "the phone has no claim, or another customer's",
    Rule.VIEWS: "the view lacks the lead, or shows another version of it",
    Rule.UTR: "the UTR has no claim, or another commission's",
}


async def _marked(tables: Tables) -> set[str]:
    """The leads whose views may be behind, since a change of theirs is under way or wasn't finished; and the
    imports that are under way."""
    marked: set[str] = set()
    async for row in tables(leads.VIEWS):
        if row.partition == leads.PENDING:
            marked.add(row.key.partition(":")[0])
        elif name := leads.hidden_by(row):
            marked.add(name)
    return marked


def _needed(table: str, partition: Partition, marked: set[str]) -> Iterator[Item]:
    """What the other tables have to say, given this partition."""
    head = partition.head
    if table == "customers" and head and "phone" in head.values:
        yield Item(Rule.PHONE, (partition.id,), str(head.values["phone"]))
    if table != "leads" or head is None:
        return
    try:
        file = file_of(partition)
        items = [] if file is None else [*_views_of(file), *_utrs_of(file)]
    except UNREADABLE:
        return  # told already
    moving = not marked.isdisjoint((partition.id, head.values.get("import")))
    yield from (i for i in items if i.rule is not Rule.VIEWS or not moving)


def _views_of(file: LeadFile) -> Iterator[Item]:
    for place, values in leads.view_rows(file.lead, file.parts).items():
        yield Item(Rule.VIEWS, (file.lead.id, place), json.dumps(dict(values), sort_keys=True))


def _utrs_of(file: LeadFile) -> Iterator[Item]:
    for commission in commissions.commissions_in(file):
        if commission.payout:
            yield Item(Rule.UTR, (commission.id,), commission.payout.payment.utr.text)


async def _found(tables: Tables, marked: set[str]) -> AsyncIterator[Item]:
    """What the tables of claims and views say."""
    async for row in tables(customers.PHONES):
        if row.key == customers.CLAIM_ROW:
            yield Item(Rule.PHONE, (str(row.values.get("customerId")),), row.partition)
    async for row in tables(commissions.UTRS):
        yield Item(Rule.UTR, (str(row.values.get("commissionId")),), row.partition)
    async for row in tables(leads.VIEWS):
        if leads.shows_a_lead(row) and marked.isdisjoint((row.key, row.values.get("import"))):
            values = {name: value for name, value in row.values.items() if name != "writeId"}
            yield Item(Rule.VIEWS, (row.key, row.partition), json.dumps(values, sort_keys=True))
