"""Making a customer (by a first lead, by signing in, by an Admin), linking leads to it, and editing its profile."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from domain.customers._change import CustomerDecision, change_customer, creation
from domain.customers._model import PROFILE, Customer, Profile, plain
from domain.customers._phones import PhoneClaim, owner_of
from domain.customers._queries import read_customer
from domain.customers._rows import LINK, TABLE, LeadLink, link_values, link_write
from domain.customers.errors import CustomerExists, CustomerInvalid
from domain.errors import Fault
from domain.ports import Ports
from domain.store import Delete, Replace, Row, RowChanged, RowExists, Write
from domain.timeline import Act, Note, changes_between, honour_if_match, overwritten
from domain.values import PhoneNumber, Role

_TRUSTED = frozenset({Role.CUSTOMER, Role.ADMIN})
"""Whoever registers a lead as one of these may know the customer, and so may the partner who gets the lead."""


async def join(*, ports: Ports, claim: PhoneClaim, lead_id: str, profile: Profile, act: Act) -> bool:
    """Link a lead to the customer of its phone, making the customer if the claim is new: one request.

    The profile of a customer that exists is left alone: another CP's lead may not change it, nor learn
    from it (cases.md 29). Doing it again changes nothing. True if the customer was made with this profile, so
    that nothing is left to settle.
    """
    if claim.new:
        link = link_write(LeadLink(lead_id, introduces=True, at=act.at))
        made = creation(customer_id=claim.customer_id, phone=claim.phone, profile=profile, act=act)[1]
        if await _created(ports, claim.customer_id, [link, *made], f"{act.write_id}:made"):
            return True
        await _created(ports, claim.customer_id, [*made], f"{act.write_id}:made-again")
    link = link_write(LeadLink(lead_id, act.actor.role in _TRUSTED, act.at))
    await _created(ports, claim.customer_id, [link], f"{act.write_id}:link")
    return False


async def settle(*, ports: Ports, claim: PhoneClaim, lead_id: str, profile: Profile, act: Act) -> str:
    """The customer whom a lead of this phone belongs to, looked at once lead and link are stored: one request
    as a rule.

    A merge or a change of the phone that came between is followed: it looks for links after its own write, and
    this looks for it after the link's, so one of the two sees the other. A customer without a profile gets
    this one. Raises PhoneBeingChanged, StorageUnavailable.
    """
    customer = await read_customer(store=ports.store, customer_id=claim.customer_id)
    if customer is None or customer.merged_into or customer.phone != claim.phone:
        claim, customer = await owner_of(ports=ports, phone=claim.phone, act=act)
        await join(ports=ports, claim=claim, lead_id=lead_id, profile=profile, act=act)
    if customer and customer.profile.is_empty:
        await _introduce(ports, customer.id, lead_id, profile, act)
    return claim.customer_id


async def leave(*, ports: Ports, customer_id: str, lead_id: str, write_id: str) -> None:
    """Take away the link of a lead that belongs to another customer now. None there is no fault."""
    row = await ports.store.get(table=TABLE, partition=customer_id, key=LINK + lead_id)
    if row:
        with suppress(RowChanged):
            writes = [Delete(row.key, row.etag)]
            await ports.store.commit(table=TABLE, partition=customer_id, writes=writes, write_id=write_id)


async def link_lead(*, ports: Ports, customer_id: str, link: LeadLink, act: Act) -> bool:
    """Put a link into a customer's partition, if there is none; whether there was none."""
    return await _created(ports, customer_id, [link_write(link)], f"{act.write_id}:{link.lead_id}")


async def account_for(*, ports: Ports, phone: PhoneNumber, act: Act) -> Customer:
    """The customer who signs in with this phone, made on the first sign-in (any Indian mobile may).

    Makes good a claim whose customer was never written, or doesn't agree: a crash came between the two
    writes. Raises PhoneBeingChanged, StorageUnavailable.
    """
    claim, customer = await owner_of(ports=ports, phone=phone, act=act)
    return customer or await _make(ports, claim, Profile(name=""), act)


async def create_customer(
    *, ports: Ports, phone: PhoneNumber, profile: Profile, customer_id: str, act: Act
) -> Customer:
    """A customer made by an Admin. With the same reserved `customer_id` it is made once.

    Raises CustomerExists, PhoneBeingChanged, StorageUnavailable.
    """
    claim, customer = await owner_of(ports=ports, phone=phone, act=act, customer_id=customer_id)
    if customer is None:
        return await _make(ports, claim, profile, act)
    if customer.id == customer_id:
        return customer
    if customer.profile.is_empty:
        return await _introduce(ports, customer.id, None, profile, act)
    raise CustomerExists("There is a customer with this phone.", details={"customerId": customer.id})


async def edit_profile(
    *, ports: Ports, customer_id: str, edits: Mapping[str, Any], act: Act, known: Row | None = None
) -> Customer:
    """Set some of the profile's fields (names as in `Profile`); None clears; the last write wins per field.

    A value that somebody else had set and this changes is entered as overwritten (mission.md §1). `known` is
    the customer's row if it was just read. Raises CustomerInvalid, CustomerNotFound, VersionStale.
    """
    if "name" in edits and not edits["name"]:
        raise CustomerInvalid(faults=[Fault("name", "This can't be empty.")])

    def decide(customer: Customer) -> CustomerDecision | None:
        after = replace(customer, profile=replace(customer.profile, **edits))
        changes = changes_between(plain(customer), plain(after))
        wanted = {c.field: c.after for c in changes}
        current = {**plain(customer), "version": customer.version}
        honour_if_match(act=act, version=customer.version, current=current, yours=wanted)
        if not changes:
            return None
        lost = overwritten(changes, customer.provenance, act)
        told = {note.changes[0].field for note in lost}
        own = [c for c in changes if c.field not in told]
        edited = Note("CustomerEdited", f"{act.actor.name} edited the profile", changes=own)
        return CustomerDecision(after, (edited, *lost) if own else lost)

    return await change_customer(ports=ports, customer_id=customer_id, act=act, decide=decide, known=known)


async def _make(ports: Ports, claim: PhoneClaim, profile: Profile, act: Act) -> Customer:
    customer, writes = creation(customer_id=claim.customer_id, phone=claim.phone, profile=profile, act=act)
    if await _created(ports, claim.customer_id, list(writes), f"{act.write_id}:made"):
        return customer
    made = await read_customer(store=ports.store, customer_id=claim.customer_id)
    return made or customer


async def _introduce(ports: Ports, customer_id: str, lead_id: str | None, profile: Profile, act: Act) -> Customer:
    """Fill an empty profile, and say on the lead's link that it did."""
    row = await ports.store.get(table=TABLE, partition=customer_id, key=LINK + lead_id) if lead_id else None

    def decide(customer: Customer) -> CustomerDecision | None:
        if not customer.profile.is_empty:
            return None
        said = {n: getattr(profile, n) for n in PROFILE if getattr(profile, n) and not getattr(customer.profile, n)}
        after = replace(customer, profile=replace(customer.profile, **said))
        changes = changes_between(plain(customer), plain(after))
        note = Note("ProfileFilled", f"{act.actor.name} said who the customer is", changes=changes)
        link = LeadLink(lead_id or "", introduces=True, at=act.at)
        writes = (Replace(row.key, link_values(link), row.etag),) if row else ()
        return CustomerDecision(after, (note,), writes)

    own = replace(act, proof=None, write_id=f"{act.write_id}:filled")
    return await change_customer(ports=ports, customer_id=customer_id, act=own, decide=decide)


async def _created(ports: Ports, customer_id: str, writes: list[Write], write_id: str) -> bool:
    """Whether these rows are there now because of us; False if one of them was there before."""
    try:
        await ports.store.commit(table=TABLE, partition=customer_id, writes=writes, write_id=write_id)
    except RowExists:
        return False
    return True
