"""A lead's partition as it is read, and what a use case decides on it (design.md §2); `_change` carries it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from domain.leads._model import Lead, may_see
from domain.leads._rows import LEAD_ROW, TABLE, lead_from_row
from domain.leads.errors import lead_not_found
from domain.store import Create, Row, Store, Write
from domain.timeline import BEFORE_TIMELINE, Act, Entry, Note
from domain.values import Actor, is_lead_id, iso

PROOF = "proof:"


@dataclass(frozen=True)
class LeadFile:
    """The lead and the rows of its parts (quotations, commissions, documents, proofs) by their keys."""

    lead: Lead
    etag: str
    parts: Mapping[str, Row]

    def rows(self, prefix: str) -> list[Row]:
        """The parts of one kind, in key order."""
        return [self.parts[key] for key in sorted(self.parts) if key.startswith(prefix)]

    def proof_of(self, act: Act) -> Row | None:
        """The row that says that this keyed request has landed already."""
        return self.parts.get(PROOF + act.proof) if act.proof else None


@dataclass(frozen=True)
class Decision:
    """What a use case decided: the lead as it shall be, the rows of parts to write, and what to enter.

    `result` is the id of what the use case made; it is kept with the proof of a keyed request.
    """

    lead: Lead
    notes: tuple[Note, ...]
    writes: tuple[Write, ...] = ()
    result: str | None = None


@dataclass(frozen=True)
class Changed:
    """The file after the change (or as it is, if the change had landed before), and what was made.

    `before` is the file that the change was decided on, None if nothing was stored now; `shown` says whether
    the views that others read at once were written. `entries` are those that were stored now, or None if that
    is to be looked up, since the change had landed before.
    """

    file: LeadFile
    result: str | None = None
    shown: bool = True
    before: LeadFile | None = None
    entries: tuple[Entry, ...] | None = ()


Decide = Callable[[LeadFile], Decision | None]
"""Pure: refuses by raising, or returns None if there is nothing to change."""


async def read_file(*, store: Store, lead_id: str) -> LeadFile | None:
    """The lead and its parts without the timeline, or None: one storage request."""
    if not is_lead_id(lead_id):
        return None
    scan = store.scan(table=TABLE, partition=lead_id, before=BEFORE_TIMELINE)
    return file_from([row async for row in scan])


def file_from(rows: Iterable[Row]) -> LeadFile | None:
    """The lead and its parts, from rows of its partition; None if the lead's own isn't among them."""
    parts = {row.key: row for row in rows if row.key < BEFORE_TIMELINE}
    row = parts.pop(LEAD_ROW, None)
    return LeadFile(lead_from_row(row), row.etag, parts) if row else None


async def own_file(*, store: Store, lead_id: str, actor: Actor) -> LeadFile:
    """The file of a lead that is the actor's own; LeadNotFound otherwise, whether it exists or not."""
    file = await read_file(store=store, lead_id=lead_id)
    if file is None or not may_see(file.lead, actor):
        raise lead_not_found(lead_id)
    return file


def proof_write(proof: str, *, result: str | None, act: Act) -> Create:
    """The row that says a keyed request has landed, and what it made."""
    return Create(PROOF + proof, {"at": iso(act.at), **({"result": result} if result else {})})
