"""Reading people and sessions. Nothing here writes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Set
from datetime import datetime, timedelta

from domain import settings
from domain.identity._model import (
    MOBILE_LIMITS,
    PREFIX,
    STAFF,
    EmailAddress,
    Person,
    Session,
    SessionLimits,
    is_person_id,
)
from domain.identity._rows import (
    EMAILS,
    LOCK_ROW,
    PARTNER_ROW,
    PEOPLE,
    PERSON_ROW,
    PHONES,
    SESSIONS,
    STAFF_ROW,
    claim_from_row,
    person_from_row,
    session_from_row,
)
from domain.identity.errors import KamNotAssignable, PartnerNotAssignable, PersonNotFound
from domain.store import Row, Store
from domain.timeline import FIRST_ENTRY, Entry, entry_from_row
from domain.values import Actor, PhoneNumber, Role


async def read_person(*, store: Store, person_id: str) -> Person | None:
    """The person with this id, or None. One storage request."""
    row = await store.get(table=PEOPLE, partition=person_id, key=PERSON_ROW)
    return person_from_row(row) if row else None


async def person(*, store: Store, person_id: str) -> Person:
    """The person with this id. Raises PersonNotFound. One storage request."""
    found = await read_person(store=store, person_id=person_id)
    if found is None:
        raise no_such_person(person_id)
    return found


def no_such_person(person_id: str) -> PersonNotFound:
    """The refusal for a person who isn't there, or not there for this caller."""
    return PersonNotFound(f"There is no {person_id[:40]}, or it isn't yours.")


async def person_of_actor(*, store: Store, person_id: str, among: frozenset[Role], actor: Actor) -> Person:
    """A partner or KAM that the actor may see: any for an Admin, its own partners for a KAM, oneself.

    Raises PersonNotFound. One storage request.
    """
    found = await read_person(store=store, person_id=person_id) if is_person_id(person_id) else None
    if found is None or found.role not in among or not _may_see(found, actor):
        raise no_such_person(person_id)
    return found


async def people_of_actor(*, store: Store, role: Role, actor: Actor) -> tuple[Person, ...]:
    """Everybody with this role that the actor may see, in id order: one walk through `people`."""
    return tuple(p for p in await people(store=store, roles={role}) if _may_see(p, actor))


async def timeline_of_person(
    *, store: Store, person_id: str, among: frozenset[Role], actor: Actor
) -> tuple[Entry, ...]:
    """The person's timeline, oldest first. Raises PersonNotFound. Two storage requests."""
    found = await person_of_actor(store=store, person_id=person_id, among=among, actor=actor)
    rows = store.scan(table=PEOPLE, partition=found.id, first=FIRST_ENTRY)
    return tuple([entry_from_row(row) async for row in rows])


def _may_see(found: Person, actor: Actor) -> bool:
    mine = found.role is Role.CP and actor.role is Role.KAM and found.kam_id == actor.id
    return actor.role is Role.ADMIN or mine or found.id == actor.id


async def people(*, store: Store, roles: Set[Role]) -> tuple[Person, ...]:
    """Everybody with one of these roles, in id order: one walk through the table `people`. Other requests go on
    meanwhile: 600 people take 20 ms."""
    wanted, found = {str(role) for role in roles}, list[Person]()
    async for row in store.scan(table=PEOPLE):
        if row.key == PERSON_ROW and row.values["role"] in wanted:
            found.append(person_from_row(row))
            if len(found) % _AT_A_TIME == 0:
                await asyncio.sleep(0)
    return tuple(found)


_AT_A_TIME = 100


async def partners(*, store: Store) -> tuple[Person, ...]:
    """All channel partners, in id order: one walk through the table `people`."""
    return await people(store=store, roles={Role.CP})


async def partner_ids_of_kam(*, store: Store, kam_id: str) -> frozenset[str]:
    """The ids of the channel partners assigned to this KAM (domain.md "Roles"): one walk through `people`."""
    return frozenset(p.id for p in await partners(store=store) if p.kam_id == kam_id)


async def partner_ids_by_kam(*, store: Store) -> Mapping[str, frozenset[str]]:
    """The ids of each KAM's channel partners: one walk through `people`, whoever is asked for."""
    found: dict[str, set[str]] = {}
    for partner in await partners(store=store):
        if partner.kam_id:
            found.setdefault(partner.kam_id, set()).add(partner.id)
    return {kam_id: frozenset(ids) for kam_id, ids in found.items()}


async def partner_by_phone(*, store: Store, phone: PhoneNumber) -> Person | None:
    """The channel partner who signs in with this phone: claim and person must agree (design.md §3).

    One storage request if there is no claim, two if there is.
    """
    row = await store.get(table=PHONES, partition=phone.e164, key=PARTNER_ROW)
    found = await read_person(store=store, person_id=claim_from_row(row).person_id) if row else None
    return found if found and found.role is Role.CP and found.phone == phone else None


async def staff_by_email(*, store: Store, email: EmailAddress) -> tuple[Person | None, Row | None]:
    """The member of staff who signs in with this email, if any, and the row that counts its wrong tries.

    Two storage requests, also where there is no claim: how long it takes tells nobody who works here.
    """
    rows = {row.key: row async for row in store.scan(table=EMAILS, partition=email.text)}
    claim = rows.get(STAFF_ROW)
    person_id = claim_from_row(claim).person_id if claim else _NOBODY
    found = await read_person(store=store, person_id=person_id)
    return found if found and found.email == email else None, rows.get(LOCK_ROW)


async def limits_for(*, store: Store, person_id: str) -> SessionLimits:
    """The limits of this person's sessions. One storage request for staff, none for others."""
    if person_id.rpartition("-")[0] not in _STAFF_PREFIXES:
        return MOBILE_LIMITS
    now = await settings.read_settings(store=store)
    return SessionLimits(
        idle=timedelta(minutes=now.session_timeout_min), access=timedelta(minutes=now.token_expiry_min)
    )


_NOBODY = "ADMIN-0"  # ids begin far above
_STAFF_PREFIXES = frozenset(PREFIX[role] for role in STAFF)


async def read_session(*, store: Store, person_id: str, session_id: str) -> Session | None:
    """The session, ended ones excepted since they are gone; it may be idle too long. One hop."""
    row, limits = await asyncio.gather(
        store.get(table=SESSIONS, partition=person_id, key=session_id),
        limits_for(store=store, person_id=person_id),
    )
    return session_from_row(row, limits) if row else None


async def session_is_live(*, store: Store, person_id: str, session_id: str, at: datetime) -> bool:
    """Whether this session may be used at this moment. One hop."""
    session = await read_session(store=store, person_id=person_id, session_id=session_id)
    return session is not None and session.is_live(at)


async def assignable_partner(*, store: Store, partner_id: str, actor: Actor, field: str = "assignedTo") -> Person:
    """The active channel partner that this actor may assign a lead to: any for an Admin, a KAM's own.

    `field` is where the client named it. Raises PartnerNotAssignable.
    """
    found = await read_person(store=store, person_id=partner_id) if partner_id.startswith("CP-") else None
    own = actor.role is not Role.KAM or partner_id in actor.partners
    if found is None or not found.is_active or not own:
        raise PartnerNotAssignable.field(field, "There is no active channel partner of yours with this id.")
    return found


async def assignable_kam(*, store: Store, kam_id: str) -> Person:
    """The active key account manager with this id. Raises KamNotAssignable. One storage request."""
    found = await read_person(store=store, person_id=kam_id) if kam_id.startswith("KAM-") else None
    if found is None or not found.is_active:
        raise KamNotAssignable.field("kamId", "There is no active key account manager with this id.")
    return found
