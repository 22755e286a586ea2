"""The one way in which a lead's partition is changed: read, decide, one transaction (design.md §2).

Every change of a lead, its quotations and its commission goes through `change_lead`, so none can be stored
without its timeline entry, out of turn, or based on rows that somebody else has changed meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

from domain.errors import DomainError
from domain.leads import _views as views
from domain.leads._file import Changed, Decide, Decision, LeadFile, own_file, proof_write
from domain.leads._model import plain, stage_times_after
from domain.leads._rows import LEAD_ROW, TABLE, lead_to_values
from domain.leads._showing import finish, show_views, unmark_after
from domain.leads._versions import with_changes
from domain.ports import Ports
from domain.store import Delete, Replace, Row, RowChanged, RowExists, StorageUnavailable, Write
from domain.timeline import Act, Entry, VersionStale, entry_to_write, in_one, stamped
from domain.values import iso

_ATTEMPTS = 24

Prepare = Callable[[LeadFile], Awaitable[object]]
Follow = Callable[[Changed], Awaitable[None]]


async def change_lead(
    *,
    ports: Ports,
    lead_id: str,
    act: Act,
    decide: Decide,
    prepare: Prepare | None = None,
    follow: Follow | None = None,
) -> Changed:
    """Read, decide, store in one transaction, bring the views up to date: three storage hops.

    `prepare` brings what the decision on a file needs from elsewhere; it is awaited before each `decide`, and what
    it raises comes after LeadNotFound. `follow` does what has to follow a change that is stored, after the answer
    and before its marker goes: if the process dies, or it raises a DomainError, that is left to the sweep. It may
    come more than once.

    When somebody else's transaction came between, the use case decides again on fresh rows, so nobody's
    other fields are lost; a critical decision then finds that its version is no longer the current one and
    refuses. Within this process changes of one lead take turns, so that they don't make each other try again;
    those that `prepare` only do so once they had to begin again, since the first time that may take long, or itself
    change a lead. Raises what `prepare` and `decide` raise, LeadNotFound, StorageUnavailable.
    """
    write_id = act.write_id
    marked = asyncio.ensure_future(
        views.mark(store=ports.store, lead_id=lead_id, write_id=write_id, at=iso(act.at))
    )
    try:
        async with AsyncExitStack() as turn:
            changed = await _decide_and_commit(
                ports=ports, lead_id=lead_id, act=act, decide=decide, marked=marked, prepare=prepare, turn=turn
            )
    except StorageUnavailable:
        raise  # whether the change landed isn't known: the marker stays for the sweep
    except VersionStale as stale:
        ports.later(unmark_after(marked, ports=ports, lead_id=lead_id, write_id=write_id))
        raise await with_changes(stale, store=ports.store, lead_id=lead_id, actor=act.actor) from None
    except DomainError:
        ports.later(unmark_after(marked, ports=ports, lead_id=lead_id, write_id=write_id))
        raise
    if changed.entries == ():
        ports.later(unmark_after(marked, ports=ports, lead_id=lead_id, write_id=write_id))
    elif changed.shown:
        then = partial(follow, changed) if follow else None
        file, entries = changed.file, changed.entries
        ports.later(finish(ports=ports, file=file, write_id=write_id, entries=entries, follow=then))
    return changed


async def _decide_and_commit(
    *,
    ports: Ports,
    lead_id: str,
    act: Act,
    decide: Decide,
    marked: asyncio.Future[bool],
    prepare: Prepare | None,
    turn: AsyncExitStack,
) -> Changed:
    for attempt in range(_ATTEMPTS):
        if attempt == (1 if prepare else 0):
            await turn.enter_async_context(ports.turns.of(lead_id))
        file = await own_file(store=ports.store, lead_id=lead_id, actor=act.actor)
        proof = file.proof_of(act)
        if proof:
            await marked
            await views.rebuild(ports=ports, lead_id=lead_id)  # whoever landed it may have died before that
            result = str(proof.values["result"]) if "result" in proof.values else None
            return Changed(file, result, entries=None)
        if prepare:
            await prepare(file)
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
    notes = in_one(decision.notes) if act.bulk else decision.notes
    decided = replace(
        decision.lead,
        stage_times=stage_times_after(file.lead, decision.lead.status, act.at),
        entry_count=file.lead.entry_count + len(notes),
    )
    lead, entries = stamped(decided, before=file.lead, plain=plain, act=act, notes=notes)
    writes: list[Write] = [Replace(LEAD_ROW, lead_to_values(lead), file.etag), *decision.writes]
    if act.proof:
        writes.append(proof_write(act.proof, result=decision.result, act=act))
    writes += [entry_to_write(entry) for entry in entries]
    return writes, LeadFile(lead, "", _applied(file.parts, decision.writes, lead.id)), entries


def _applied(parts: Mapping[str, Row], writes: tuple[Write, ...], lead_id: str) -> dict[str, Row]:
    after = dict(parts)
    for write in writes:
        if isinstance(write, Delete):
            after.pop(write.key, None)
        else:
            after[write.key] = Row(lead_id, write.key, write.values, etag="")
    return after
