"""The customer, and how it is stored: the row `customer` of the partition that bears its id."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.store import Row, Value
from domain.timeline import Plain, Provenance
from domain.values import PhoneNumber, iso, moment

TABLE = "customers"
CUSTOMER_ROW = "customer"
LINK = "lead:"


@dataclass(frozen=True)
class Profile:
    """What is known of a customer besides the phone."""

    name: str
    email: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    pin_code: str | None = None


@dataclass(frozen=True)
class Customer:
    """A person who may buy. The phone is the login, and no other customer has it."""

    id: str
    phone: PhoneNumber
    profile: Profile
    created_at: datetime
    version: int = 0
    last_hash: str = ""
    provenance: Provenance = field(default_factory=lambda: Provenance({}))


def plain(customer: Customer) -> dict[str, Plain]:
    """The fields as the timeline records them, under the API's names."""
    return {
        "name": customer.profile.name,
        "phone": customer.phone.e164,
        "email": customer.profile.email,
        "address": customer.profile.address,
        "city": customer.profile.city,
        "state": customer.profile.state,
        "pinCode": customer.profile.pin_code,
        "createdAt": iso(customer.created_at),
    }


def customer_to_values(customer: Customer) -> dict[str, Value]:
    """The columns of the row `customer`."""
    values: dict[str, Value] = {n: v for n, v in plain(customer).items() if v is not None}
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
        phone=PhoneNumber(str(v["phone"])),
        profile=profile,
        created_at=moment(str(v["createdAt"])),
        version=int(str(v["version"])),
        last_hash=str(v["lastHash"]),
        provenance=Provenance.from_text(str(v["provenance"])),
    )
