"""Whose a phone number is: a claim row, created only if there is none, and the customer's row must agree on it.

Between the two writes a crash leaves a claim that nobody agrees with. It is harmless: whoever needs the number
next either makes the customer that it was meant for, or takes the number over (design.md §3).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from domain.customers._model import Customer
from domain.customers._queries import customer_by_id, read_customer
from domain.customers.errors import PhoneBeingChanged
from domain.jobs import job_is_open
from domain.ports import Ports
from domain.store import Create, Delete, Replace, Row, RowChanged, RowExists, Store, Value, Write
from domain.timeline import Act
from domain.values import PhoneNumber

PHONES = "phones"
CLAIM_ROW = "customer"
_ATTEMPTS = 6


@dataclass(frozen=True)
class PhoneClaim:
    """Which customer a phone belongs to; `new` if there is no customer's row yet that says so."""

    phone: PhoneNumber
    customer_id: str
    new: bool


@dataclass(frozen=True)
class Holding:
    """A claim, and the customer that it points to, who holds the number only if its own row says so too."""

    row: Row
    customer: Customer | None
    agreed: bool


async def claim_phone(*, ports: Ports, phone: PhoneNumber, act: Act, customer_id: str | None = None) -> PhoneClaim:
    """The customer of this phone, claimed for a new customer if nobody has it: one hop, two requests.

    The insert and the read go out together, because either may be the one that is needed; whoever's insert
    comes first owns the phone (cases.md 18). That the customer's row agrees isn't looked at here, but what
    was merged is followed. Raises PhoneBeingChanged, StorageUnavailable.
    """
    mine = customer_id or await new_customer_id(ports)
    created, row = await asyncio.gather(
        _insert(ports.store, phone, mine, act), read_claim(store=ports.store, phone=phone)
    )
    if created:
        return PhoneClaim(phone, mine, new=True)
    row = row or await read_claim(store=ports.store, phone=phone)
    if row is None:
        raise being_changed()
    owner = claimed_by(row)
    if row.values.get("merged"):
        survivor = await customer_by_id(store=ports.store, customer_id=owner)
        owner = survivor.id if survivor else owner
    return PhoneClaim(phone, owner, new=False)


async def owner_of(
    *, ports: Ports, phone: PhoneNumber, act: Act, customer_id: str | None = None
) -> tuple[PhoneClaim, Customer | None]:
    """The customer whose phone this is beyond doubt, or a claim for one who is still to be made: two hops.

    A claim that its customer doesn't agree with is taken over, unless a job is about to make it good.
    Raises PhoneBeingChanged, StorageUnavailable.
    """
    for attempt in range(_ATTEMPTS):
        mine = customer_id or await new_customer_id(ports)
        holding = await holding_of(store=ports.store, phone=phone)
        if holding is None:
            if await _insert(ports.store, phone, mine, act):
                return PhoneClaim(phone, mine, new=True), None
        elif holding.customer is None:
            return PhoneClaim(phone, claimed_by(holding.row), new=True), None
        elif holding.agreed:
            owner = await _survivor(ports.store, holding.customer)
            return PhoneClaim(phone, owner.id, new=False), owner
        elif await is_on_its_way(store=ports.store, holding=holding):
            raise being_changed()
        elif await take_over(ports=ports, row=holding.row, customer_id=mine, write_id=f"{act.write_id}:{mine}"):
            return PhoneClaim(phone, mine, new=True), None
        await ports.pause(attempt)
    raise being_changed()


async def holding_of(*, store: Store, phone: PhoneNumber) -> Holding | None:
    """The claim to this phone and whether its customer agrees, or None if nobody claims it: two hops."""
    row = await read_claim(store=store, phone=phone)
    if row is None:
        return None
    customer = await read_customer(store=store, customer_id=claimed_by(row))
    return Holding(row, customer, agreed=customer is not None and customer.phone == phone)


async def read_claim(*, store: Store, phone: PhoneNumber) -> Row | None:
    """The row of the claim to this phone, or None."""
    return await store.get(table=PHONES, partition=phone.e164, key=CLAIM_ROW)


def claimed_by(row: Row) -> str:
    """The id of the customer that a claim points to."""
    return str(row.values["customerId"])


async def new_customer_id(ports: Ports) -> str:
    """`CUST-1001`."""
    return f"CUST-{await ports.ids.next_number('customer')}"


async def take_over(*, ports: Ports, row: Row, customer_id: str, write_id: str, job: str | None = None) -> bool:
    """Point a claim at another customer; False if somebody else changed it first."""
    values: dict[str, Value] = {"customerId": customer_id, **({"job": job} if job else {})}
    return await _commit(ports.store, row.partition, Replace(CLAIM_ROW, values, row.etag), write_id)


async def claim_for_job(*, ports: Ports, phone: PhoneNumber, customer_id: str, job: str) -> bool:
    """Claim a free phone for a customer that exists; `job` says who will make the customer's row agree."""
    claim = Create(CLAIM_ROW, {"customerId": customer_id, "job": job})
    return await _commit(ports.store, phone.e164, claim, f"{job}:{customer_id}")


async def release_phone(
    *, ports: Ports, phone: PhoneNumber, customer_id: str, write_id: str, job: str | None = None
) -> None:
    """Give up a customer's claim (with `job`, only if that job made it); another's is left alone."""
    row = await read_claim(store=ports.store, phone=phone)
    if row and claimed_by(row) == customer_id and job in (None, row.values.get("job")):
        await _commit(ports.store, phone.e164, Delete(CLAIM_ROW, row.etag), write_id)


async def mark_merged(*, ports: Ports, phone: PhoneNumber, merged: bool, write_id: str) -> None:
    """Say on a claim that its customer was merged, so that whoever reads it looks further (or not any more)."""
    row = await read_claim(store=ports.store, phone=phone)
    if row and bool(row.values.get("merged", False)) is not merged:
        values: dict[str, Value] = {"customerId": claimed_by(row), **({"merged": True} if merged else {})}
        await _commit(ports.store, phone.e164, Replace(CLAIM_ROW, values, row.etag), write_id)


async def keep_claim(*, ports: Ports, customer: Customer) -> bool:
    """Claim a customer's phone if nobody does, as after the loss of rows; whether that was so. A claim that points
    to somebody else is left alone: which of the two is right isn't to be seen here. Raises StorageUnavailable."""
    if customer.phone is None:
        return False
    merged: dict[str, Value] = {"merged": True} if customer.merged_into else {}
    claim = Create(CLAIM_ROW, {"customerId": customer.id, **merged})
    return await _commit(ports.store, customer.phone.e164, claim, f"kept:{ports.ids.unique()}")


def being_changed() -> PhoneBeingChanged:
    """The refusal while a number is on its way."""
    return PhoneBeingChanged("The phone number is being changed at this moment. Try again.", retry_after=2)


async def is_on_its_way(*, store: Store, holding: Holding) -> bool:
    """Whether a claim with which its customer doesn't agree is that of a job, which will see to it."""
    job = holding.row.values.get("job")
    return job is not None and await job_is_open(store=store, job_id=str(job))


async def _survivor(store: Store, customer: Customer) -> Customer:
    if customer.merged_into is None:
        return customer
    return await customer_by_id(store=store, customer_id=customer.merged_into) or customer


async def _insert(store: Store, phone: PhoneNumber, customer_id: str, act: Act) -> bool:
    claim = Create(CLAIM_ROW, {"customerId": customer_id})
    return await _commit(store, phone.e164, claim, f"{act.write_id}:{customer_id}")


async def _commit(store: Store, phone: str, write: Write, write_id: str) -> bool:
    with suppress(RowExists, RowChanged):
        await store.commit(table=PHONES, partition=phone, writes=[write], write_id=write_id)
        return True
    return False
