"""Making views right again from the leads: after a crash by the sweep, or all of them by a command."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from dataclasses import replace
from datetime import timedelta

from domain.errors import DomainError
from domain.leads._model import Lead, stage_times_told
from domain.leads._rows import LEAD_ROW, TABLE, lead_from_row
from domain.leads._views._feed import put_change
from domain.leads._views._imports import VIEWS
from domain.leads._views._summary import Summary, summary_of
from domain.leads._views._write import PENDING, mark, of_partner, put, put_left, shard_of, unmark
from domain.ports import Ports
from domain.store import Row, Store
from domain.timeline import BEFORE_TIMELINE, Entry, entry_from_row
from domain.values import moment

_OLD_ENOUGH = timedelta(seconds=10)
"""A marker older than this is looked after: the request that put it has stopped, or is very slow."""

_OUTLIVED = timedelta(minutes=5)
"""No request lives this long, so nothing can be stored under the marker any more and it may go."""

_AT_ONCE = 16


Mend = Callable[[Lead], Awaitable[None]]
Beside = Callable[[list[Row]], Awaitable[None]]
Tell = Callable[[str, Collection[str]], Awaitable[None]]


async def sweep(*, ports: Ports, mend: Mend, tell: Tell) -> int:
    """Bring the views of leads with an old marker up to date, `mend` what else a crash may have left undone, and
    `tell` of what was stored under the markers' write ids; the number of leads looked after.

    A lead with which it doesn't work keeps its markers and doesn't keep the others waiting; what it raised is
    raised at the end.
    """
    now = ports.clock.now()
    markers = [m async for m in ports.store.scan(table=VIEWS, partition=PENDING)]
    old = [m for m in markers if moment(str(m.values["at"])) <= now - _OLD_ENOUGH]
    leads: dict[str, set[str]] = {}
    for marker in old:
        lead_id, _, write_id = marker.key.partition(":")
        leads.setdefault(lead_id, set()).add(write_id)
    failed: dict[str, DomainError] = {}
    for lead_id, write_ids in sorted(leads.items()):  # one by one: to mend one may change another
        try:
            await _look_after(ports, lead_id, write_ids, mend, tell)
        except DomainError as error:
            failed[lead_id] = error
    for marker in old:
        lead_id, _, write_id = marker.key.partition(":")
        if moment(str(marker.values["at"])) <= now - _OUTLIVED and lead_id not in failed:
            await unmark(store=ports.store, lead_id=lead_id, write_id=write_id)
    if failed:
        raise next(iter(failed.values()))
    return len(leads)


async def _look_after(ports: Ports, lead_id: str, write_ids: Collection[str], mend: Mend, tell: Tell) -> None:
    row = await ports.store.get(table=TABLE, partition=lead_id, key=LEAD_ROW)
    if row:
        await mend(lead_from_row(row))
        await rebuild(ports=ports, lead_id=lead_id)
        await tell(lead_id, write_ids)


async def rebuild(*, ports: Ports, lead_id: str) -> bool:
    """Write a lead's views from its partition; whether any was out of date. A lead never stored has none."""
    rows = [row async for row in ports.store.scan(table=TABLE, partition=lead_id)]
    return await rebuild_from(ports=ports, rows=rows)


async def rebuild_all(
    *, ports: Ports, told: Callable[[int, int, str], None], beside: Beside | None = None
) -> tuple[int, int]:
    """Write all views from the table of leads, lead by lead in one walk; how many leads, how many were out of
    date. Doing it again, also after a kill, changes nothing that is right. `told` hears of progress, and `beside`
    is given each lead's rows."""

    async def one(rows: list[Row]) -> bool:
        wrong = await rebuild_from(ports=ports, rows=rows)
        if beside:
            await beside(rows)
        return wrong

    done = wrong = 0
    running: set[asyncio.Task[bool]] = set()
    async for rows in _by_partition(ports.store):
        running.add(asyncio.ensure_future(one(rows)))
        if len(running) >= _AT_ONCE:
            ready, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            wrong += sum(task.result() for task in ready)
        done += 1
        told(done, wrong, rows[0].partition)
    wrong += sum(await asyncio.gather(*running))
    return done, wrong


async def _by_partition(store: Store) -> AsyncIterator[list[Row]]:
    rows: list[Row] = []
    async for row in store.scan(table=TABLE):
        if rows and rows[0].partition != row.partition:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


async def rebuild_from(*, ports: Ports, rows: list[Row]) -> bool:
    """The same from the rows of the lead's whole partition.

    The order matters: whoever finds the row among all leads current may take it that the rest is."""
    parts = {row.key: row for row in rows if row.key < BEFORE_TIMELINE}
    row = parts.pop(LEAD_ROW, None)
    if row is None:
        return False
    entries = [entry_from_row(row) for row in rows if row.key >= BEFORE_TIMELINE]
    lead = replace(lead_from_row(row), stage_times=stage_times_told(entries))
    summary, partner, store, write_id = summary_of(lead, parts), lead.assigned_to, ports.store, ports.ids.unique()
    wrong = False
    if partner:
        wrong |= await _put(store, of_partner(partner), summary, write_id)
    for former in sorted(_former_partners(entries) | summary.owners()):
        if former != partner:
            await put_left(store=store, summary=summary, partner=former, write_id=write_id)
    everybody = shard_of(lead.id)
    present = await store.get(table=VIEWS, partition=everybody, key=lead.id)
    if present is None or int(str(present.values["version"])) < lead.version:
        await put_change(ports=ports, summary=summary, write_id=write_id)
    wrong |= await put(store=store, place=everybody, said=summary, row=present, write_id=write_id)
    return wrong


async def _put(store: Store, place: str, summary: Summary, write_id: str) -> bool:
    row = await store.get(table=VIEWS, partition=place, key=summary.lead_id)
    return await put(store=store, place=place, said=summary, row=row, write_id=write_id)


async def mark_again(*, ports: Ports, rows: list[Row], since: str) -> int:
    """Put the markers that a copy may lack: under the write id of each change since that moment, so that the sweep
    tells of it and does what else follows. `rows` are a lead's whole partition. How many there were."""
    entries = [row for row in rows if row.key >= BEFORE_TIMELINE and str(row.values["at"]) >= since]
    changes = {(row.partition, str(row.values["writeId"])): str(row.values["at"]) for row in entries}
    for (lead_id, write_id), at in sorted(changes.items()):
        await mark(store=ports.store, lead_id=lead_id, write_id=write_id, at=at)
    return len(changes)


def _former_partners(entries: Iterable[Entry]) -> set[str]:
    """All channel partners that the lead was ever reassigned from, as its timeline tells."""
    changes = (change for entry in entries for change in entry.changes)
    return {str(c.before) for c in changes if c.field == "assignedTo" and c.before}
