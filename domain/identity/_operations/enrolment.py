"""Making a person with a login: first the claim to the phone or email, then the person (design.md §3)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta

from domain.errors import Conflict, DomainError
from domain.identity._model import (
    NOWHERE,
    STAFF,
    EmailAddress,
    Person,
    PersonStatus,
    Place,
    check_password,
    check_person,
    normal_password,
    plain_person,
)
from domain.identity._ports import Passwords
from domain.identity._queries import read_person
from domain.identity._rows import (
    EMAILS,
    PARTNER_ROW,
    PEOPLE,
    PERSON_ROW,
    PHONES,
    STAFF_ROW,
    Claim,
    claim_from_row,
    claim_to_values,
    person_to_values,
)
from domain.identity.errors import EmailTaken, PersonExists, PhoneTaken
from domain.notifications import Announcement
from domain.ports import Ports
from domain.store import Create, Replace, RowChanged, RowExists, StorageUnavailable, Write
from domain.timeline import Act, Note, changes_between, entry_to_write, stamped
from domain.values import PhoneNumber, Role

SETTLED_AFTER = timedelta(minutes=1)
"""How long a claim without its person is taken for an enrolment under way, and not for a crashed one."""

_ATTEMPTS = 3


async def enroll(
    *,
    ports: Ports,
    passwords: Passwords,
    act: Act,
    person_id: str,
    name: str,
    role: Role,
    phone: PhoneNumber | None = None,
    email: EmailAddress | None = None,
    kam_id: str | None = None,
    password: str | None = None,
    invited: bool = False,
    status: PersonStatus = PersonStatus.ACTIVE,
    place: Place = NOWHERE,
) -> Person:
    """Make a channel partner (signs in by phone) or a member of staff (by email and password, or `invited`
    to set one by a mailed link).

    Repeating it with the same id, role, phone and email answers the person as it is now and changes nothing,
    the password included; after a crash between claim and person it finishes the work.
    Raises PersonInvalid, PasswordTooWeak, PhoneTaken, EmailTaken, PersonExists.
    """
    person = Person(person_id, name.strip(), role, status, act.at, phone, email, kam_id)
    person = replace(person, **asdict(place))
    check_person(person, password_given=password is not None, invited=invited)
    if password is not None:
        check_password(password)
    news = Announcement(ports, PEOPLE, person_id, act)
    if status is PersonStatus.PENDING:  # an Admin is to activate it
        news.expect()
    try:
        return await _enrolled(
            ports=ports, passwords=passwords, password=password, person=person, act=act, news=news
        )
    except StorageUnavailable:
        raise  # whether the person is there isn't known: the marker stays for the sweep
    except DomainError:
        news.drop()
        raise


async def _enrolled(
    *, ports: Ports, passwords: Passwords, password: str | None, person: Person, act: Act, news: Announcement
) -> Person:
    if existing := await read_person(store=ports.store, person_id=person.id):
        news.tell_again()
        return _same(person, existing)
    await _claim_login(ports, person, act)
    if password is not None:
        hashed = await passwords.hash(password=normal_password(password))
        person = replace(person, password_hash=hashed)
    return await _create(ports, person, act, news)


def _same(person: Person, existing: Person) -> Person:
    """What is there already, if it is what was to be made. Raises PersonExists."""
    if (person.role, person.phone, person.email) == (existing.role, existing.phone, existing.email):
        return existing
    raise PersonExists(f"{person.id} exists already, with another role, phone or email.")


async def _create(ports: Ports, person: Person, act: Act, news: Announcement) -> Person:
    """The person and the first entry of its timeline, in one transaction."""
    changes = changes_between({}, plain_person(person))
    note = Note("PersonEnrolled", f"{act.actor.name} enrolled {person.name} as {person.role}", changes=changes)
    person, entries = stamped(person, before=None, plain=plain_person, act=act, notes=[note])
    writes: list[Write] = [Create(PERSON_ROW, person_to_values(person)), *map(entry_to_write, entries)]
    await news.certain()
    try:
        await ports.store.commit(table=PEOPLE, partition=person.id, writes=writes, write_id=act.write_id)
    except RowExists:
        existing = await read_person(store=ports.store, person_id=person.id)
        if existing is None:
            raise
        news.tell_again()
        return _same(person, existing)
    news.tell(entries, plain_person(person))
    return person


async def _claim_login(ports: Ports, person: Person, act: Act) -> None:
    """Claim what the person signs in with. Raises PhoneTaken, EmailTaken."""
    taken: Conflict
    if person.role in STAFF and person.email:
        table, partition, key = EMAILS, person.email.text, STAFF_ROW
        taken = EmailTaken("Another member of staff signs in with this email address.")
    elif person.phone:
        table, partition, key = PHONES, person.phone.e164, PARTNER_ROW
        taken = PhoneTaken("Another channel partner signs in with this phone number.")
    else:  # refused by check_person before
        return
    for _ in range(_ATTEMPTS):
        row = await ports.store.get(table=table, partition=partition, key=key)
        if row and claim_from_row(row).person_id == person.id:
            return
        if row and await _holds(ports, claim_from_row(row), person, act):
            raise taken
        values = claim_to_values(Claim(person.id, act.at))
        write = Replace(key, values, row.etag) if row else Create(key, values)
        with suppress(RowExists, RowChanged):
            await ports.store.commit(
                table=table, partition=partition, writes=[write], write_id=f"{act.write_id}:{person.id}"
            )
            return
    raise taken


async def _holds(ports: Ports, claim: Claim, person: Person, act: Act) -> bool:
    """Whether a claim keeps others out: its person says the same, or may be about to be written."""
    owner = await read_person(store=ports.store, person_id=claim.person_id)
    if owner is None:
        return act.at < claim.claimed_at + SETTLED_AFTER
    return owner.email == person.email if person.role in STAFF else owner.phone == person.phone
