"""What one table says and another has to say too: the items that `_check` compares. Pure; nothing is kept.

All that is written beside an aggregate in another partition, and that its readers rely on, has a rule here
(docs/tables.md, "Written beside").
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from domain import commissions, customers, documents, identity, jobs, leads, quotations
from domain.continuity._invariants import Rule, file_of
from domain.continuity._timelines import UNREADABLE, Partition
from domain.leads import LeadFile
from domain.store import Row
from domain.values import lead_of, owner_of_document

Tables = Callable[[str], AsyncIterator[Row]]
"""All rows of a table in the order of their keys, streamed anew at each call."""

MISSING: Mapping[Rule, str] = {
    Rule.PHONE: "the phone has no claim, or another customer's",
    Rule.VIEWS: "the view lacks the lead, or shows another version of it",
    Rule.UTR: "the UTR has no claim, or another commission's",
    Rule.LINK: "its customer isn't there, or has no link to it",
    Rule.EXPIRY: "it isn't in the index, so the timer won't enter it as Expired",
    Rule.UPLOAD: "it has no marker, so nobody checks or gives up its upload",
    Rule.SIGN_IN: "the claim isn't there, or another person's",
    Rule.IMPORT: "the lead isn't there",
}
"""What it means that the other table doesn't say it."""


@dataclass(frozen=True)
class Item:
    """Something that one table says and another has to say too. `ids` name it without personal data, `table` is
    the other one."""

    rule: Rule
    ids: tuple[str, ...]
    content: str
    table: str

    @property
    def text(self) -> str:
        """All of it, for comparing."""
        return json.dumps([self.ids, self.content])


def needed(table: str, partition: Partition, marked: Collection[str], today: date | None) -> Iterator[Item]:
    """What the other tables have to say, given this partition."""
    head = partition.head
    if head is None:
        return
    try:
        yield from _NEEDED[table](partition, head, marked, today) if table in _NEEDED else ()
    except UNREADABLE:
        return  # told already


def met(table: str, partition: Partition, marked: Collection[str]) -> Iterator[Item]:
    """What an aggregate's partition says that another table needs."""
    if table == customers.TABLE:
        links = [key.removeprefix(customers.LINK) for key in partition.rows if key.startswith(customers.LINK)]
        yield from (_link(lead_id, partition.id) for lead_id in links if lead_id not in marked)
    if table == leads.TABLE and partition.head and "import" in partition.head.values:
        yield _imported(partition.id, str(partition.head.values["import"]).partition("|")[2])


async def noted(tables: Tables) -> AsyncIterator[Item]:
    """What else the leads have to say: that those of an import are there."""
    async for row in tables(jobs.TABLE):
        if row.key.startswith(f"{jobs.STORED}:"):
            for lead_id in json.loads(str(row.values["ids"])):
                yield _imported(lead_id, row.partition)


async def found(tables: Tables, marked: Collection[str]) -> AsyncIterator[Item]:
    """What the tables of claims, indexes and views say."""
    for table in identity.CLAIM_TABLES:  # customers' claims are in one of them
        async for row in tables(table):
            if (table, row.key) == (customers.PHONES, customers.CLAIM_ROW):
                yield Item(Rule.PHONE, (str(row.values.get("customerId")),), row.partition, table)
            elif person := identity.claimed_in(row):
                yield _sign_in(person, table, row.partition)
    async for row in tables(commissions.UTRS):
        yield Item(Rule.UTR, (str(row.values.get("commissionId")),), row.partition, commissions.UTRS)
    async for row in tables(quotations.EXPIRIES):
        yield _expiry(row.key, row.partition)
    async for row in tables(leads.VIEWS):
        if row.partition == documents.UPLOADS:
            yield _upload(row.key)
        elif leads.shows_a_lead(row) and not _moving(row.key, row, marked):
            values = {name: value for name, value in row.values.items() if name != "writeId"}
            yield _view(row.key, row.partition, values)


async def marked_in(tables: Tables) -> set[str]:
    """The leads of which a change is under way or wasn't finished, so that what follows from it may be behind; and
    the imports that are under way."""
    marked: set[str] = set()
    async for row in tables(leads.VIEWS):
        if row.partition == leads.PENDING:
            marked.add(row.key.partition(":")[0])
        elif name := leads.hidden_by(row):
            marked.add(name)
    return marked


def _moving(lead_id: str, row: Row, marked: Collection[str]) -> bool:
    return lead_id in marked or row.values.get("import") in marked


def _of_lead(partition: Partition, head: Row, marked: Collection[str], today: date | None) -> Iterator[Item]:
    file = file_of(partition)
    if file is None:
        return
    for commission in commissions.commissions_in(file):
        if commission.payout:
            utr = commission.payout.payment.utr.text
            yield Item(Rule.UTR, (commission.id,), utr, commissions.UTRS)
    yield from _uploads(partition)
    if not _moving(partition.id, head, marked):
        yield from _following(file, today)


def _following(file: LeadFile, today: date | None) -> Iterator[Item]:
    """What is written after the answer, before the lead's marker goes."""
    yield _link(file.lead.id, file.lead.customer_id)
    for quotation_id, day in quotations.expiries_needed(file, today=today):
        yield _expiry(quotation_id, day.isoformat())
    for place, values in leads.view_rows(file.lead, file.parts).items():
        yield _view(file.lead.id, place, values)


def _of_customer(partition: Partition, head: Row, marked: Collection[str], today: date | None) -> Iterator[Item]:
    if "phone" in head.values:
        yield Item(Rule.PHONE, (partition.id,), str(head.values["phone"]), customers.PHONES)
    yield from _uploads(partition)


def _of_person(partition: Partition, head: Row, marked: Collection[str], today: date | None) -> Iterator[Item]:
    for place in identity.claims_needed(identity.person_from_row(head)):
        yield _sign_in(partition.id, place.table, place.partition)


_NEEDED = {leads.TABLE: _of_lead, customers.TABLE: _of_customer, identity.PEOPLE: _of_person}


def _uploads(partition: Partition) -> Iterator[Item]:
    for document_id, _ in documents.awaited_in(partition.rows.values()):
        yield _upload(document_id)


def _link(lead_id: str, customer_id: str) -> Item:
    return Item(Rule.LINK, (lead_id, customer_id), "", customers.TABLE)


def _expiry(quotation_id: str, day: str) -> Item:
    return Item(Rule.EXPIRY, (lead_of(quotation_id) or "", quotation_id), day, quotations.EXPIRIES)


def _upload(document_id: str) -> Item:
    return Item(Rule.UPLOAD, (owner_of_document(document_id) or "", document_id), "", leads.VIEWS)


def _sign_in(person_id: str, table: str, what: str) -> Item:
    return Item(Rule.SIGN_IN, (person_id, table), what, table)


def _imported(lead_id: str, job_id: str) -> Item:
    return Item(Rule.IMPORT, (lead_id, job_id), "", leads.TABLE)


def _view(lead_id: str, place: str, values: Mapping[str, object]) -> Item:
    return Item(Rule.VIEWS, (lead_id, place), json.dumps(dict(values), sort_keys=True), leads.VIEWS)
