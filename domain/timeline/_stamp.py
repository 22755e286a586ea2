"""The next version of an aggregate: what each transaction adds to what its use case decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, replace
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

from domain.timeline._act import Act
from domain.timeline._chain import append
from domain.timeline._entry import Entry, Note, Plain, changes_between
from domain.timeline._provenance import Provenance


class Aggregate(Protocol):
    """A frozen dataclass with a version and a timeline of its own. `version` is 0 before it is stored."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def version(self) -> int: ...
    @property
    def updated_at(self) -> datetime | None: ...
    @property
    def last_hash(self) -> str: ...
    @property
    def provenance(self) -> Provenance: ...


AnAggregate = TypeVar("AnAggregate", bound=Aggregate)


def stamped(
    decided: AnAggregate,
    *,
    before: AnAggregate | None,
    plain: Callable[[AnAggregate], Mapping[str, Plain]],
    act: Act,
    notes: Sequence[Note],
) -> tuple[AnAggregate, tuple[Entry, ...]]:
    """The aggregate as its transaction stores it, and the entries to store with it (design.md §2).

    It has the version after `before`'s (1 if it is new), the act's time, the hash of its last entry, and of each
    field that changed that the actor set it now. `plain` gives the fields as the timeline records them.
    """
    version = before.version + 1 if before else 1
    entries = append(previous=before.last_hash if before else "", version=version, act=act, notes=notes)
    changes = changes_between(plain(before) if before else {}, plain(decided))
    after = replace(
        decided,
        version=version,
        updated_at=act.at,
        last_hash=entries[-1].hash,
        provenance=decided.provenance.after(changes, act=act, version=version),
    )
    return after, entries
