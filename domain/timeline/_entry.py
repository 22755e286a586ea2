"""What a timeline entry says: who, when, what changed, why. Pure data; the chain of hashes is in `_chain`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from domain.values import Actor

Plain = Any
"""A JSON value without floats: text, whole number, truth value, None, or lists and objects of them."""


@dataclass(frozen=True)
class Change:
    """One field's value before and after. A part's field is `<part id>.<field>`, as in `QUOT-100101.status`."""

    field: str
    before: Plain
    after: Plain


@dataclass(frozen=True)
class Note:
    """What a use case wants entered; version, time, actor and hashes are added when it is appended."""

    action: str
    message: str
    changes: Sequence[Change] = ()
    reason: str | None = None
    facts: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A note as it stands in the timeline, for good. `hash` covers everything else, `previous` the chain."""

    version: int
    sequence: int
    at: datetime
    actor: Actor
    action: str
    message: str
    changes: tuple[Change, ...]
    reason: str | None
    facts: Mapping[str, Plain]
    previous: str
    hash: str = ""

    def for_customers(self) -> Entry:
        """As customers read it: why the staff did something stays among them."""
        return replace(self, reason=None, facts={})


def changes_between(
    before: Mapping[str, Plain], after: Mapping[str, Plain], *, part: str = ""
) -> tuple[Change, ...]:
    """The fields that differ, in name order; a missing field counts as None. `part` prefixes the names."""
    prefix = f"{part}." if part else ""
    names = sorted({*before, *after})
    return tuple(
        Change(prefix + name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )
