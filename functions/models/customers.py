"""Bodies and replies of the customer endpoints."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictInt

from domain.leads import WON_OR_LATER, CustomerSeen
from domain.quotations import Quotation, QuotationStatus, quotations_in
from domain.timeline import Entry
from domain.values import ZERO, iso
from functions.models.fields import (
    E164,
    Body,
    Email,
    Line,
    LongText,
    Name,
    Phone,
    PinCode,
    Query,
    Rupees,
    Shape,
)
from functions.models.timelines import entry_shape


class CustomerFields(Body):
    """What is known of a customer; the CP app writes `pincode` where the others write `pinCode`."""

    email: Email | None = None
    address: LongText | None = None
    city: Line | None = None
    state: Line | None = None
    pin_code: PinCode | None = None
    pincode: PinCode | None = None


class NewCustomerBody(CustomerFields):
    """A customer made by an Admin."""

    name: Name
    phone: Phone


class CustomerEdits(CustomerFields):
    """Any of the profile's fields; null clears. `phone` only as it is: changing it is another endpoint's.
    `version` is the version that the client saw."""

    name: Name | None = None
    phone: Phone | None = None
    version: StrictInt | None = None


class CheckPhoneQuery(Query):
    """The number to look for."""

    phone: Phone


class CustomerShape(Shape):
    """A customer as the CP app and the portal read it (client-contract.md §7). Orders are the reader's own
    leads that were won, their value is what the customer pays for them."""

    id: str
    customer_id: str
    name: str
    email: str | None
    phone: E164 | None
    address: str
    city: str | None
    state: str | None
    pin_code: str | None
    pincode: str | None
    status: str
    total_orders: int
    total_value: Rupees
    registration_date: str
    last_order_date: str | None
    created_at: str
    updated_at: str
    version: int


def edits_of(body: CustomerFields) -> dict[str, Any]:
    """The fields that the client named, null included, under the names of the domain."""
    edits = {name: getattr(body, name) for name in body.model_fields_set if name != "version"}
    if "pincode" in edits:
        edits["pin_code"] = edits.pop("pincode")
    return {name: None if value == "" else value for name, value in edits.items()}


def customer_shape(seen: CustomerSeen) -> CustomerShape:
    """The customer as this reader sees it."""
    customer, profile = seen.customer, seen.profile
    orders = _orders(seen)
    accepted = [order.accepted_at for order in orders if order.accepted_at]
    return CustomerShape(
        id=customer.id,
        customer_id=customer.id,
        name=profile.name,
        email=profile.email,
        phone=seen.phone.e164 if seen.phone else None,
        address=profile.address or "",
        city=profile.city,
        state=profile.state,
        pin_code=profile.pin_code,
        pincode=profile.pin_code,
        status="Active",
        total_orders=len(orders),
        total_value=sum((order.customer_pays for order in orders), ZERO).in_rupees,
        registration_date=iso(customer.created_at),
        last_order_date=iso(max(accepted)) if accepted else None,
        created_at=iso(customer.created_at),
        updated_at=iso(customer.updated_at or customer.created_at),
        version=customer.version,
    )


def _orders(seen: CustomerSeen) -> list[Quotation]:
    """The accepted quotations of the leads that were won."""
    won = [file for file in seen.files if file.lead.status in WON_OR_LATER]
    return [q for file in won for q in quotations_in(file) if q.status is QuotationStatus.ACCEPTED]


def own_profile(seen: CustomerSeen) -> dict[str, Any]:
    """What the signed-in customer's own record says, over what the session remembers (client-contract.md §8)."""
    customer, profile = seen.customer, seen.profile
    first, _, last = profile.name.partition(" ")
    named = {"name": profile.name, "firstName": first, "lastName": last.strip()} if profile.name else {}
    phone = seen.phone.e164 if seen.phone else None
    return {
        **named,
        "id": customer.id,
        "userId": customer.id,
        "email": profile.email,
        "phone": phone,
        "phoneNumber": phone,
        "address": profile.address,
        "city": profile.city,
        "state": profile.state,
        "pinCode": profile.pin_code,
        "lastLoginAt": None,
        "createdAt": iso(customer.created_at),
        "updatedAt": iso(customer.updated_at or customer.created_at),
        "version": customer.version,
    }


def customer_entry_shape(customer_id: str, entry: Entry) -> dict[str, Any]:
    """A timeline entry; after a merge the entries of both records are in one timeline, each with its own id."""
    said = entry_shape(customer_id, entry)
    return {**{name: value for name, value in said.items() if name != "leadId"}, "customerId": customer_id}


class CustomerTimelineQuery(Query):
    """How many entries, newest first."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 50
