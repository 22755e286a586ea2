"""The one way in which a customer's row is changed: read, decide, store with the timeline entries, at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from domain import notifications
from domain.customers._model import Customer, Profile, plain
from domain.customers._rows import CUSTOMER_ROW, PROOF, TABLE, customer_from_row, customer_to_values
from domain.customers.errors import CustomerNotFound
from domain.errors import DomainError
from domain.notifications import Announcement
from domain.ports import Ports
from domain.store import Create, Delete, Replace, Row, RowChanged, RowExists, StorageUnavailable, Store, Write
from domain.timeline import Act, Entry, Note, VersionStale, changes_between, entry_to_write, stamped, with_changes
from domain.values import PhoneNumber, iso

_ATTEMPTS = 24


@dataclass(frozen=True)
class CustomerDecision:
    """What a use case decided: the customer as it shall be, what to enter, and other rows of its partition."""

    customer: Customer
    notes: tuple[Note, ...]
    writes: tuple[Write, ...] = ()


Decide = Callable[[Customer], CustomerDecision | None]
"""Pure: refuses by raising, or returns None if there is nothing to change."""


async def change_customer(
    *,
    ports: Ports,
    customer_id: str,
    act: Act,
    decide: Decide,
    known: Row | None = None,
    news: Announcement | None = None,
) -> Customer:
    """Carry out a decision in one transaction of the customer: two hops, one if its row is `known`.

    On a storage conflict the use case decides again on fresh rows. With `act.proof` the change lands once,
    however often it is carried out. Whom its entries concern is told after the answer; `news` is the
    announcement if it has begun already. Raises what `decide` raises, CustomerNotFound, StorageUnavailable.
    """
    news = news or announcement(ports=ports, customer_id=customer_id, act=act)
    try:
        return await _decide_and_commit(
            ports=ports, customer_id=customer_id, act=act, decide=decide, known=known, news=news
        )
    except StorageUnavailable:
        raise  # whether the change landed isn't known: a marker stays for the sweep
    except DomainError:
        news.drop()
        raise


def announcement(*, ports: Ports, customer_id: str, act: Act) -> Announcement:
    """The news that an act may enter on a customer's timeline."""
    return Announcement(ports, TABLE, customer_id, act)


async def _decide_and_commit(
    *, ports: Ports, customer_id: str, act: Act, decide: Decide, known: Row | None, news: Announcement
) -> Customer:
    for attempt in range(_ATTEMPTS):
        row, landed = await asyncio.gather(
            _read(ports.store, customer_id, known), _has_landed(ports.store, customer_id, act)
        )
        known = None
        customer = customer_from_row(row)
        if landed:
            news.tell_again()
            return customer
        try:
            decision = decide(customer)
        except DomainError as refusal:
            # The row may have been read after the change landed, and the proof before.
            if act.proof and await _has_landed(ports.store, customer_id, act):
                continue
            if isinstance(refusal, VersionStale):
                raise await with_changes(refusal, store=ports.store, table=TABLE, partition=customer_id) from None
            raise
        if decision is None:
            news.drop()
            return customer
        await news.certain(*(note.action for note in decision.notes))
        writes, after, entries = _transaction(customer, row.etag, decision, act)
        try:
            await ports.store.commit(table=TABLE, partition=customer_id, writes=writes, write_id=act.write_id)
        except (RowChanged, RowExists):
            await ports.pause(attempt)
            continue
        parts = ((write.key, write.values) for write in decision.writes if not isinstance(write, Delete))
        news.tell(entries, notifications.state_of(plain(after), parts))
        return after
    raise StorageUnavailable("Too many people are changing this customer at this moment. Try again.", retry_after=1)


async def _read(store: Store, customer_id: str, known: Row | None) -> Row:
    row = known or await store.get(table=TABLE, partition=customer_id, key=CUSTOMER_ROW)
    if row is None:
        raise CustomerNotFound(f"There is no customer {customer_id[:40]}.")
    return row


async def _has_landed(store: Store, customer_id: str, act: Act) -> bool:
    if act.proof is None:
        return False
    return await store.get(table=TABLE, partition=customer_id, key=PROOF + act.proof) is not None


def _transaction(
    before: Customer, etag: str, decision: CustomerDecision, act: Act
) -> tuple[list[Write], Customer, tuple[Entry, ...]]:
    after, entries = stamped(decision.customer, before=before, plain=plain, act=act, notes=decision.notes)
    writes: list[Write] = [Replace(CUSTOMER_ROW, customer_to_values(after), etag), *decision.writes]
    if act.proof:
        writes.append(Create(PROOF + act.proof, {"at": iso(act.at)}))
    return [*writes, *(entry_to_write(e) for e in entries)], after, entries


def creation(
    *,
    customer_id: str,
    phone: PhoneNumber | None,
    profile: Profile,
    act: Act,
    reachable_at: PhoneNumber | None = None,
    reachable_through: str | None = None,
) -> tuple[Customer, tuple[Write, ...]]:
    """A new customer, and the writes that store it with its first entry."""
    customer = Customer(
        id=customer_id,
        phone=phone,
        profile=profile,
        created_at=act.at,
        reachable_at=reachable_at,
        reachable_through=reachable_through,
    )
    changes = changes_between({}, plain(customer))
    note = Note("CustomerCreated", f"{act.actor.name} brought the customer in", changes=changes)
    customer, entries = stamped(customer, before=None, plain=plain, act=act, notes=[note])
    return customer, (Create(CUSTOMER_ROW, customer_to_values(customer)), *(entry_to_write(e) for e in entries))
