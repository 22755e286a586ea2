"""Bodies, queries and replies of the endpoints about people: channel partners and key account managers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictInt, StringConstraints

from domain.identity import Assignment, EmailAddress, Person, PersonStatus, Place
from domain.lists import Wanted, haystack
from domain.values import iso
from functions.models.auth import Secret
from functions.models.fields import E164, Body, Email, Line, LongText, Name, Phone, PinCode, Shape
from functions.models.paging import ListQuery

MAX_BULK = 50  # domain.md "Roles": bulk work of at most 50 items


def status_named(text: object) -> PersonStatus | None:
    """A status in any case; the portal says inactive for Deactivated (client-contract.md §8)."""
    if text is None:
        return None
    names = {str(status).lower(): status for status in PersonStatus} | {"inactive": PersonStatus.DEACTIVATED}
    found = names.get(str(text).strip().lower())
    if found is None:
        raise ValueError("The status must be Pending, Active or Deactivated.")
    return found


class Located(Body):
    """Where somebody is, as far as they say."""

    address: LongText | None = None
    city: Line | None = None
    state: Line | None = None
    pin_code: PinCode | None = None

    def place(self) -> Place:
        """The same as a value."""
        return Place(self.address or None, self.city, self.state, self.pin_code)


class NewPartnerBody(Located):
    """A channel partner that an Admin brings in; active at once unless `status` says Pending."""

    name: Name
    phone: Phone
    email: Email | None = None
    kam_id: Line | None = None
    status: Literal["Pending", "Active"] = "Active"


class NewKamBody(Located):
    """A key account manager. Without `password` a link to set one is mailed."""

    name: Name
    email: Email
    phone: Phone | None = None
    password: Secret | None = None


class PartnerEdits(Located):
    """Any of a partner's ordinary fields; null clears. Its phone is its login and isn't among them."""

    name: Name | None = None
    email: Email | None = None
    kam_id: Line | None = None
    version: StrictInt | None = None


class KamEdits(Located):
    """Any of a KAM's ordinary fields; null clears. Its email is its login and isn't among them."""

    name: Name | None = None
    phone: Phone | None = None
    version: StrictInt | None = None


class StatusBody(Body):
    """Why somebody is let in or shut out, and the version that the client saw."""

    reason: LongText | None = None
    remarks: LongText | None = None
    version: StrictInt | None = None


class KamStatusBody(StatusBody):
    """The status that a KAM shall have."""

    status: Annotated[PersonStatus, BeforeValidator(status_named)]


class AssignKamBody(Body):
    """Which partners go under which KAM; null takes them from theirs."""

    cp_ids: Annotated[list[Line], Field(min_length=1, max_length=MAX_BULK)]
    kam_id: Line | None
    remarks: LongText | None = None


class AssignPartnersBody(Body):
    """Which partners go under the KAM of the path."""

    cp_ids: Annotated[list[Line], Field(min_length=1, max_length=MAX_BULK)]
    remarks: LongText | None = None


class PeopleQuery(ListQuery):
    """Filters of people; `search` looks at name, phone, email and id."""

    status: Annotated[PersonStatus | None, BeforeValidator(status_named)] = None
    kam_id: Line | None = None
    search: Annotated[str, StringConstraints(max_length=100)] | None = None

    def of(self, people: Iterable[Person]) -> list[Person]:
        """Those of the people that are asked for, oldest first."""
        wanted = Wanted(self.search) if self.search else None
        found = [p for p in people if self.status in (None, p.status) and self.kam_id in (None, p.kam_id)]
        return sorted((p for p in found if wanted is None or _is_found(p, wanted)), key=person_key)


class PartnersQuery(PeopleQuery):
    """Filters of the channel partners."""


class KamsQuery(PeopleQuery):
    """Filters of the key account managers."""


def person_key(person: Person) -> tuple[str, str]:
    """A person's place in a list: the moment of enrolment, which never changes."""
    return iso(person.created_at), person.id


def _is_found(person: Person, wanted: Wanted) -> bool:
    words = haystack(texts=(person.name, person.email.text if person.email else None), ids=(person.id,))
    return wanted.found_in(words, person.phone.e164 if person.phone else "")


class PersonShape(Shape):
    """A channel partner or a key account manager; the fields of the other kind are null."""

    id: str
    name: str
    email: str | None
    phone: E164 | None
    role: str
    status: str
    is_active: bool
    kam_id: str | None
    address: str | None
    city: str | None
    state: str | None
    pin_code: str | None
    territories: list[str]
    created_at: str
    updated_at: str
    version: int


def person_shape(person: Person) -> PersonShape:
    """A person as a reply says it."""
    return PersonShape(
        id=person.id,
        name=person.name,
        email=person.email.text if person.email else None,
        phone=person.phone.e164 if person.phone else None,
        role=str(person.role),
        status=str(person.status),
        is_active=person.is_active,
        kam_id=person.kam_id,
        address=person.address,
        city=person.city,
        state=person.state,
        pin_code=person.pin_code,
        territories=[],
        created_at=iso(person.created_at),
        updated_at=iso(person.updated_at or person.created_at),
        version=person.version,
    )


def edits_of(body: PartnerEdits | KamEdits) -> dict[str, Any]:
    """The fields that the client named, null included, under the names of the domain."""
    edits = {name: getattr(body, name) for name in body.model_fields_set - {"version"}}
    if edits.get("email"):
        edits["email"] = EmailAddress.parse(edits["email"])
    if "name" in edits:
        edits["name"] = edits["name"] or ""
    return {name: None if value == "" and name != "name" else value for name, value in edits.items()}


def assignments_shape(done: list[Assignment]) -> dict[str, Any]:
    """What became of each partner, as both readers of bulk results find it (client-contract.md §4)."""
    failed = [
        {"id": one.partner_id, "reason": one.refusal.told, "code": one.refusal.code} for one in done if one.refusal
    ]
    successful = [one.partner_id for one in done if one.refusal is None]
    results = [
        {
            "id": one.partner_id,
            "success": one.refusal is None,
            "error": one.refusal.told if one.refusal else None,
        }
        for one in done
    ]
    return {"total": len(done), "successful": successful, "failed": failed, "results": results}
