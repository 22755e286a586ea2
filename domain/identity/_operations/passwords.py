"""Passwords of staff: set by a mailed link, changed by who knows the present one."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from domain.identity._change import Decision, change_person
from domain.identity._model import (
    STAFF,
    EmailAddress,
    Person,
    account_of,
    check_new_password,
    check_password,
    normal_password,
)
from domain.identity._operations.sessions import end_sessions_of, keep_session
from domain.identity._operations.sign_in import clear_lock, count_try, refuse_locked
from domain.identity._ports import LiveSessions, Messages, Passwords
from domain.identity._queries import read_person, staff_by_email
from domain.identity._rows import PEOPLE, RESET_ROW, ResetLink, reset_from_row, reset_to_values
from domain.identity.errors import CurrentPasswordWrong, ResetLinkInvalid
from domain.ports import Ports
from domain.store import Create, Delete, Replace, Row, RowChanged, RowExists
from domain.timeline import Act, Note
from domain.values import Actor

RESET_LIFE, INVITATION_LIFE = timedelta(minutes=30), timedelta(days=3)
"""How long a link lives: one that was asked for, and one with which somebody is invited."""

RESEND_AFTER = timedelta(minutes=1)
"""A person is mailed at most one link a minute, however often it is asked for."""

_TOKEN = re.compile(r"((?:KAM|ADMIN)-[0-9]{1,15})\.[0-9a-f]{64}")


@dataclass(frozen=True)
class ResetPage:
    """The page of the portal at which a link sets a new password: it reads `?token=` (client-contract.md §3)."""

    portal: str

    def link(self, token: str) -> str:
        """The link to put into a mail."""
        return f"{self.portal.rstrip('/')}/reset-password?token={quote(token)}"


async def request_password_reset(*, ports: Ports, messages: Messages, page: ResetPage, email: EmailAddress) -> None:
    """Mail a link to the member of staff with this address, if there is one and it is active.

    All of it happens after the answer, so neither the answer nor its time tells whether there is one.
    """

    async def send() -> None:
        person, _ = await staff_by_email(store=ports.store, email=email)
        if person and person.is_active:
            await send_reset_link(ports=ports, messages=messages, page=page, person=person, life=RESET_LIFE)

    ports.later(send())


async def send_reset_link(
    *, ports: Ports, messages: Messages, page: ResetPage, person: Person, life: timedelta = INVITATION_LIFE
) -> None:
    """Mail a new link to a member of staff; an older one is void. Two storage requests. Raises MessageNotSent."""
    at = ports.clock.now()
    row = await ports.store.get(table=PEOPLE, partition=person.id, key=RESET_ROW)
    if row and person.email and reset_from_row(row).sent_at + RESEND_AFTER > at:
        return
    token = f"{person.id}.{ports.ids.unique()}{ports.ids.unique()}"
    values = reset_to_values(ResetLink(_digest(token), at, at + life))
    write = Replace(RESET_ROW, values, row.etag) if row else Create(RESET_ROW, values)
    with suppress(RowExists, RowChanged):  # another one is being mailed at this moment
        await ports.store.commit(table=PEOPLE, partition=person.id, writes=[write], write_id=ports.ids.unique())
        text = _mail(person, page.link(token), life)
        await messages.email(to=person.email.text if person.email else "", template="password_link", text=text)


async def reset_password(
    *, ports: Ports, passwords: Passwords, live: LiveSessions, token: str, password: str, write_id: str
) -> Person:
    """Set a password by a mailed link, which is used up by it; all sessions end, and a lock too, since the
    mailbox has proved who it is. Raises PasswordTooWeak, ResetLinkInvalid."""
    check_password(password, field="newPassword")
    found = _TOKEN.fullmatch(token)
    row = await ports.store.get(table=PEOPLE, partition=found[1], key=RESET_ROW) if found else None
    person = await read_person(store=ports.store, person_id=found[1]) if found else None
    if person is None or not person.is_active or not _opens(row, token, ports.clock.now()):
        raise _void()
    hashed = await passwords.hash(password=normal_password(password))

    def decide(current: Person, parts: Mapping[str, Row]) -> Decision:
        link = parts.get(RESET_ROW)
        if link is None or not current.is_active or not _opens(link, token, ports.clock.now()):
            raise _void()
        note = Note("PasswordReset", f"{current.name} set a new password by a mailed link")
        return Decision(_with_password(current, hashed), (note,), (Delete(RESET_ROW, link.etag),))

    act = Act(actor=_self(person), at=ports.clock.now(), write_id=write_id)
    done = await change_person(ports=ports, person_id=person.id, among=STAFF, act=act, decide=decide)
    await end_sessions_of(ports=ports, live=live, person_id=done.id)
    if done.email:
        await clear_lock(ports=ports, email=done.email)
    return done


async def change_password(
    *,
    ports: Ports,
    passwords: Passwords,
    live: LiveSessions,
    session_id: str,
    current: str,
    new: str,
    act: Act,
) -> None:
    """A member of staff changes its own password; all its other sessions end.

    A wrong current password counts as a wrong try of signing in: a found phone can't be used to guess it.
    Raises CurrentPasswordWrong, PasswordTooWeak, SignInLocked, TooManyRequests.
    """
    check_new_password(new, old=current, field="newPassword")
    person = await read_person(store=ports.store, person_id=act.actor.id)
    if person is None or person.email is None:
        raise _wrong()
    await refuse_locked(ports=ports, email=person.email)
    right = await passwords.verify(password=normal_password(current), hashed=person.password_hash)
    await count_try(ports, person.email, right=right)
    if not right:
        raise _wrong()
    known, hashed = person.password_hash, await passwords.hash(password=normal_password(new))

    def decide(now: Person, _: Mapping[str, Row]) -> Decision:
        if now.password_hash != known:
            raise _wrong()  # somebody else was faster, and this is no longer the current one
        note = Note("PasswordChanged", f"{now.name} changed the password")
        return Decision(_with_password(now, hashed), (note,))

    done = await change_person(ports=ports, person_id=person.id, among=STAFF, act=act, decide=decide)
    await keep_session(ports=ports, person=done, session_id=session_id)
    await end_sessions_of(ports=ports, live=live, person_id=done.id, but=session_id)


def _with_password(person: Person, hashed: str) -> Person:
    return replace(person, password_hash=hashed, generation=person.generation + 1)


def _opens(row: Row | None, token: str, at: datetime) -> bool:
    link = reset_from_row(row) if row else None
    return link is not None and at < link.expires_at and hmac.compare_digest(_digest(token), link.digest)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _self(person: Person) -> Actor:
    account = account_of(person)
    return Actor(account.id, account.name, account.role)


def _mail(person: Person, link: str, life: timedelta) -> str:
    span = f"{life.days} days" if life.days else f"{int(life.total_seconds()) // 60} minutes"
    return (
        f"Hello {person.name},\n\nset your password here: {link}\n\nThe link works once, for {span}. "
        "If you didn't ask for it, you needn't do anything.\n"
    )


def _void() -> ResetLinkInvalid:
    return ResetLinkInvalid("This link is wrong, was used or is too old. Ask for a new one.")


def _wrong() -> CurrentPasswordWrong:
    return CurrentPasswordWrong.field("currentPassword", "This isn't your current password.")
