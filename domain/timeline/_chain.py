"""Appending, verifying and folding a timeline (design.md §2: no gaps, and the fold of 1…n is the state at n)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from domain.timeline._act import Act
from domain.timeline._entry import Entry, Note, Plain
from domain.values import iso


@dataclass(frozen=True)
class Broken:
    """The first entry at which a timeline stops being what was written, and in what way."""

    version: int
    sequence: int
    problem: str


def append(*, previous: str, version: int, act: Act, notes: Sequence[Note]) -> tuple[Entry, ...]:
    """The entries of one transaction, chained to the hash of the last one before it ("" for the first)."""
    entries: list[Entry] = []
    for sequence, note in enumerate(notes):
        entry = Entry(
            version=version,
            sequence=sequence,
            at=act.at,
            actor=act.actor,
            action=note.action,
            message=note.message,
            changes=tuple(note.changes),
            reason=note.reason,
            facts=dict(note.facts),
            previous=previous,
        )
        entries.append(replace(entry, hash=_digest(entry)))
        previous = entries[-1].hash
    return tuple(entries)


def _digest(entry: Entry) -> str:
    """SHA-256 over the canonical JSON of everything that the entry says, the previous hash included."""
    said = {
        "version": entry.version,
        "sequence": entry.sequence,
        "at": iso(entry.at),
        "actor": [entry.actor.id, entry.actor.name, entry.actor.role],
        "action": entry.action,
        "message": entry.message,
        "changes": [[c.field, c.before, c.after] for c in entry.changes],
        "reason": entry.reason,
        "facts": entry.facts,
        "previous": entry.previous,
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Chain:
    """Verifies a timeline entry by entry, so that a long one needn't be held in memory."""

    def __init__(self) -> None:
        self._previous = ""
        self._version = 0
        self._next = 0

    @property
    def expected(self) -> tuple[int, int]:
        """Version and sequence at which the next entry may stand."""
        return self._version, self._next

    def take(self, entry: Entry) -> Broken | None:
        """None if this is the entry that has to come next, unchanged, else what is wrong with it."""
        here = (entry.version, entry.sequence)
        if here not in (self.expected, (self._version + 1, 0)):
            said = f"expected {self._version}.{self._next} or {self._version + 1}.0: entries are missing"
            return Broken(*here, said)
        if entry.previous != self._previous:
            return Broken(*here, "it doesn't continue the entry before it")
        if entry.hash != _digest(entry):
            return Broken(*here, "it was changed after it was written")
        self._previous, self._version, self._next = entry.hash, entry.version, entry.sequence + 1
        return None

    def end(self, *, last_hash: str, version: int) -> Broken | None:
        """None if the entries so far are the whole timeline of an aggregate at `version`."""
        if (self._version, self._previous) != (version, last_hash):
            return Broken(self._version + 1, 0, f"the timeline ends before version {version} does")
        return None


def verify(entries: Iterable[Entry], *, last_hash: str, version: int) -> Broken | None:
    """None if the entries are the whole, unchanged timeline of an aggregate at `version`, else the first fault."""
    chain = Chain()
    faults = (broken for entry in entries if (broken := chain.take(entry)))
    return next(faults, None) or chain.end(last_hash=last_hash, version=version)


def up_to(entries: Iterable[Entry], moment: datetime) -> tuple[Entry, ...]:
    """The entries before the first one that is later: what was stored then, without holes, is some version. Who
    began earlier may have come later, after losing to somebody else."""
    return tuple(takewhile(lambda entry: entry.at <= moment, entries))


def fold(entries: Iterable[Entry]) -> dict[str, Plain]:
    """The values of all fields after these entries, in order from the first; parts' fields keep their prefix."""
    values: dict[str, Plain] = {}
    for entry in entries:
        values |= {change.field: change.after for change in entry.changes}
    return values
