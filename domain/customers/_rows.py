"""How a customer is stored: the row `customer` of the partition that bears its id, and links to its leads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from domain.customers._model import Customer, Profile, plain
from domain.store import Create, Row, Value
from domain.timeline import Provenance
from domain.values import PhoneNumber, iso, moment

TABLE = "customers"
CUSTOMER_ROW = "customer"
LINK = "lead:"
AFTER_LINKS = LINK[:-1] + ";"
PROOF = "proof:"


@dataclass(frozen=True)
class LeadLink:
    """That a lead is, or was, the customer's; the lead itself says whose it is now.

    `introduces`: the lead made the customer, filled its empty profile, or came from the customer or an Admin.
    A partner who registers a lead under a phone that is somebody's already learns nothing by it (cases.md 29).
    """

    lead_id: str
    introduces: bool
    at: datetime


def customer_to_values(customer: Customer) -> dict[str, Value]:
    """The columns of the row `customer`; an absent value is an absent column."""
    values: dict[str, Value] = {n: v for n, v in plain(customer).items() if v is not None}
    values |= {n: json.dumps(values[n]) for n in ("sharedWith", "absorbed") if n in values}
    if customer.updated_at:
        values["updatedAt"] = iso(customer.updated_at)
    return values | {
        "version": customer.version,
        "lastHash": customer.last_hash,
        "provenance": customer.provenance.to_text(),
    }


def customer_from_row(row: Row) -> Customer:
    """The customer that a row `customer` holds."""
    v = row.values

    def text(name: str) -> str | None:
        return str(v[name]) if name in v else None

    def phone(name: str) -> PhoneNumber | None:
        return PhoneNumber(str(v[name])) if name in v else None

    profile = Profile(
        name=str(v["name"]),
        email=text("email"),
        address=text("address"),
        city=text("city"),
        state=text("state"),
        pin_code=text("pinCode"),
    )
    return Customer(
        id=row.partition,
        phone=phone("phone"),
        profile=profile,
        created_at=moment(str(v["createdAt"])),
        reachable_at=phone("reachableAt"),
        reachable_through=text("reachableThrough"),
        shared_with=tuple(json.loads(text("sharedWith") or "[]")),
        merged_into=text("mergedInto"),
        absorbed=tuple(json.loads(text("absorbed") or "[]")),
        updated_at=moment(str(v["updatedAt"])) if "updatedAt" in v else None,
        version=int(str(v["version"])),
        last_hash=str(v["lastHash"]),
        provenance=Provenance.from_text(str(v["provenance"])),
    )


def link_write(link: LeadLink) -> Create:
    """The row of a link."""
    return Create(LINK + link.lead_id, link_values(link))


def link_values(link: LeadLink) -> dict[str, Value]:
    """The columns of a link."""
    return {"at": iso(link.at), "introduces": link.introduces}


def link_from_row(row: Row) -> LeadLink:
    """The link that a row holds."""
    introduces = bool(row.values.get("introduces", False))
    return LeadLink(row.key.removeprefix(LINK), introduces, moment(str(row.values["at"])))
