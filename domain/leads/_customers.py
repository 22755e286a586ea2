"""A customer as somebody who deals with it sees it: through the leads that are the reader's own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain import customers
from domain.customers import (
    Customer,
    CustomerFile,
    CustomerInvalid,
    CustomerNotFound,
    CustomerOfAnother,
    Profile,
)
from domain.errors import Fault
from domain.leads._customer_link import profile_of
from domain.leads._file import LeadFile, read_file
from domain.leads._model import may_see
from domain.ports import Ports
from domain.store import Row, Store
from domain.timeline import Act
from domain.values import Actor, PhoneNumber, Role

_AT_ONCE = 20


@dataclass(frozen=True)
class CustomerSeen:
    """A customer with those of its leads that are the reader's own, newest first.

    `whole`: the reader sees the profile, and may edit it. A partner does if one of its own leads brought the
    customer in; if it only registered a lead under the phone of a customer who was there already, it sees what
    that lead says and nothing else (cases.md 29).
    """

    customer: Customer
    row: Row
    files: tuple[LeadFile, ...]
    whole: bool

    @property
    def profile(self) -> Profile:
        """What the reader is shown of the customer's profile."""
        return self.customer.profile if self.whole else profile_of(self.files[0].lead)

    @property
    def phone(self) -> PhoneNumber | None:
        """Where the reader reaches the customer."""
        return self.customer.contact if self.whole else self.files[0].lead.phone


async def customer_of_actor(*, store: Store, customer_id: str, actor: Actor) -> CustomerSeen:
    """The customer with this id (or the one it was merged into) if it is the actor's own: two hops.

    It is if the actor is the customer or an Admin, or has a lead of it. What the leads say now decides, not
    what a list says. Raises CustomerNotFound.
    """
    found = await customers.customer_file(store=store, customer_id=customer_id)
    # Whoever was merged a moment ago asks by the old id: it is the same person.
    if actor.role is Role.CUSTOMER and actor.id not in (found.customer.id, customer_id):
        raise _not_found(customer_id)
    files = await _own_leads(store, found, actor)
    trusted = actor.role in (Role.ADMIN, Role.CUSTOMER)
    if not files and not trusted:
        raise _not_found(customer_id)
    own = {file.lead.id for file in files}
    whole = trusted or any(link.introduces and link.lead_id in own for link in found.links)
    return CustomerSeen(found.customer, found.row, files, whole)


async def customer_by_phone(*, store: Store, phone: PhoneNumber, actor: Actor) -> CustomerSeen | None:
    """The customer of this phone if it is the actor's own; None alike if there is none or it is another's."""
    holding = await customers.holding_of(store=store, phone=phone)
    if holding is None or holding.customer is None or not holding.agreed:
        return None
    try:
        return await customer_of_actor(store=store, customer_id=holding.customer.id, actor=actor)
    except CustomerNotFound:
        return None


async def edit_customer(*, ports: Ports, customer_id: str, edits: Mapping[str, Any], act: Act) -> CustomerSeen:
    """Edit the profile of a customer that is the actor's own: ordinary, the last write wins field by field.

    `phone` may be among the edits only as it is. Raises CustomerNotFound, CustomerOfAnother, CustomerInvalid,
    VersionStale.
    """
    seen = await customer_of_actor(store=ports.store, customer_id=customer_id, actor=act.actor)
    if not seen.whole:
        raise CustomerOfAnother("You can change your own lead. What else is known of the customer isn't yours.")
    if edits.get("phone", seen.phone) != seen.phone:
        message = "The phone number is the customer's sign-in. Only an Admin changes it, by change-phone."
        raise CustomerInvalid(faults=[Fault("phone", message)])
    profile = {name: value for name, value in edits.items() if name != "phone"}
    customer = await customers.edit_profile(
        ports=ports, customer_id=seen.customer.id, edits=profile, act=act, known=seen.row
    )
    return replace(seen, customer=customer)


async def _own_leads(store: Store, found: CustomerFile, actor: Actor) -> tuple[LeadFile, ...]:
    files: list[LeadFile] = []
    ids = [link.lead_id for link in found.links]
    for start in range(0, len(ids), _AT_ONCE):
        batch = ids[start : start + _AT_ONCE]
        read = await asyncio.gather(*(read_file(store=store, lead_id=lead_id) for lead_id in batch))
        files += [f for f in read if f and f.lead.customer_id == found.customer.id and may_see(f.lead, actor)]
    return tuple(sorted(files, key=lambda f: (f.lead.created_at, f.lead.id), reverse=True))


def _not_found(customer_id: str) -> CustomerNotFound:
    return CustomerNotFound(f"There is no customer {customer_id[:40]}, or it isn't yours.")
