"""Writes that concern the lead alone: registering, editing. Moves that touch more are in `domain.sales`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain import customers
from domain.customers import PhoneClaim
from domain.errors import Unavailable
from domain.leads import _views as views
from domain.leads._address import state_and_pin
from domain.leads._change import change_lead
from domain.leads._customer_link import edit_phone, profile_of, settle_lead
from domain.leads._edit import check_follow_up, edited
from domain.leads._file import Changed, LeadFile, own_file, proof_write, read_file
from domain.leads._model import Lead, Origin, plain, tomorrow
from domain.leads._rows import LEAD_ROW, TABLE, lead_to_values
from domain.leads._showing import finish, show_views
from domain.leads._status import LeadStatus
from domain.leads.errors import LeadInvalid
from domain.ports import Ports
from domain.store import Create, RowExists, StorageUnavailable, Write
from domain.timeline import Act, Entry, Note, changes_between, entry_to_write, stamped
from domain.values import PhoneNumber, Role, iso, lead_id


@dataclass(frozen=True)
class NewLead:
    """What a client says of a new lead. `assigned_to` is already checked against the CPs that exist. A state or a
    PIN code that isn't said is taken from the end of the address."""

    customer_name: str
    phone: PhoneNumber
    address: str
    email: str | None = None
    city: str | None = None
    state: str | None = None
    pin_code: str | None = None
    services: tuple[str, ...] = ()
    requirements: str | None = None
    source: str | None = None
    follow_up_date: date | None = None
    remarks: str | None = None
    assigned_to: str | None = None
    assigned_name: str | None = None
    origin: Origin | None = None  # else what the actor's role says


_Registration = tuple[list[Write], Lead, tuple[Entry, ...] | None]
_ORIGINS = {Role.CP: Origin.CP, Role.KAM: Origin.KAM, Role.ADMIN: Origin.ADMIN, Role.CUSTOMER: Origin.CUSTOMER}


async def reserve_lead_id(ports: Ports) -> str:
    """An id for a lead that is about to be registered; kept with the idempotency record of a keyed request."""
    return lead_id(await ports.ids.next_number("lead"))


async def register_lead(*, ports: Ports, lead_id: str, new: NewLead, act: Act) -> LeadFile:
    """Store a new lead, linked to the customer whose phone it is (made if there is none): three hops.

    Doing it again with the same reserved `lead_id` changes nothing and answers with the lead as it is.
    Raises LeadInvalid, StorageUnavailable.
    """
    await _check_new(ports, lead_id, new, act)
    claim, _ = await asyncio.gather(
        customers.claim_phone(ports=ports, phone=new.phone, act=act),
        views.mark(store=ports.store, lead_id=lead_id, write_id=act.write_id, at=iso(act.at)),
    )
    writes, lead, entries = _registration(lead_id, new, claim.customer_id, act)
    stored, joined = await asyncio.gather(
        ports.store.commit(table=TABLE, partition=lead_id, writes=writes, write_id=act.write_id),
        customers.join(ports=ports, claim=claim, lead_id=lead_id, profile=profile_of(lead), act=act),
        return_exceptions=True,
    )
    file, told = LeadFile(lead, "", {}), entries
    if isinstance(stored, RowExists):  # it landed before; whoever did it may have died before the rest
        told = None
        file = await own_file(store=ports.store, lead_id=lead_id, actor=act.actor)
    elif isinstance(stored, BaseException):
        raise stored
    shown, (settled, moved) = await asyncio.gather(
        show_views(ports=ports, file=file, seen={}, write_id=act.write_id),
        _settle(ports=ports, claim=claim, lead=file.lead, act=act, joined=joined),
    )
    if shown and settled:
        ports.later(finish(ports=ports, file=file, write_id=act.write_id, entries=told))
    return moved or file


async def _check_new(ports: Ports, lead_id: str, new: NewLead, act: Act) -> None:
    """Refuse what no lead may begin with, unless it is stored already: then its days may be over by now. Raises
    LeadInvalid."""
    try:
        check_follow_up(new.follow_up_date, act)
    except LeadInvalid:
        file = await read_file(store=ports.store, lead_id=lead_id) if act.proof else None
        if file is None or not file.proof_of(act):
            raise


async def store_lead(*, ports: Ports, lead_id: str, new: NewLead, imported: str, act: Act) -> None:
    """Store a new lead that nobody finds yet: it stands in no list and with no customer until `show_lead` is
    called with the same id, under another write id, and then until that import is revealed. Doing it again changes
    nothing. Raises StorageUnavailable."""
    claim = await customers.claim_phone(ports=ports, phone=new.phone, act=act)
    writes, _, _ = _registration(lead_id, new, claim.customer_id, act, imported=imported)
    with suppress(RowExists):
        await ports.store.commit(table=TABLE, partition=lead_id, writes=writes, write_id=act.write_id)


async def show_lead(*, ports: Ports, lead_id: str, act: Act) -> None:
    """Bring a lead that `store_lead` has stored to its customer and into the lists, which hide it until its import
    is revealed; nobody is told. Doing it again changes nothing.

    Raises LeadNotFound, PhoneBeingChanged, StorageUnavailable: then it may stand in some lists only.
    """
    file, _ = await asyncio.gather(
        own_file(store=ports.store, lead_id=lead_id, actor=act.actor),
        views.mark(store=ports.store, lead_id=lead_id, write_id=act.write_id, at=iso(act.at)),
    )
    lead = file.lead
    claim, _ = await customers.owner_of(ports=ports, phone=lead.phone, act=act)
    made = await customers.join(ports=ports, claim=claim, lead_id=lead_id, profile=profile_of(lead), act=act)
    shown, (settled, _) = await asyncio.gather(
        show_views(ports=ports, file=file, seen={}, write_id=act.write_id),
        _settle(
            ports=ports, claim=claim, lead=lead, act=act, joined=made and claim.customer_id == lead.customer_id
        ),
    )
    if not shown:  # its import must not be revealed
        raise StorageUnavailable("Storage didn't take a lead into the lists. Try again.", retry_after=5)
    if settled:
        ports.later(finish(ports=ports, file=file, write_id=act.write_id, entries=()))


async def _settle(
    *, ports: Ports, claim: PhoneClaim, lead: Lead, act: Act, joined: bool | BaseException
) -> tuple[bool, LeadFile | None]:
    """Whether it is settled whose the lead is, and its file if it is somebody else's than first found.

    The lead is stored: what fails here is the sweep's, not the caller's.
    """
    if joined is True:
        return True, None
    try:
        if isinstance(joined, BaseException):
            raise joined
        return True, await settle_lead(ports=ports, claim=claim, lead=lead, act=act)
    except Unavailable:
        return False, None


def _registration(
    lead_id: str, new: NewLead, customer_id: str, act: Act, *, imported: str | None = None
) -> _Registration:
    state, pin_code = state_and_pin(new.address)
    lead = Lead(
        id=lead_id,
        customer_id=customer_id,
        customer_name=new.customer_name,
        phone=new.phone,
        address=new.address,
        email=new.email,
        city=new.city,
        state=new.state or state,
        pin_code=new.pin_code or pin_code,
        services=new.services,
        requirements=new.requirements,
        source=new.source,
        origin=new.origin or _ORIGINS[act.actor.role],
        status=LeadStatus.NEW,
        assigned_to=new.assigned_to,
        assigned_name=new.assigned_name,
        follow_up_date=new.follow_up_date or tomorrow(act.at),
        remarks=new.remarks,
        created_at=act.at,
        created_by=act.actor.id,
        created_by_name=act.actor.name,
        imported=imported,
        entry_count=1,
    )
    changes = changes_between({}, plain(lead))
    note = Note("LeadCreated", f"{act.actor.name} registered the lead", changes=changes)
    lead, entries = stamped(lead, before=None, plain=plain, act=act, notes=[note])
    writes: list[Write] = [Create(LEAD_ROW, lead_to_values(lead)), *(entry_to_write(e) for e in entries)]
    if act.proof:
        writes.append(proof_write(act.proof, result=lead.id, act=act))
    return writes, lead, entries


async def edit_lead(*, ports: Ports, lead_id: str, edits: Mapping[str, Any], act: Act) -> Changed:
    """Set some of the ordinary fields (names as in `Lead`); None clears; the last write wins, field by field.

    What the caller doesn't name is kept. A value that somebody else had set and this changes is entered as
    overwritten (mission.md §1); an unchanged value leaves no entry. Another phone moves the lead to the
    customer of that phone. Raises LeadInvalid, LeadNotFound, LeadClosed.
    """
    if "phone" in edits:
        return await edit_phone(ports=ports, lead_id=lead_id, edits=edits, act=act)
    return await change_lead(ports=ports, lead_id=lead_id, act=act, decide=lambda file: edited(file, edits, act))
