"""The customer: what is known of a person who may buy, and which records stand for the same person. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.timeline import Plain, Provenance
from domain.values import PhoneNumber, iso


@dataclass(frozen=True)
class Profile:
    """What is known of a customer besides the phone."""

    name: str
    email: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    pin_code: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody has said anything yet: the customer signed in before the first lead."""
        return not self.name


@dataclass(frozen=True)
class Customer:
    """A person who may buy. `phone` is the login, and no other customer has it (mission.md §6).

    The exceptions of decision 6: `reachable_at` is the phone of another customer, `reachable_through`, who holds
    the login and lists this one in `shared_with`; such a customer may have no phone of its own. `merged_into` is
    the record that stands for this one since a merge, and lists it in `absorbed`.
    """

    id: str
    phone: PhoneNumber | None
    profile: Profile
    created_at: datetime
    reachable_at: PhoneNumber | None = None
    reachable_through: str | None = None
    shared_with: tuple[str, ...] = ()
    merged_into: str | None = None
    absorbed: tuple[str, ...] = ()
    updated_at: datetime | None = None
    version: int = 0
    last_hash: str = ""
    provenance: Provenance = field(default_factory=lambda: Provenance({}))

    @property
    def contact(self) -> PhoneNumber | None:
        """Where the customer can be called: the own phone, or the one that is shared."""
        return self.phone or self.reachable_at


PROFILE = {
    "name": "name",
    "email": "email",
    "address": "address",
    "city": "city",
    "state": "state",
    "pin_code": "pinCode",
}
"""The ordinary fields: the last write wins. Names here → names in the API and on the timeline."""


def plain(customer: Customer) -> dict[str, Plain]:
    """The fields as the timeline records them, under the API's names."""
    profile = customer.profile
    return {
        **{said: getattr(profile, name) for name, said in PROFILE.items()},
        "phone": customer.phone.e164 if customer.phone else None,
        "reachableAt": customer.reachable_at.e164 if customer.reachable_at else None,
        "reachableThrough": customer.reachable_through,
        "sharedWith": list(customer.shared_with) or None,
        "mergedInto": customer.merged_into,
        "absorbed": list(customer.absorbed) or None,
        "createdAt": iso(customer.created_at),
    }


def summary(customer: Customer) -> dict[str, Plain]:
    """What a list of customers says of one, as plain JSON values; what it ordered isn't known here."""
    contact = customer.contact
    return {
        **{said: getattr(customer.profile, name) for name, said in PROFILE.items()},
        "id": customer.id,
        "phone": contact.e164 if contact else None,
        "mergedInto": customer.merged_into,
        "createdAt": iso(customer.created_at),
        "updatedAt": iso(customer.updated_at or customer.created_at),
        "version": customer.version,
    }
