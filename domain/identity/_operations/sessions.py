"""Sessions: opening, using, refreshing and ending them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from domain.errors import Unavailable
from domain.identity._model import (
    MOBILE_LIMITS,
    PREFIX,
    STAFF,
    Account,
    Person,
    Session,
    SignedIn,
    account_of,
    belongs_to,
    caller_for,
    is_person_id,
)
from domain.identity._ports import AccessTokens, LiveSessions
from domain.identity._queries import limits_for, read_person
from domain.identity._rows import SESSIONS, session_from_row, session_to_values
from domain.identity.errors import NotAuthenticated, RefreshOvertaken, SessionEnded, TooManyRequests
from domain.ports import Ports
from domain.store import Create, Delete, Replace, Row, RowChanged

_ATTEMPTS = 5
_REFRESH_TOKEN = re.compile(r"([A-Za-z0-9-]{1,64})\.([0-9a-f]{32})\.[0-9a-f]{64}")


async def open_session(
    *, ports: Ports, tokens: AccessTokens, account: Account, person: Person | None = None
) -> SignedIn:
    """A new session for somebody whose sign-in was right. One storage request, two for staff.

    `person` is who it is as the sign-in was checked against, None for a customer: should a deactivation or a
    new password have come between, its generation is an earlier one, and the session has ended already.
    """
    at, session_id = ports.clock.now(), ports.ids.unique()
    refresh_token = _new_refresh_token(ports, account.id, session_id)
    generation = person.generation if person else 0
    limits = await limits_for(store=ports.store, person_id=account.id)
    session = Session(session_id, account, limits, _hash(refresh_token), at, at, generation)
    await ports.store.commit(
        table=SESSIONS,
        partition=account.id,
        writes=[Create(session_id, session_to_values(session))],
        write_id=ports.ids.unique(),
    )
    return _signed_in(tokens, session, refresh_token, at, person)


async def use_session(*, ports: Ports, person_id: str, session_id: str) -> Session | None:
    """The session if it is live, its use written down now and then; None if it has ended.

    One hop, with a request for the session and, unless it is a customer's, one for the person, for staff one for
    the settings; a second hop when the use is written. That it can't be written now is no reason to end it.
    """
    for _ in range(_ATTEMPTS):
        at = ports.clock.now()
        row, person, limits = await asyncio.gather(
            ports.store.get(table=SESSIONS, partition=person_id, key=session_id),
            read_person(store=ports.store, person_id=person_id) if is_person_id(person_id) else _nobody(),
            limits_for(store=ports.store, person_id=person_id),
        )
        session = session_from_row(row, limits) if row else None
        if row is None or session is None or not session.is_live(at):
            return None
        if is_person_id(person_id) and not belongs_to(session, person):
            return None
        if not session.needs_touch(at):
            return session
        used = replace(session, last_used=at)
        try:
            await _replace(ports, row, used)
        except RowChanged:
            continue
        except Unavailable:
            return session
        return used
    return session


async def refresh_session(
    *, ports: Ports, tokens: AccessTokens, live: LiveSessions, refresh_token: str
) -> SignedIn:
    """New tokens for a live session; the refresh token that was used is void at once.

    One that was used before, however long ago, ends the session: somebody has a copy of it. Only of two
    refreshes that overlap in time the second is refused without ending it (RefreshOvertaken).
    Raises SessionEnded, RefreshOvertaken, TooManyRequests.
    """
    found = _REFRESH_TOKEN.fullmatch(refresh_token)
    if not found:
        raise _ended()
    for attempt in range(_ATTEMPTS):
        at = ports.clock.now()
        row, limits = await asyncio.gather(
            ports.store.get(table=SESSIONS, partition=found[1], key=found[2]),
            limits_for(store=ports.store, person_id=found[1]),
        )
        session = session_from_row(row, limits) if row else None
        if row is None or session is None or not session.is_live(at):
            raise _ended()
        if not hmac.compare_digest(_hash(refresh_token), session.refresh_hash):
            raise await _used_before(ports, live, session, overtaken=attempt > 0)
        person = await _person_now(ports, live, session)
        account = account_of(person) if person else session.account
        next_token = _new_refresh_token(ports, account.id, session.id)
        fresh = replace(session, account=account, refresh_hash=_hash(next_token), last_used=at)
        try:
            await _replace(ports, row, fresh)
        except RowChanged:
            await ports.pause(attempt)
            continue
        return _signed_in(tokens, fresh, next_token, at, person)
    raise _contended()


async def end_session(*, ports: Ports, live: LiveSessions, person_id: str, session_id: str) -> None:
    """Log out: the session's access and refresh tokens are void. Ending an ended one is no fault."""
    for _ in range(_ATTEMPTS):
        row = await ports.store.get(table=SESSIONS, partition=person_id, key=session_id)
        if row is None or await _deleted(ports, row):
            live.forget(person_id=person_id)
            return
    raise _contended()


async def end_sessions_of(*, ports: Ports, live: LiveSessions, person_id: str, but: str | None = None) -> int:
    """End all sessions of a person or customer, `but` one of them excepted; how many there were.

    For deactivation, a changed password and a changed phone (domain.md "Sign-in").
    """
    ids = [row.key async for row in ports.store.scan(table=SESSIONS, partition=person_id) if row.key != but]
    for session_id in ids:
        await end_session(ports=ports, live=live, person_id=person_id, session_id=session_id)
    live.forget(person_id=person_id)
    return len(ids)


async def clear_idle_sessions(*, ports: Ports) -> int:
    """Remove the rows of sessions that were idle too long, for a daily timer; how many there were.

    They have ended without it; this only keeps the table small. One walk through the table `sessions`.
    """
    at, cleared = ports.clock.now(), 0
    limits = {True: await limits_for(store=ports.store, person_id="ADMIN-1"), False: MOBILE_LIMITS}
    async for row in ports.store.scan(table=SESSIONS):
        if not session_from_row(row, limits[row.values["role"] in STAFF]).is_live(at):
            cleared += await _deleted(ports, row)
    return cleared


async def _used_before(ports: Ports, live: LiveSessions, session: Session, *, overtaken: bool) -> NotAuthenticated:
    """The refusal of a token that isn't the session's present one; `overtaken` if it was when first read."""
    if overtaken:
        return RefreshOvertaken("The session was refreshed by another request at the same moment.")
    await end_session(ports=ports, live=live, person_id=session.account.id, session_id=session.id)
    return _ended()


async def _person_now(ports: Ports, live: LiveSessions, session: Session) -> Person | None:
    """The person as it is today, who may have been renamed or deactivated; None for a customer's session.

    Raises SessionEnded.
    """
    if session.account.role not in PREFIX:
        return None  # a changed phone or a merge ends a customer's sessions instead
    person = await read_person(store=ports.store, person_id=session.account.id)
    if belongs_to(session, person):
        return person
    await end_session(ports=ports, live=live, person_id=session.account.id, session_id=session.id)
    raise _ended()


async def keep_session(*, ports: Ports, person: Person, session_id: str) -> None:
    """Take one session along into the person's present generation: that of who changed the password."""
    row = await ports.store.get(table=SESSIONS, partition=person.id, key=session_id)
    if row is not None:
        with suppress(RowChanged):  # refreshed or ended at the same moment: whoever is second signs in again
            limits = await limits_for(store=ports.store, person_id=person.id)
            await _replace(ports, row, replace(session_from_row(row, limits), generation=person.generation))


async def _nobody() -> None:
    """Where there is no person to ask for."""


async def _replace(ports: Ports, row: Row, session: Session) -> None:
    write = Replace(row.key, session_to_values(session), row.etag)
    await ports.store.commit(table=SESSIONS, partition=row.partition, writes=[write], write_id=ports.ids.unique())


async def _deleted(ports: Ports, row: Row) -> bool:
    """Whether the row was still as it was read; then it is gone now."""
    write = Delete(row.key, row.etag)
    try:
        await ports.store.commit(
            table=SESSIONS, partition=row.partition, writes=[write], write_id=ports.ids.unique()
        )
    except RowChanged:
        return False
    return True


def _signed_in(
    tokens: AccessTokens, session: Session, refresh_token: str, at: datetime, person: Person | None
) -> SignedIn:
    caller = caller_for(session=session, at=at)
    return SignedIn(tokens.issue(caller=caller, at=at), refresh_token, caller.expires_at, caller, person)


def _new_refresh_token(ports: Ports, person_id: str, session_id: str) -> str:
    """Says which session it is for, and carries 64 unguessable hex digits."""
    return f"{person_id}.{session_id}.{ports.ids.unique()}{ports.ids.unique()}"


def _hash(refresh_token: str) -> str:
    return hashlib.sha256(refresh_token.encode()).hexdigest()


def _ended() -> SessionEnded:
    return SessionEnded("The session has ended. Sign in again.")


def _contended() -> TooManyRequests:
    return TooManyRequests("The session is being changed all the time. Try again in a moment.", retry_after=1)
