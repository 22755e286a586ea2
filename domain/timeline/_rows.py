"""How an entry is stored: one row in the aggregate's own partition, sorted after all its other rows."""

from __future__ import annotations

import json

from domain.store import Create, Row, Value
from domain.timeline._entry import Change, Entry
from domain.values import Actor, Role, iso, moment

FIRST_ENTRY = "timeline:"
BEFORE_TIMELINE = FIRST_ENTRY
"""Keys below this bound are the aggregate itself; from it on there are only entries."""


def entry_key(version: int, sequence: int) -> str:
    """`timeline:0000000007:00`: keys sort as the entries happened."""
    return f"{FIRST_ENTRY}{version:010d}:{sequence:02d}"


def entry_to_write(entry: Entry) -> Create:
    """The row of an entry; `Create` only, since no entry is ever changed."""
    values: dict[str, Value] = {
        "version": entry.version,
        "sequence": entry.sequence,
        "at": iso(entry.at),
        "actorId": entry.actor.id,
        "actorName": entry.actor.name,
        "actorRole": str(entry.actor.role),
        "action": entry.action,
        "message": entry.message,
        "changes": _text([[c.field, c.before, c.after] for c in entry.changes]),
        "facts": _text(entry.facts),
        "previous": entry.previous,
        "hash": entry.hash,
    }
    if entry.reason is not None:
        values["reason"] = entry.reason
    return Create(entry_key(entry.version, entry.sequence), values)


def entry_from_row(row: Row) -> Entry:
    """The entry that a row holds."""
    v = row.values
    return Entry(
        version=int(str(v["version"])),
        sequence=int(str(v["sequence"])),
        at=moment(str(v["at"])),
        actor=Actor(str(v["actorId"]), str(v["actorName"]), Role(str(v["actorRole"]))),
        action=str(v["action"]),
        message=str(v["message"]),
        changes=tuple(Change(*c) for c in json.loads(str(v["changes"]))),
        reason=str(v["reason"]) if "reason" in v else None,
        facts=json.loads(str(v["facts"])),
        previous=str(v["previous"]),
        hash=str(v["hash"]),
    )


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
