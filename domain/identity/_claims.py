"""Whose it is what a person signs in with: rows that count only if the person's own row says the same."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from domain.identity._model import STAFF, Person
from domain.identity._rows import (
    EMAILS,
    IDENTITIES,
    PARTNER_ROW,
    PHONES,
    STAFF_ROW,
    Claim,
    claim_to_values,
)
from domain.ports import Ports
from domain.store import Create, Row, RowExists

CLAIM_TABLES = (PHONES, EMAILS, IDENTITIES)


@dataclass(frozen=True)
class ClaimPlace:
    """Where the claim to something that one signs in with stands."""

    table: str
    partition: str
    key: str


def claims_needed(person: Person) -> list[ClaimPlace]:
    """The claims that have to point to this person: to its phone or email, and to its Microsoft account."""
    found = []
    if person.role in STAFF and person.email:
        found.append(ClaimPlace(EMAILS, person.email.text, STAFF_ROW))
    elif person.role not in STAFF and person.phone:
        found.append(ClaimPlace(PHONES, person.phone.e164, PARTNER_ROW))
    if person.microsoft_id:
        found.append(ClaimPlace(IDENTITIES, person.microsoft_id, STAFF_ROW))
    return found


def claimed_in(row: Row) -> str | None:
    """To whom a row of one of `CLAIM_TABLES` points, if it is a claim of a person's."""
    return str(row.values.get("personId")) if row.key in (PARTNER_ROW, STAFF_ROW) else None


async def keep_claims(*, ports: Ports, person: Person) -> int:
    """Claim for this person what nobody does, as after the loss of rows; how many that were. A claim that points to
    somebody else is left alone. Raises StorageUnavailable."""
    kept = 0
    for place in claims_needed(person):
        claim = Create(place.key, claim_to_values(Claim(person.id, ports.clock.now())))
        write_id = f"kept:{ports.ids.unique()}"
        with suppress(RowExists):
            await ports.store.commit(
                table=place.table, partition=place.partition, writes=[claim], write_id=write_id
            )
            kept += 1
    return kept
