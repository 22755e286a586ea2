"""The claim of a customer to a phone number: a row created only if there is none (design.md §3)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from domain.ports import Ports
from domain.store import Create, RowExists, StorageUnavailable, Store
from domain.timeline import Act
from domain.values import PhoneNumber

PHONES = "phones"
CLAIM_ROW = "customer"


@dataclass(frozen=True)
class PhoneClaim:
    """Which customer a phone belongs to; `new` if this very request claimed it."""

    phone: PhoneNumber
    customer_id: str
    new: bool


async def claim_phone(*, ports: Ports, phone: PhoneNumber, act: Act) -> PhoneClaim:
    """The customer of this phone, claimed for a new customer id if nobody has it: one hop, two requests.

    The insert and the read go out together, because either may be the one that is needed; whoever's insert
    comes first owns the phone (cases.md 18). Raises StorageUnavailable.
    """
    customer_id = f"CUST-{await ports.ids.next_number('customer')}"
    created, found = await asyncio.gather(
        _insert(ports.store, phone, customer_id, act), read_claim(store=ports.store, phone=phone)
    )
    if created:
        return PhoneClaim(phone, customer_id, new=True)
    owner = found or await read_claim(store=ports.store, phone=phone)
    if owner is None:
        raise StorageUnavailable("The phone number is being changed at this moment. Try again.", retry_after=1)
    return PhoneClaim(phone, owner, new=False)


async def _insert(store: Store, phone: PhoneNumber, customer_id: str, act: Act) -> bool:
    claim = Create(CLAIM_ROW, {"customerId": customer_id})
    write_id = f"{act.write_id}:{customer_id}"
    try:
        await store.commit(table=PHONES, partition=phone.e164, writes=[claim], write_id=write_id)
    except RowExists:
        return False
    return True


async def read_claim(*, store: Store, phone: PhoneNumber) -> str | None:
    """The id of the customer that claims this phone, or None."""
    row = await store.get(table=PHONES, partition=phone.e164, key=CLAIM_ROW)
    return str(row.values["customerId"]) if row else None
