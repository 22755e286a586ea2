"""People with a login of their own: channel partners and staff. Customers are another context."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.errors import Fault
from domain.identity._model.credentials import EmailAddress
from domain.identity.errors import PersonInvalid
from domain.timeline import Plain, Provenance
from domain.values import PhoneNumber, Role, iso

PREFIX = {Role.CP: "CP", Role.KAM: "KAM", Role.ADMIN: "ADMIN"}
"""The roles that a person can have, and how their ids begin (`CP-1001`)."""

STAFF = frozenset({Role.KAM, Role.ADMIN})


class PersonStatus(StrEnum):
    """domain.md "Sign-in": a CP is Pending until an Admin activates it, and may be deactivated."""

    PENDING = "Pending"
    ACTIVE = "Active"
    DEACTIVATED = "Deactivated"


@dataclass(frozen=True)
class Person:
    """Somebody with a login. `phone` is a CP's login, `email` is a KAM's or Admin's; the other one of the
    two is only for contact. `kam_id` is the KAM of a CP; `password_hash` is staff's, and there is none until
    the first link was used. `microsoft_id` is directory and object id of staff's Microsoft account, if linked.

    `generation` is that of the person's sessions: a deactivation and a new password begin the next one, in
    the same transaction, and sessions of an earlier one have ended by that (`session.belongs_to`).
    """

    id: str
    name: str
    role: Role
    status: PersonStatus
    created_at: datetime
    phone: PhoneNumber | None = None
    email: EmailAddress | None = None
    kam_id: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    pin_code: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    microsoft_id: str | None = None
    generation: int = 0
    updated_at: datetime | None = None
    version: int = 0
    last_hash: str = ""
    provenance: Provenance = field(default_factory=lambda: Provenance({}))

    @property
    def is_active(self) -> bool:
        """Whether the person may use the platform."""
        return self.status is PersonStatus.ACTIVE


@dataclass(frozen=True)
class Place:
    """Where somebody is, as far as it is known."""

    address: str | None = None
    city: str | None = None
    state: str | None = None
    pin_code: str | None = None


NOWHERE = Place()


def person_id(*, role: Role, number: int) -> str:
    """`CP-1001`, `KAM-1001`, `ADMIN-1001`."""
    return f"{PREFIX[role]}-{number}"


def plain_person(person: Person) -> dict[str, Plain]:
    """The fields as the timeline records them, under the API's names; never the password's hash."""
    return {
        "name": person.name,
        "role": str(person.role),
        "status": str(person.status),
        "phone": person.phone.e164 if person.phone else None,
        "email": person.email.text if person.email else None,
        "kamId": person.kam_id,
        "address": person.address,
        "city": person.city,
        "state": person.state,
        "pinCode": person.pin_code,
        "createdAt": iso(person.created_at),
    }


def is_person_id(text: str) -> bool:
    """Whether this could be the id of somebody with a login of their own; a customer's couldn't."""
    return text.rpartition("-")[0] in PREFIX.values()


def check_person(person: Person, *, password_given: bool, invited: bool = False) -> None:
    """Refuse somebody who couldn't sign in or isn't what the role says. Raises PersonInvalid, all at once."""
    partner, staff = person.role is Role.CP, person.role in STAFF
    rules = (
        ("role", partner or staff, "The role must be CP, KAM or Admin."),
        ("id", person.id.startswith(f"{PREFIX.get(person.role, '')}-"), "The id must begin as its role's ids do."),
        ("name", 1 <= len(person.name.strip()) <= 100, "The name must have 1 to 100 characters."),
        ("phone", person.phone is not None or not partner, "A channel partner signs in by phone: it is needed."),
        ("email", person.email is not None or not staff, "Staff sign in by email: it is needed."),
        ("password", password_given or invited or not staff, "Staff sign in with a password: it is needed."),
        ("password", not password_given or staff, "Only staff have a password."),
        ("kamId", person.kam_id is None or partner, "Only a channel partner has a KAM."),
    )
    faults = [Fault(name, message) for name, kept, message in rules if not kept]
    if faults:
        raise PersonInvalid(faults=faults)
