"""A lead's partition as one use case reads and changes it: one partition, one transaction (design.md §2).

Every change of a lead, its quotations and its commission goes through `change_lead`, so none can be stored
without its timeline entry, out of turn, or based on rows that somebody else has changed meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace

from domain.errors import DomainError
from domain.leads import _notices as notices
from domain.leads import _views as views
from domain.leads._model import Lead, may_see, plain, stage_times_after
from domain.leads._rows import LEAD_ROW, TABLE, lead_from_row, lead_to_values
from domain.leads._versions import with_changes
from domain.leads.errors import lead_not_found
from domain.ports import Ports
from domain.store import Create, Delete, Replace, Row, RowChanged, RowExists, StorageUnavailable, Store, Write
from domain.timeline import (
    BEFORE_TIMELINE,
    Act,
    Entry,
    Note,
    VersionStale,
    append,
    changes_between,
    entry_to_write,
    in_one,
)
from domain.values import Actor, is_lead_id, iso

_ATTEMPTS = 24
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
    rows = {row.key: row async for row in store.scan(table=TABLE, partition=lead_id, before=BEFORE_TIMELINE)}
    row = rows.pop(LEAD_ROW, None)
    return LeadFile(lead_from_row(row), row.etag, rows) if row else None


async def own_file(*, store: Store, lead_id: str, actor: Actor) -> LeadFile:
    """The file of a lead that is the actor's own; LeadNotFound otherwise, whether it exists or not."""
    file = await read_file(store=store, lead_id=lead_id)
    if file is None or not may_see(file.lead, actor):
        raise lead_not_found(lead_id)
    return file


async def change_lead(
    *, ports: Ports, lead_id: str, act: Act, decide: Decide, beside: Awaitable[object] | None = None
) -> Changed:
    """Read, decide, store in one transaction, bring the views up to date: three storage hops.

    `beside` is what the decision needs from elsewhere: a future, already under way while the lead is read, and
    awaited before `decide` is called. What it raises comes after LeadNotFound.

    When somebody else's transaction came between, the use case decides again on fresh rows, so nobody's
    other fields are lost; a critical decision then finds that its version is no longer the current one and
    refuses. Within this process changes of one lead take turns, so that they don't make each other try again;
    those with something `beside` don't wait, since that may itself change a lead. Raises what `decide` raises,
    LeadNotFound, StorageUnavailable.
    """
    marked = asyncio.ensure_future(
        views.mark(store=ports.store, lead_id=lead_id, write_id=act.write_id, at=iso(act.at))
    )
    try:
        async with nullcontext() if beside else ports.turns.of(lead_id):
            changed = await _decide_and_commit(
                ports=ports, lead_id=lead_id, act=act, decide=decide, marked=marked, beside=beside
            )
    except StorageUnavailable:
        raise  # whether the change landed isn't known: the marker stays for the sweep
    except VersionStale as stale:
        ports.later(_unmark_after(marked, ports=ports, lead_id=lead_id, write_id=act.write_id))
        raise await with_changes(stale, store=ports.store, lead_id=lead_id) from None
    except DomainError:
        ports.later(_unmark_after(marked, ports=ports, lead_id=lead_id, write_id=act.write_id))
        raise
    if changed.entries == ():
        ports.later(_unmark_after(marked, ports=ports, lead_id=lead_id, write_id=act.write_id))
    elif changed.shown:
        ports.later(finish(ports=ports, file=changed.file, write_id=act.write_id, entries=changed.entries))
    return changed


async def _decide_and_commit(
    *,
    ports: Ports,
    lead_id: str,
    act: Act,
    decide: Decide,
    marked: asyncio.Future[bool],
    beside: Awaitable[object] | None,
) -> Changed:
    for attempt in range(_ATTEMPTS):
        file = await own_file(store=ports.store, lead_id=lead_id, actor=act.actor)
        proof = file.proof_of(act)
        if proof:
            await marked
            await views.rebuild(ports=ports, lead_id=lead_id)  # whoever landed it may have died before that
            result = str(proof.values["result"]) if "result" in proof.values else None
            return Changed(file, result, entries=None)
        if beside and attempt == 0:
            await beside
        decision = decide(file)
        if decision is None:
            return Changed(file)
        await marked
        writes, after, entries = _transaction(file, decision, act)
        try:
            _, seen = await asyncio.gather(
                ports.store.commit(table=TABLE, partition=lead_id, writes=writes, write_id=act.write_id),
                views.see(store=ports.store, lead_id=lead_id, partner=file.lead.assigned_to),
            )
        except (RowChanged, RowExists):
            await ports.pause(attempt)
            continue
        shown = await show_views(ports=ports, file=after, seen=seen, write_id=act.write_id)
        return Changed(after, decision.result, shown=shown, before=file, entries=entries)
    raise StorageUnavailable("Too many people are changing this lead at this moment. Try again.", retry_after=1)


def _transaction(file: LeadFile, decision: Decision, act: Act) -> tuple[list[Write], LeadFile, tuple[Entry, ...]]:
    """The writes of a decision with the lead's new version, its entries and the proof; the file after it; and
    the entries."""
    version = file.lead.version + 1
    notes = in_one(decision.notes) if act.bulk else decision.notes
    entries = append(previous=file.lead.last_hash, version=version, act=act, notes=notes)
    changed = changes_between(plain(file.lead), plain(decision.lead))
    lead = replace(
        decision.lead,
        version=version,
        updated_at=act.at,
        stage_times=stage_times_after(file.lead, decision.lead.status, act.at),
        last_hash=entries[-1].hash,
        entry_count=file.lead.entry_count + len(entries),
        provenance=decision.lead.provenance.after(changed, act=act, version=version),
    )
    writes: list[Write] = [Replace(LEAD_ROW, lead_to_values(lead), file.etag), *decision.writes]
    if act.proof:
        writes.append(proof_write(act.proof, result=decision.result, act=act))
    writes += [entry_to_write(entry) for entry in entries]
    return writes, LeadFile(lead, "", _applied(file.parts, decision.writes, lead.id)), entries


def proof_write(proof: str, *, result: str | None, act: Act) -> Create:
    """The row that says a keyed request has landed, and what it made."""
    return Create(PROOF + proof, {"at": iso(act.at), **({"result": result} if result else {})})


def _applied(parts: Mapping[str, Row], writes: tuple[Write, ...], lead_id: str) -> dict[str, Row]:
    after = dict(parts)
    for write in writes:
        if isinstance(write, Delete):
            after.pop(write.key, None)
        else:
            after[write.key] = Row(lead_id, write.key, write.values, etag="")
    return after


async def show_views(*, ports: Ports, file: LeadFile, seen: views.Seen, write_id: str) -> bool:
    """Bring up to date what others may read at once. The change has landed: a failure here is the sweep's to
    make good, not the caller's to hear of."""
    summary = views.summary_of(file.lead, file.parts)
    try:
        await views.show(ports=ports, summary=summary, partner=file.lead.assigned_to, seen=seen, write_id=write_id)
    except StorageUnavailable:
        return False
    return True


async def finish(*, ports: Ports, file: LeadFile, write_id: str, entries: tuple[Entry, ...] | None) -> None:
    """After the answer: the other views, then whom the entries concern is told, and only then the marker goes.
    Without `entries` they are looked up by the write id."""
    summary, lead = views.summary_of(file.lead, file.parts), file.lead
    try:
        await views.finish(store=ports.store, summary=summary, partner=lead.assigned_to, write_id=write_id)
        if entries is None:
            await notices.tell_again(ports=ports, lead_id=lead.id, write_ids={write_id})
        else:
            await notices.tell(ports=ports, lead=lead, parts=file.parts, entries=entries)
        await views.unmark(store=ports.store, lead_id=lead.id, write_id=write_id)
    except DomainError:
        return  # the marker stays, and the sweep does the rest


async def _unmark_after(marked: asyncio.Future[bool], *, ports: Ports, lead_id: str, write_id: str) -> None:
    """Nothing was changed. A marker that was there before stays: who put it may have changed something."""
    with suppress(DomainError):  # storage is down: the sweep removes it
        if await marked:
            await views.unmark(store=ports.store, lead_id=lead_id, write_id=write_id)
