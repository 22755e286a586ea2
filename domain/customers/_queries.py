"""Reads of customers."""

from __future__ import annotations

from domain.customers._model import CUSTOMER_ROW, LINK, TABLE, Customer, customer_from_row
from domain.store import Store


async def read_customer(*, store: Store, customer_id: str) -> Customer | None:
    """The customer with this id, or None: one request."""
    row = await store.get(table=TABLE, partition=customer_id, key=CUSTOMER_ROW)
    return customer_from_row(row) if row else None


customer_by_id = read_customer


async def leads_of(*, store: Store, customer_id: str) -> tuple[str, ...]:
    """The ids of a customer's leads, in key order: one request."""
    rows = store.scan(table=TABLE, partition=customer_id, first=LINK, before=LINK[:-1] + ";")
    return tuple([row.key.removeprefix(LINK) async for row in rows])
