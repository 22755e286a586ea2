"""Which customer a lead belongs to: by its phone when it is registered or its phone is edited, and after a merge.

The lead says whose it is; the link in the customer's partition only tells where to look. Lead and link are two
partitions: each operation may die between them, and the sweep of the views' markers makes it good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain import customers
from domain.customers import LeadLink, PhoneClaim, Profile
from domain.errors import Fault
from domain.leads._change import change_lead
from domain.leads._edit import check_edits, edited
from domain.leads._file import Changed, Decision, LeadFile, own_file, read_file
from domain.leads._model import Lead, plain
from domain.leads._status import ACCEPTED_OR_LATER
from domain.leads.errors import LeadClosed, LeadInvalid
from domain.ports import Ports
from domain.timeline import Act, Note, changes_between
from domain.values import PhoneNumber, Role, system


async def settle_lead(*, ports: Ports, claim: PhoneClaim, lead: Lead, act: Act) -> LeadFile | None:
    """Look once more whose the phone of a stored lead is; the lead's file if it had to move, else None."""
    owner = await customers.settle(ports=ports, claim=claim, lead_id=lead.id, profile=profile_of(lead), act=act)
    if owner == lead.customer_id:
        return None
    moved = await move_lead(ports=ports, lead_id=lead.id, origin=lead.customer_id, target=owner, act=act)
    await leave_customer(
        ports=ports, customer_id=lead.customer_id, lead_id=lead.id, write_id=f"{act.write_id}:left"
    )
    return moved.file


async def move_lead(
    *, ports: Ports, lead_id: str, origin: str, target: str, act: Act, reason: str | None = None
) -> Changed:
    """Give a lead of the customer `origin` to `target`; one that isn't `origin`'s is left alone.

    The link to it is there afterwards; taking the other one away is the caller's.
    Raises LeadNotFound, StorageUnavailable.
    """

    def decide(file: LeadFile) -> Decision | None:
        if file.lead.customer_id != origin:
            return None
        after = replace(file.lead, customer_id=target)
        changes = changes_between(plain(file.lead), plain(after))
        said = f"The lead went from customer {origin} to {target}"
        return Decision(after, (Note("LeadRelinked", said, changes, reason=reason),))

    own = replace(act, write_id=f"{act.write_id}:{lead_id}:{target}", proof=None, version=None, exact=False)
    moved = await change_lead(ports=ports, lead_id=lead_id, act=own, decide=decide)
    await _keep_link(ports=ports, lead=moved.file.lead, act=own)
    return moved


async def leave_customer(*, ports: Ports, customer_id: str, lead_id: str, write_id: str) -> None:
    """Take away a customer's link to a lead that went to another one; if it has come back meanwhile, put it back.

    Whoever moves a lead makes sure of the link after the move, and this looks at the lead after taking the link
    away: so of two who move it to and fro, one sees the other, and no lead is left without its link.
    """
    await customers.leave(ports=ports, customer_id=customer_id, lead_id=lead_id, write_id=write_id)
    file = await read_file(store=ports.store, lead_id=lead_id)
    if file and file.lead.customer_id == customer_id:
        act = Act(actor=system("customer-links"), at=ports.clock.now(), write_id=f"{write_id}:back")
        await _keep_link(ports=ports, lead=file.lead, act=act)


async def _keep_link(*, ports: Ports, lead: Lead, act: Act) -> None:
    """Make sure that the lead's customer has a link to it."""
    link = LeadLink(lead.id, introduces=False, at=act.at)
    own = replace(act, write_id=f"{act.write_id}:kept")
    await customers.link_lead(ports=ports, customer_id=lead.customer_id, link=link, act=own)


async def edit_phone(*, ports: Ports, lead_id: str, edits: Mapping[str, Any], act: Act) -> Changed:
    """Edit a lead's fields, its phone among them: the lead goes to the customer of the new phone, by the same
    rules as a new lead, and no customer's phone changes.

    Raises LeadClosed, LeadInvalid, LeadNotFound, PhoneBeingChanged, VersionStale.
    """
    phone: PhoneNumber = edits["phone"]
    found = await own_file(store=ports.store, lead_id=lead_id, actor=act.actor)
    if found.proof_of(act):  # done before: by now its days may be over, and the lead somebody else's
        return await change_lead(ports=ports, lead_id=lead_id, act=act, decide=lambda file: None)
    check_edits(edits, act)  # before anything is done about the phone
    before = found.lead
    if phone == before.phone:
        others = {name: value for name, value in edits.items() if name != "phone"}
        return await change_lead(
            ports=ports, lead_id=lead_id, act=act, decide=lambda file: edited(file, others, act)
        )
    if act.actor.role is Role.CUSTOMER:
        message = "Your phone number is your sign-in. Ask an administrator to change it."
        raise LeadInvalid(faults=[Fault("phone", message)])
    claim, _ = await customers.owner_of(ports=ports, phone=phone, act=act)
    _check_movable(before, claim.customer_id)
    profile = profile_of(replace(before, **edits))
    await customers.join(ports=ports, claim=claim, lead_id=lead_id, profile=profile, act=act)

    def decide(file: LeadFile) -> Decision | None:
        _check_movable(file.lead, claim.customer_id)
        return edited(file, {**edits, "customer_id": claim.customer_id}, act)

    changed = await change_lead(ports=ports, lead_id=lead_id, act=act, decide=decide)
    await _keep_link(ports=ports, lead=changed.file.lead, act=act)
    moved = await settle_lead(ports=ports, claim=claim, lead=changed.file.lead, act=act)
    if before.customer_id != (moved or changed.file).lead.customer_id:
        await leave_customer(
            ports=ports, customer_id=before.customer_id, lead_id=lead_id, write_id=f"{act.write_id}:left-before"
        )
    return replace(changed, file=moved) if moved else changed


async def mend_link(*, ports: Ports, lead: Lead) -> None:
    """After a crash: make the lead's customer and the link to it be there, and follow a merge."""
    act = Act(actor=system("customer-links"), at=ports.clock.now(), write_id=ports.ids.unique())
    customer = await customers.read_customer(store=ports.store, customer_id=lead.customer_id)
    if customer and customer.merged_into is None:
        link = LeadLink(lead.id, introduces=False, at=act.at)
        await customers.link_lead(ports=ports, customer_id=customer.id, link=link, act=act)
        return
    claim = PhoneClaim(lead.phone, lead.customer_id, new=False)
    await settle_lead(ports=ports, claim=claim, lead=lead, act=act)


async def keep_link(*, ports: Ports, lead: Lead, make: bool) -> bool:
    """After rows were put back or lost: the same, and whether the link was missing. A customer who isn't there is
    only made anew with `make`: else its own restore may still bring it back. Raises StorageUnavailable."""
    customer = await customers.read_customer(store=ports.store, customer_id=lead.customer_id)
    if customer and customer.merged_into is None:
        act = Act(actor=system("customer-links"), at=ports.clock.now(), write_id=ports.ids.unique())
        link = LeadLink(lead.id, introduces=False, at=act.at)
        return await customers.link_lead(ports=ports, customer_id=customer.id, link=link, act=act)
    if customer or make:
        await mend_link(ports=ports, lead=lead)
    return bool(customer or make)


def profile_of(lead: Lead) -> Profile:
    """What a lead says of its customer."""
    return Profile(
        name=lead.customer_name,
        email=lead.email,
        address=lead.address,
        city=lead.city,
        state=lead.state,
        pin_code=lead.pin_code,
    )


def _check_movable(lead: Lead, customer_id: str) -> None:
    """What a customer has accepted stays that customer's. Raises LeadClosed."""
    if lead.customer_id != customer_id and lead.status in ACCEPTED_OR_LATER:
        raise LeadClosed(
            f"The lead is {lead.status}: it belongs to the customer who accepted its quotation, and this phone "
            "is somebody else's. If the customer has a new number, an Admin changes it.",
            details={"status": str(lead.status)},
        )
