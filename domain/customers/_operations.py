"""Making a customer: by a first lead, or by signing in."""

from __future__ import annotations

from dataclasses import replace

from domain.customers._model import CUSTOMER_ROW, LINK, TABLE, Customer, Profile, customer_to_values, plain
from domain.customers._phones import PhoneClaim, claim_phone
from domain.customers._queries import read_customer
from domain.ports import Ports
from domain.store import Create, RowExists, Write
from domain.timeline import Act, Note, append, changes_between, entry_to_write
from domain.values import PhoneNumber, iso


async def join(*, ports: Ports, claim: PhoneClaim, lead_id: str, profile: Profile, act: Act) -> None:
    """Link a lead to the customer of its phone, making the customer if the claim is new: one request.

    The profile of a customer that exists is left alone: another CP's lead may not change it, nor learn
    from it (cases.md 29).
    """
    link = Create(LINK + lead_id, {"at": iso(act.at)})
    writes: list[Write] = [link, *(_creation(claim, profile, act) if claim.new else ())]
    try:
        await ports.store.commit(table=TABLE, partition=claim.customer_id, writes=writes, write_id=act.write_id)
    except RowExists:
        return  # the same request, carried out again


async def account_for(*, ports: Ports, phone: PhoneNumber, act: Act) -> Customer:
    """The customer who signs in with this phone, made on the first sign-in (any Indian mobile may).

    Also repairs a claim whose customer row was never written: a crash came between the two writes.
    """
    claim = await claim_phone(ports=ports, phone=phone, act=act)
    customer = None if claim.new else await read_customer(store=ports.store, customer_id=claim.customer_id)
    if customer:
        return customer
    writes = _creation(claim, Profile(name=""), act)
    try:
        await ports.store.commit(table=TABLE, partition=claim.customer_id, writes=writes, write_id=act.write_id)
    except RowExists:
        made = await read_customer(store=ports.store, customer_id=claim.customer_id)
        if made:
            return made
        raise
    return _made(claim, Profile(name=""), act)[0]


def _made(claim: PhoneClaim, profile: Profile, act: Act) -> tuple[Customer, tuple[Write, ...]]:
    customer = Customer(id=claim.customer_id, phone=claim.phone, profile=profile, created_at=act.at)
    changes = changes_between({}, plain(customer))
    note = Note("CustomerCreated", f"{act.actor.name} brought the customer in", changes=changes)
    entries = append(previous="", version=1, act=act, notes=[note])
    provenance = customer.provenance.after(changes, act=act, version=1)
    customer = replace(customer, version=1, last_hash=entries[0].hash, provenance=provenance)
    return customer, tuple(entry_to_write(e) for e in entries)


def _creation(claim: PhoneClaim, profile: Profile, act: Act) -> tuple[Write, ...]:
    customer, entries = _made(claim, profile, act)
    return (Create(CUSTOMER_ROW, customer_to_values(customer)), *entries)
