"""A person's partition as one use case changes it: one partition, one transaction (design.md §2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.errors import DomainError
from domain.identity._model import Person, plain_person
from domain.identity._queries import no_such_person
from domain.identity._rows import PEOPLE, PERSON_ROW, PROOF, person_from_row, person_to_values
from domain.notifications import Announcement
from domain.ports import Ports
from domain.store import Create, Replace, Row, RowChanged, RowExists, StorageUnavailable, Write
from domain.timeline import (
    BEFORE_TIMELINE,
    Act,
    Entry,
    Note,
    VersionStale,
    changes_between,
    entry_to_write,
    overwritten,
    stamped,
    with_changes,
)
from domain.values import Role, iso

_ATTEMPTS = 24


@dataclass(frozen=True)
class Decision:
    """The person as it shall be, what to enter, and rows of its partition to write besides."""

    person: Person
    notes: tuple[Note, ...]
    writes: tuple[Write, ...] = ()


Decide = Callable[[Person, Mapping[str, Row]], Decision | None]
"""Pure: given the person and the other rows of its partition, refuses by raising, or None to change nothing."""


async def change_person(
    *, ports: Ports, person_id: str, among: frozenset[Role], act: Act, decide: Decide, is_news: bool = False
) -> Person:
    """Read, decide, store the person and its timeline entries in one transaction: two storage requests.

    When somebody else's transaction came between, it is decided again on fresh rows. A repeated keyed request
    finds its proof and changes nothing. Whom the entries concern is told after the answer; `is_news` says that
    somebody will be, so that the marker goes out beside the read. Raises what `decide` raises, PersonNotFound,
    StorageUnavailable.
    """
    news = Announcement(ports, PEOPLE, person_id, act)
    if is_news:
        news.expect()
    try:
        return await _decide_and_commit(
            ports=ports, person_id=person_id, among=among, act=act, decide=decide, news=news
        )
    except StorageUnavailable:
        raise  # whether the change landed isn't known: a marker stays for the sweep
    except DomainError:
        news.drop()
        raise


async def _decide_and_commit(
    *, ports: Ports, person_id: str, among: frozenset[Role], act: Act, decide: Decide, news: Announcement
) -> Person:
    for attempt in range(_ATTEMPTS):
        parts = await _partition(ports, person_id)
        row = parts.pop(PERSON_ROW, None)
        person = person_from_row(row) if row else None
        if row is None or person is None or person.role not in among:
            raise no_such_person(person_id)
        if act.proof and PROOF + act.proof in parts:
            news.tell_again()
            return person
        try:
            decision = decide(person, parts)
        except VersionStale as stale:
            raise await with_changes(stale, store=ports.store, table=PEOPLE, partition=person_id) from None
        if decision is None:
            news.drop()
            return person
        await news.certain(*(note.action for note in decision.notes))
        writes, after, entries = _transaction(person, row.etag, decision, act)
        try:
            await ports.store.commit(table=PEOPLE, partition=person_id, writes=writes, write_id=act.write_id)
        except (RowChanged, RowExists):
            await ports.pause(attempt)
            continue
        news.tell(entries, plain_person(after))
        return after
    raise StorageUnavailable("Too many people are changing this person at this moment. Try again.", retry_after=1)


def edited(before: Person, edits: Mapping[str, Any], act: Act, *, action: str, message: str) -> Decision | None:
    """Ordinary fields set anew, the last write wins: what somebody else had set is entered as overwritten
    (mission.md §1), an unchanged value leaves no entry."""
    after = replace(before, **edits)
    changes = changes_between(plain_person(before), plain_person(after))
    if not changes:
        return None
    lost = overwritten(changes, before.provenance, act)
    told = {note.changes[0].field for note in lost}
    own = [change for change in changes if change.field not in told]
    return Decision(after, (Note(action, message, changes=own), *lost) if own else lost)


async def _partition(ports: Ports, person_id: str) -> dict[str, Row]:
    rows = ports.store.scan(table=PEOPLE, partition=person_id, before=BEFORE_TIMELINE)
    return {row.key: row async for row in rows}


def _transaction(
    before: Person, etag: str, decision: Decision, act: Act
) -> tuple[list[Write], Person, tuple[Entry, ...]]:
    after, entries = stamped(decision.person, before=before, plain=plain_person, act=act, notes=decision.notes)
    writes: list[Write] = [Replace(PERSON_ROW, person_to_values(after), etag), *decision.writes]
    if act.proof:
        writes.append(Create(PROOF + act.proof, {"at": iso(act.at)}))
    return [*writes, *map(entry_to_write, entries)], after, entries
