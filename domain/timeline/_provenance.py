"""Who set each field's present value: what tells an overwrite from an edit (design.md §2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.timeline._act import Act
from domain.timeline._entry import Change, Note, Plain
from domain.values import iso, moment

OVERWRITTEN = "Overwritten"


@dataclass(frozen=True)
class Origin:
    """Who set a value, when, and in which version."""

    by: str
    name: str
    at: datetime
    version: int


@dataclass(frozen=True)
class Provenance:
    """The origin of each field that somebody has set."""

    origins: Mapping[str, Origin]

    @classmethod
    def from_text(cls, text: str) -> Provenance:
        """From the JSON text kept on the aggregate's row."""
        return cls({f: Origin(o[0], o[1], moment(o[2]), o[3]) for f, o in json.loads(text).items()})

    def to_text(self) -> str:
        """The JSON text kept on the aggregate's row."""
        return json.dumps(
            {f: [o.by, o.name, iso(o.at), o.version] for f, o in sorted(self.origins.items())},
            separators=(",", ":"),
            ensure_ascii=False,
        )

    def after(self, changes: Iterable[Change], *, act: Act, version: int) -> Provenance:
        """With the changed fields now set by `act`; a value that is empty from the start was set by nobody."""
        mark = Origin(act.actor.id, act.actor.name, act.at, version)
        touched = {c.field: mark for c in changes if c.after is not None or c.field in self.origins}
        return Provenance({**self.origins, **touched})


def overwritten(changes: Iterable[Change], provenance: Provenance, act: Act) -> tuple[Note, ...]:
    """One note per changed field whose value somebody else had set, in the words of mission.md §1.

    `couldSee` says whether the version that the writer sent contained the value; it is absent if none was sent.
    """
    notes = []
    for change in changes:
        origin = provenance.origins.get(change.field)
        if origin is None or origin.by == act.actor.id:
            continue
        facts: dict[str, Plain] = {
            "field": change.field,
            "previous": {
                "by": origin.by,
                "name": origin.name,
                "at": iso(origin.at),
                "version": origin.version,
            },
        }
        if act.version is not None:
            facts["couldSee"] = act.version >= origin.version
        message = f"Overwritten by {act.actor.name} at {iso(act.at)}"
        notes.append(Note(OVERWRITTEN, message, changes=(change,), facts=facts))
    return tuple(notes)


def in_one(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes with every overwrite told in the first one: its changes, its words, and what it overwrote under
    the fact `overwrote`. Notes of other kinds stay on their own."""
    lost = [note for note in notes if note.action == OVERWRITTEN]
    kept = [note for note in notes if note.action != OVERWRITTEN]
    if not lost:
        return tuple(notes)
    first = kept[0] if kept else Note(OVERWRITTEN, "")
    said = ", ".join(str(note.facts["field"]) for note in lost)
    message = f"{first.message}. {lost[0].message}: {said}".removeprefix(". ")
    changes = (*first.changes, *(change for note in lost for change in note.changes))
    facts = {**first.facts, "overwrote": [dict(note.facts) for note in lost]}
    return replace(first, message=message, changes=changes, facts=facts), *kept[1:]
