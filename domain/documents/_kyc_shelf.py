"""KYC documents of a customer: rows `kyc:<id>` of its partition, each type approved at most once (domain.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace

from domain import customers
from domain.customers import Customer, CustomerDecision, CustomerNotFound
from domain.documents._model import Document, DocumentStatus, Filing, Folder, closed, note_of
from domain.documents._rows import document_from_row, document_write
from domain.documents._shelf import Decide, in_order, stamped
from domain.documents.errors import KycLocked
from domain.errors import DomainError
from domain.leads import CustomerSeen, customer_of_actor
from domain.notifications import Announcement
from domain.ports import Ports
from domain.store import Row, StorageUnavailable, Store, is_key
from domain.timeline import Act, Note
from domain.values import Actor, Role

PREFIX = "kyc:"
_AFTER = "kyc;"
_CUSTOMER_ROW = "customer"
_ATTEMPTS = 24
_REPLACEABLE = frozenset({DocumentStatus.UPLOADED, DocumentStatus.REJECTED})


@dataclass(frozen=True)
class Records:
    """A customer's row and the rows of its KYC documents, as one read found them."""

    customer: Customer
    row: Row
    rows: dict[str, Row]

    def folder(self, hidden: frozenset[str] = frozenset()) -> Folder:
        """All of the customer's KYC documents, oldest first; those in `hidden` count, and can't be named."""
        documents = in_order(document_from_row(PREFIX, row) for row in self.rows.values())
        return Folder(self.customer.id, self.customer.version, documents, hidden)


@dataclass(frozen=True)
class KycShelf:
    """The KYC documents of customers. What `found` holds needn't be read again for the first attempt. A change
    that `announces` is one that somebody is told of, so that the marker for that goes out beside the reads."""

    found: tuple[CustomerSeen | None, Records] | None = None
    announces: bool = False

    async def folder(self, *, store: Store, owner: str, actor: Actor) -> Folder:
        """All KYC documents in the partition of a customer that is the actor's own: two hops.

        Raises CustomerNotFound.
        """
        seen, records = await asyncio.gather(_seen(store, owner, actor), read_records(store, owner))
        return records.folder(hidden_from(actor, seen, records.folder().documents))

    async def change(self, *, ports: Ports, owner: str, act: Act, decide: Decide) -> tuple[Folder, str | None]:
        """One transaction of the customer: three hops, one if all was read already."""
        news = customers.announcement(ports=ports, customer_id=owner, act=act)
        if self.announces:
            news.expect()
        try:
            return await self._changed(ports, owner, act, decide, news)
        except StorageUnavailable:
            raise  # whether the change landed isn't known: the marker stays for the sweep
        except DomainError:
            news.drop()
            raise

    async def _changed(
        self, ports: Ports, owner: str, act: Act, decide: Decide, news: Announcement
    ) -> tuple[Folder, str | None]:
        for attempt in range(_ATTEMPTS):
            if self.found and attempt == 0:
                seen, records = self.found
            else:
                seen, records = await asyncio.gather(
                    _seen(ports.store, owner, act.actor), read_records(ports.store, owner)
                )
            folder = records.folder(hidden_from(act.actor, seen, records.folder().documents))
            change = _Change(records, folder, decide)
            try:
                await customers.change_customer(
                    ports=ports, customer_id=owner, act=act, decide=change, known=records.row, news=news
                )
            except Moved:
                await ports.pause(attempt)
                continue
            if change.after is not None:
                return change.after, change.result
            return (await read_records(ports.store, owner)).folder(folder.hidden), None
        raise StorageUnavailable(
            "Too many people are changing this customer at this moment. Try again.", retry_after=1
        )

    def finished(self, folder: Folder, document: Document, act: Act) -> Filing:
        """It waits for its review, and replaces what was there of its type and isn't approved."""
        same = [d for d in folder.documents if d.doc_type == document.doc_type and d.id != document.id]
        check_not_locked(same)
        before = folder.get(document.id)
        said = f"{document.requested_by_name} uploaded KYC document {document.id} ({document.doc_type})"
        filed, notes = [document], [note_of(before, document, "KycUploaded", said)]
        for old in same:
            if old.status in _REPLACEABLE:
                gone, note = _superseded(old, document, act)
                filed.append(gone)
                notes.append(note)
        return Filing(tuple(filed), tuple(notes))


class _Change:
    """The decision on one customer's row, which holds only as long as that row is the one that was read."""

    def __init__(self, records: Records, folder: Folder, decide: Decide) -> None:
        self._records, self._folder, self._decide = records, folder, decide
        self.after: Folder | None = None
        self.result: str | None = None

    def __call__(self, customer: Customer) -> CustomerDecision | None:
        if customer.version != self._records.customer.version:
            raise Moved
        filing = self._decide(self._folder)
        if filing is None:
            self.after = self._folder
            return None
        documents = stamped(filing, customer.version + 1)
        changed = {d.id: d for d in (*self._folder.documents, *documents)}
        self.after = replace(self._folder, version=customer.version + 1, documents=in_order(changed.values()))
        self.result = filing.result
        rows = self._records.rows
        writes = tuple(document_write(PREFIX, d, rows.get(PREFIX + d.id)) for d in documents)
        return CustomerDecision(customer, filing.notes, writes)


class Moved(Exception):
    """The customer has changed since its documents were read. Never leaves this module."""


async def read_records(store: Store, customer_id: str) -> Records:
    """The customer with exactly this id and its KYC documents: one request. Raises CustomerNotFound."""
    if not is_key(customer_id):
        raise _not_found(customer_id)
    scan = store.scan(table=customers.TABLE, partition=customer_id, first=_CUSTOMER_ROW, before=_AFTER)
    rows = {row.key: row async for row in scan}
    row = rows.get(_CUSTOMER_ROW)
    if row is None:
        raise _not_found(customer_id)
    kyc = {key: found for key, found in rows.items() if key.startswith(PREFIX)}
    return Records(customers.customer_from_row(row), row, kyc)


async def look(*, store: Store, customer_id: str, actor: Actor) -> tuple[CustomerSeen, Records]:
    """A customer that is the actor's own (or the one it was merged into) and its KYC documents: two hops.

    Raises CustomerNotFound.
    """
    seen, records = await asyncio.gather(
        customer_of_actor(store=store, customer_id=customer_id, actor=actor), read_records(store, customer_id)
    )
    if seen.customer.id != customer_id:
        records = await read_records(store, seen.customer.id)
    return seen, records


async def _seen(store: Store, owner: str, actor: Actor) -> CustomerSeen | None:
    if actor.role is Role.SYSTEM:
        return None
    return await customer_of_actor(store=store, customer_id=owner, actor=actor)


def hidden_from(actor: Actor, seen: CustomerSeen | None, documents: Iterable[Document]) -> frozenset[str]:
    """A partner who didn't bring the customer in sees what came with its own leads, and nothing else: by
    registering a lead under somebody's phone it learns nothing of them (cases.md 29)."""
    if seen is None or seen.whole:
        return frozenset()
    own = {file.lead.id for file in seen.files}
    return frozenset(d.id for d in documents if d.lead_id not in own and d.requested_by != actor.id)


def check_not_locked(documents: Iterable[Document]) -> None:
    """Raise KycLocked if one of them is approved."""
    for document in documents:
        if document.status is DocumentStatus.APPROVED:
            raise KycLocked(
                f"The {document.doc_type} document is approved and can't be replaced.",
                details={"docId": document.id},
            )


def _superseded(old: Document, new: Document, act: Act) -> tuple[Document, Note]:
    after = replace(
        closed(old, DocumentStatus.SUPERSEDED, act), reason=old.reason or f"{new.id} was uploaded instead"
    )
    said = f"KYC document {old.id} was replaced by {new.id}"
    return after, note_of(old, after, "KycSuperseded", said)


def _not_found(customer_id: str) -> CustomerNotFound:
    return CustomerNotFound(f"There is no customer {customer_id[:40]}, or it isn't yours.")
