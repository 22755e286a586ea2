"""Appending, verifying and folding a timeline (design.md §2: no gaps, and the fold of 1…n is the state at n)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

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


def verify(entries: Iterable[Entry], *, last_hash: str, version: int) -> Broken | None:
    """None if the entries are the whole, unchanged timeline of an aggregate at `version`, else the first fault."""
    previous, at_version, next_sequence = "", 0, 0
    for entry in entries:
        here = (entry.version, entry.sequence)
        if here not in ((at_version, next_sequence), (at_version + 1, 0)):
            return Broken(
                *here, f"expected {at_version}.{next_sequence} or {at_version + 1}.0: entries are missing"
            )
        if entry.previous != previous:
            return Broken(*here, "it doesn't continue the entry before it")
        if entry.hash != _digest(entry):
            return Broken(*here, "it was changed after it was written")
        previous, at_version, next_sequence = entry.hash, entry.version, entry.sequence + 1
    if (at_version, previous) != (version, last_hash):
        return Broken(at_version + 1, 0, f"the timeline ends before version {version} does")
    return None


def fold(entries: Iterable[Entry]) -> dict[str, Plain]:
    """The values of all fields after these entries, in order from the first; parts' fields keep their prefix."""
    values: dict[str, Plain] = {}
    for entry in entries:
        values |= {change.field: change.after for change in entry.changes}
    return values
