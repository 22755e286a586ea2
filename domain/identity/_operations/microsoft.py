"""Signing in with a Microsoft account: whom a verified token of the directory stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from domain.identity._change import Decision, change_person
from domain.identity._model import STAFF, ExternalIdentity, Person, SignedIn
from domain.identity._operations.sessions import open_session
from domain.identity._operations.sign_in import active_account
from domain.identity._ports import AccessTokens, ExternalTokens
from domain.identity._queries import read_person, staff_by_email
from domain.identity._rows import IDENTITIES, STAFF_ROW, Claim, claim_from_row, claim_to_values
from domain.identity.errors import MicrosoftAccountUnknown
from domain.ports import Ports
from domain.store import Create, Replace, Row, RowChanged, RowExists
from domain.timeline import Act, Note
from domain.values import Actor


async def sign_in_with_microsoft(
    *, ports: Ports, tokens: AccessTokens, external: ExternalTokens, token: str, write_id: str
) -> SignedIn:
    """Sign the member of staff in whom a token of the directory stands for.

    Directory and object id are mapped to a person. The first time they are, if the directory vouches for an
    address that an active member of staff signs in with and who has no Microsoft account yet; from then on only
    the ids count. Nobody is enrolled by it. Raises TokenRejected, KeysNotAvailable, MicrosoftAccountUnknown,
    AccountNotActive.
    """
    said = await external.read(token=token)
    person = await _mapped(ports, said) or await _linked(ports, said, write_id)
    if person is None:
        raise MicrosoftAccountUnknown("No member of staff here belongs to this Microsoft account.")
    return await open_session(ports=ports, tokens=tokens, account=active_account(person), person=person)


async def _mapped(ports: Ports, said: ExternalIdentity) -> Person | None:
    """The person of these ids: claim and person must agree (design.md §3)."""
    row = await ports.store.get(table=IDENTITIES, partition=said.key, key=STAFF_ROW)
    person = await read_person(store=ports.store, person_id=claim_from_row(row).person_id) if row else None
    return person if person and person.microsoft_id == said.key else None


async def _linked(ports: Ports, said: ExternalIdentity, write_id: str) -> Person | None:
    """The member of staff with the verified address, linked to these ids for good; None if there is none."""
    if said.verified_email is None:
        return None
    person, _ = await staff_by_email(store=ports.store, email=said.verified_email)
    if person is None or not person.is_active or person.microsoft_id not in (None, said.key):
        return None
    at = ports.clock.now()
    row = await ports.store.get(table=IDENTITIES, partition=said.key, key=STAFF_ROW)
    values = claim_to_values(Claim(person.id, at))
    write = Replace(STAFF_ROW, values, row.etag) if row else Create(STAFF_ROW, values)
    try:
        await ports.store.commit(table=IDENTITIES, partition=said.key, writes=[write], write_id=write_id)
    except (RowExists, RowChanged):
        return await _mapped(ports, said)  # the same sign-in twice at once

    def decide(now: Person, _: Mapping[str, Row]) -> Decision | None:
        if now.microsoft_id is not None or not now.is_active or now.email != said.verified_email:
            return None
        note = Note("MicrosoftLinked", f"{now.name} signed in with a Microsoft account for the first time")
        return Decision(replace(now, microsoft_id=said.key), (note,))

    act = Act(actor=Actor(person.id, person.name, person.role), at=at, write_id=f"{write_id}:link")
    done = await change_person(ports=ports, person_id=person.id, among=STAFF, act=act, decide=decide)
    return done if done.microsoft_id == said.key else None
