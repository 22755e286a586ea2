"""Activating and deactivating people, editing their profiles, and which KAM looks after which partner."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from domain.errors import DomainError, Unavailable
from domain.identity._change import Decision, change_person, edited
from domain.identity._model import Person, PersonStatus, check_person, check_reason, plain_person, with_status
from domain.identity._operations.sessions import end_sessions_of
from domain.identity._ports import LiveSessions, Messages
from domain.identity._queries import assignable_kam
from domain.identity.errors import MessageNotSent
from domain.ports import Ports
from domain.store import Row
from domain.timeline import Act, Note, changes_between, honour_if_match, require_version
from domain.values import Role

_PARALLEL = 8
CP = frozenset({Role.CP})


async def activate_person(
    *, ports: Ports, messages: Messages, person_id: str, among: frozenset[Role], act: Act
) -> Person:
    """Let somebody in who waits or was deactivated. Critical. A partner is told by SMS, after the answer.

    Raises PersonNotFound, VersionRequired, VersionStale, PersonStatusChangeNotAllowed.
    """

    decisions: list[Decision | None] = []

    def decide(person: Person, _: Mapping[str, Row]) -> Decision | None:
        decisions.append(_status_change(person, PersonStatus.ACTIVE, "activated", None, act))
        return decisions[-1]

    person = await change_person(
        ports=ports, person_id=person_id, among=among, act=act, decide=decide, is_news=True
    )
    if person.role is Role.CP and decisions and decisions[-1]:
        ports.later(_tell_activated(messages, person))
    return person


async def deactivate_person(
    *, ports: Ports, live: LiveSessions, person_id: str, among: frozenset[Role], reason: str, act: Act
) -> Person:
    """Shut somebody out. Critical, with a reason of at least 10 characters. The sessions end in the same
    transaction, by the person's next generation; removing their rows afterwards only tidies up.

    Raises PersonNotFound, VersionRequired, VersionStale, PersonStatusChangeNotAllowed, ReasonMissing.
    """
    why = check_reason(reason)

    def decide(person: Person, _: Mapping[str, Row]) -> Decision | None:
        return _status_change(person, PersonStatus.DEACTIVATED, "deactivated", why, act)

    person = await change_person(
        ports=ports, person_id=person_id, among=among, act=act, decide=decide, is_news=True
    )
    await end_sessions_of(ports=ports, live=live, person_id=person.id)
    return person


async def edit_person(
    *, ports: Ports, person_id: str, among: frozenset[Role], edits: Mapping[str, Any], act: Act
) -> Person:
    """Set some of name, email (a partner's), phone (staff's), address, city, state, pin_code, kam_id; None
    clears.

    The last write wins, field by field; what somebody signs in with isn't edited here. Raises PersonInvalid,
    KamNotAssignable, PersonNotFound, and VersionStale if the act insists on a version.
    """
    if edits.get("kam_id"):
        await assignable_kam(store=ports.store, kam_id=edits["kam_id"])

    def decide(person: Person, _: Mapping[str, Row]) -> Decision | None:
        after = replace(person, **edits)
        wanted = {c.field: c.after for c in changes_between(plain_person(person), plain_person(after))}
        honour_if_match(act=act, version=person.version, current=_current(person), yours=wanted)
        check_person(after, password_given=False, invited=True)
        said = f"{act.actor.name} edited the profile"
        return edited(person, edits, act, action="PersonEdited", message=said)

    return await change_person(ports=ports, person_id=person_id, among=among, act=act, decide=decide)


@dataclass(frozen=True)
class Assignment:
    """What became of one partner of a bulk assignment: the person as it is, or why it wasn't changed."""

    partner_id: str
    person: Person | None = None
    refusal: DomainError | None = None


async def assign_kam(
    *, ports: Ports, partner_ids: Sequence[str], kam_id: str | None, remarks: str | None, act: Act
) -> list[Assignment]:
    """Put channel partners under a KAM, or with None under nobody: a transaction for each, and what became
    of each, in the order given (a repeated id once). Raises KamNotAssignable before anything is changed, and
    StorageUnavailable if what became of all isn't known, or of some of a keyed request's."""
    if kam_id is not None:
        await assignable_kam(store=ports.store, kam_id=kam_id)
    room = asyncio.Semaphore(_PARALLEL)

    async def assign(partner_id: str) -> Assignment:
        async with room:
            try:
                return Assignment(partner_id, await _assign(ports, partner_id, kam_id, remarks, act))
            except DomainError as refusal:
                return Assignment(partner_id, refusal=refusal)

    assignments = list(await asyncio.gather(*map(assign, dict.fromkeys(partner_ids))))
    unknown = [a.refusal for a in assignments if isinstance(a.refusal, Unavailable)]
    if unknown and (act.proof or len(unknown) == len(assignments)):
        raise unknown[0]  # a keyed request can be sent again: then no half answer may be kept
    return assignments


async def _assign(ports: Ports, partner_id: str, kam_id: str | None, remarks: str | None, act: Act) -> Person:
    whom = f"to {kam_id}" if kam_id else "to no key account manager"

    def decide(person: Person, _: Mapping[str, Row]) -> Decision | None:
        said = f"{act.actor.name} assigned {person.name} {whom}"
        decision = edited(person, {"kam_id": kam_id}, act, action="KamAssigned", message=said)
        if decision is None:
            return None
        assigned = Note("KamAssigned", said, reason=remarks)
        first, *rest = decision.notes
        if first.action == "KamAssigned":
            return replace(decision, notes=(replace(first, reason=remarks), *rest))
        return replace(decision, notes=(assigned, first, *rest))

    one = replace(act, write_id=f"{act.write_id}:{partner_id}", version=None, exact=False)
    return await change_person(ports=ports, person_id=partner_id, among=CP, act=one, decide=decide)


def _status_change(person: Person, to: PersonStatus, verb: str, reason: str | None, act: Act) -> Decision | None:
    require_version(act=act, version=person.version, current=_current(person), yours={"status": str(to)})
    if person.status is to:
        return None
    after = with_status(person, to)
    changes = changes_between(plain_person(person), plain_person(after))
    said = f"{act.actor.name} {verb} {person.name}"
    return Decision(after, (Note(f"Person{verb.capitalize()}", said, changes=changes, reason=reason),))


def _current(person: Person) -> dict[str, Any]:
    return {**plain_person(person), "version": person.version}


async def _tell_activated(messages: Messages, person: Person) -> None:
    text = f"Welcome, {person.name}! Your channel partner account is active. Sign in with this phone number."
    if person.phone:
        with suppress(MessageNotSent):  # the account is active all the same
            await messages.sms(to=person.phone, template="partner_activated", text=text)
