"""Reads of customers."""

from __future__ import annotations

from dataclasses import dataclass

from domain.customers._model import Customer
from domain.customers._rows import (
    AFTER_LINKS,
    CUSTOMER_ROW,
    LINK,
    TABLE,
    LeadLink,
    customer_from_row,
    link_from_row,
)
from domain.customers.errors import CustomerNotFound
from domain.store import Row, Store
from domain.timeline import FIRST_ENTRY, Entry, entry_from_row

_LONGEST_CHAIN = 50
"""Merges of merges of …: more than anybody makes by hand, and an end for a chain that would bite its tail."""


@dataclass(frozen=True)
class CustomerFile:
    """A customer, the row that it was read from, and the links to its leads."""

    customer: Customer
    row: Row
    links: tuple[LeadLink, ...]


async def read_customer(*, store: Store, customer_id: str) -> Customer | None:
    """The customer with exactly this id, merged or not, or None: one request."""
    row = await store.get(table=TABLE, partition=customer_id, key=CUSTOMER_ROW) if _is_id(customer_id) else None
    return customer_from_row(row) if row else None


async def customer_by_id(*, store: Store, customer_id: str) -> Customer | None:
    """The customer with this id, or the one that it was merged into: one request, one more for each merge."""
    for _ in range(_LONGEST_CHAIN):
        found = await read_customer(store=store, customer_id=customer_id)
        if found is None or found.merged_into is None:
            return found
        customer_id = found.merged_into
    return None


async def customer_file(*, store: Store, customer_id: str) -> CustomerFile:
    """The customer, or the one that it was merged into, with its links: one request, one more for each merge.

    Raises CustomerNotFound.
    """
    sought = customer_id
    for _ in range(_LONGEST_CHAIN if _is_id(customer_id) else 0):
        scan = store.scan(table=TABLE, partition=sought, first=CUSTOMER_ROW, before=AFTER_LINKS)
        rows = {row.key: row async for row in scan}
        row = rows.get(CUSTOMER_ROW)
        if row is None:
            break
        customer = customer_from_row(row)
        if customer.merged_into is None:
            links = tuple(link_from_row(r) for key, r in rows.items() if key.startswith(LINK))
            return CustomerFile(customer, row, links)
        sought = customer.merged_into
    raise CustomerNotFound(f"There is no customer {customer_id[:40]}, or it isn't yours.")


async def links_of(*, store: Store, customer_id: str) -> tuple[LeadLink, ...]:
    """The links in the partition of exactly this id, in key order: one request."""
    rows = store.scan(table=TABLE, partition=customer_id, first=LINK, before=AFTER_LINKS)
    return tuple([link_from_row(row) async for row in rows])


async def leads_of(*, store: Store, customer_id: str) -> tuple[str, ...]:
    """The ids of a customer's leads, in key order: one request. A lead may have left the customer since."""
    return tuple(link.lead_id for link in await links_of(store=store, customer_id=customer_id))


async def records_of(*, store: Store, customer: Customer) -> tuple[str, ...]:
    """The ids of all records that stand for this person: its own and those merged into it, merges of merges
    too. Whatever else is kept in a customer's partition (KYC) is found under all of them."""
    found, left = [customer.id], list(customer.absorbed)
    while left and len(found) < _LONGEST_CHAIN:
        found.append(left.pop(0))
        other = await read_customer(store=store, customer_id=found[-1])
        left += other.absorbed if other else ()
    return tuple(found)


async def timeline_of(*, store: Store, customer: Customer) -> tuple[tuple[str, Entry], ...]:
    """The entries of all records that stand for this person, oldest first, each with its record's id."""
    entries = [
        (customer_id, entry_from_row(row))
        for customer_id in await records_of(store=store, customer=customer)
        async for row in store.scan(table=TABLE, partition=customer_id, first=FIRST_ENTRY)
    ]
    return tuple(sorted(entries, key=lambda said: (said[1].at, said[0], said[1].version, said[1].sequence)))


def _is_id(text: str) -> bool:
    """Whether this could be a customer's id, so that nothing odd reaches storage as a key."""
    number = text.removeprefix("CUST-")
    return text.startswith("CUST-") and number.isascii() and number.isdigit() and len(number) <= 15
