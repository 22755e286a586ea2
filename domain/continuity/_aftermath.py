"""After rows were put back or a copy was promoted: lists that agree with their leads, and ids that nobody had.

A summary may be ahead of its lead (the lead's newest version is lost), and a counter behind the ids that it gave
out. Both cost little: only summaries that were written since the backup are looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime, timedelta

from domain.continuity._entity import Entity, entity_of, row_of, whole_number
from domain.continuity._epoch import ID_GAP
from domain.continuity._manifest import TABLE, Manifest
from domain.continuity._mending import Kind, Mended, mend_each, mend_job, menders
from domain.continuity._ports import Engine, Target
from domain.continuity._timelines import HEADS
from domain.continuity._vault import fetch_part, lines_of
from domain.jobs import DONE, OPEN
from domain.jobs import TABLE as JOBS
from domain.leads import lead_in, rebuild, reveal_stray
from domain.lists import forget_packs
from domain.store import Create, Delete, Replace, RowChanged, RowExists, StorageUnavailable
from domain.values import iso

CLOCKS_DIFFER = timedelta(minutes=5)
"""Rows bear the storage's time, a backup its own."""

_SYNC_MARGIN = timedelta(hours=1)
_LATELY = timedelta(hours=2)
VIEWS, COUNTERS, _NEXT = "views", "counters", "next"
_ATTEMPTS = 8
SERIES: Mapping[str, tuple[str, str]] = {
    "lead": ("leads", "LEAD"),
    "customer": ("customers", "CUST"),
    "partner": ("people", "CP"),
    "kam": ("people", "KAM"),
    "admin": ("people", "ADMIN"),
}
"""Of each series of ids: the table in which they are partitions, and what they begin with."""
_ID = re.compile(r"([A-Z]+)-([1-9][0-9]{3,14})")


async def settle_views(*, target: Target, since: str, only: str | None = None) -> int:
    """Make the summaries again that tell of a version of their lead that is gone, or of a lead that is.

    A view row never goes back to an older version by itself (docs/tables.md): left alone, it would show lost
    values, and hide the lead's next changes. One pass over the views; those written before `since` (the backup)
    can't be ahead. The number of leads concerned, or with `only` of that one. What was packed of the views is
    forgotten; instances that are running have to be started again.
    """
    await forget_packs(ports=target.ports)
    ahead: set[str] = set()
    async for page in target.entities.pages(table=VIEWS):
        for row in page:
            await reveal_stray(store=target.ports.store, row=row_of(row))
            lead_id = lead_in(row_of(row))
            version = whole_number(row, "version")
            if lead_id is None or version is None or row.timestamp < since or only not in (None, lead_id):
                continue
            lead = await target.entities.get(table="leads", partition=lead_id, key="lead")
            if version > ((lead and whole_number(lead, "version")) or 0):
                await _remove(target, row)
                ahead.add(lead_id)
    for lead_id in sorted(ahead):
        await rebuild(ports=target.ports, lead_id=lead_id)
    return len(ahead)


async def mend_copy(*, target: Target, since: datetime | None) -> Mended:
    """After a copy was promoted, whose partitions may be of different moments: all that follows elsewhere from what
    was written since the last sync is put right (None: not known, so all is looked at). May run while people work.

    What was entered on a timeline since then, or in the last hours, is told again; nobody hears twice.
    """
    text = iso(since - _SYNC_MARGIN) if since else ""
    told = iso((since or target.ports.clock.now() - _LATELY) - _SYNC_MARGIN)
    mended: Mended = Counter({Kind.LISTS: await settle_views(target=target, since=text)})
    for table, mend in menders(target.ports, told, make_customers=True).items():
        mended += await mend_each(_heads_since(target, table, text), mend)
    return mended + await _mend_jobs(target, [row async for row in _jobs_since(target, text)])


async def _heads_since(target: Target, table: str, since: str) -> AsyncIterator[str]:
    async for page in target.entities.pages(table=table):
        for row in page:
            if row.key == HEADS[table] and row.timestamp >= since:
                yield row.partition


async def _jobs_since(target: Target, since: str) -> AsyncIterator[Entity]:
    async for page in target.entities.pages(table=JOBS):
        for row in page:
            if is_moved(row, since):
                yield row


async def mend_restored(
    *, engine: Engine, manifest: Manifest, target: Target, since: str, tables: Collection[str]
) -> Mended:
    """After rows were put back: all that follows elsewhere from what these tables have of after `since`, by the
    storage's clock. The backup may have read that before, and the change itself after. Raises BackupDamaged."""
    told = since if len(tables) > 1 else None
    mended: Mended = Counter()
    for table, mend in menders(target.ports, told).items():
        if table in tables:
            mended += await mend_each(_kept_since(engine, manifest, table, since), mend)
    if JOBS in tables:
        kept = _rows_of(engine, manifest, JOBS)
        mended += await _mend_jobs(target, [row async for row in kept if is_moved(row, since)])
    return mended


def is_moved(row: Entity, since: str) -> bool:
    """Whether the row is of a job that is open, or was finished since."""
    return row.partition == OPEN or (row.partition == DONE and row.timestamp >= since)


async def _mend_jobs(target: Target, rows: list[Entity]) -> Mended:
    mended: Mended = Counter()
    for row in rows:
        mended += await mend_job(ports=target.ports, partition=row.partition, job_id=row.key)
    return mended


async def _remove(target: Target, row: Entity) -> None:
    store, write_id = target.ports.store, target.ports.ids.unique()
    try:
        removal = [Delete(row.key, row.etag)]
        await store.commit(table=VIEWS, partition=row.partition, writes=removal, write_id=write_id)
    except RowChanged:
        return  # somebody has changed the lead since, so it is current again


async def _kept_since(engine: Engine, manifest: Manifest, table: str, since: str) -> AsyncIterator[str]:
    """The aggregates in a backup that were written since that moment of the storage's."""
    async for row in _rows_of(engine, manifest, table):
        if row.key == HEADS[table] and row.timestamp >= since:
            yield row.partition


async def _rows_of(engine: Engine, manifest: Manifest, table: str) -> AsyncIterator[Entity]:
    series = manifest.one(TABLE, table)
    for part in series.parts if series else ():
        for line in lines_of(await fetch_part(engine=engine, part=part), part):
            yield entity_of(line)


async def keep_ids_unique(
    *, engine: Engine, manifest: Manifest, target: Target, only: str | None
) -> dict[str, int]:
    """Put each counter above every id that is there, and above those that were given out after the backup and are
    lost: nobody shall meet somebody else under an id that a client still holds. The next number of each series.

    `only` is the id of the one lead or customer that was put back: then only it is looked at.
    """
    least = _highest([only]) if only else await _needed(engine, manifest, target)
    return {series: await _raise(target, series, number) for series, number in sorted(least.items())}


async def _needed(engine: Engine, manifest: Manifest, target: Target) -> dict[str, int]:
    least: dict[str, int] = {}
    for table in {table for table, _ in SERIES.values()}:
        if manifest.one(TABLE, table):
            async for page in target.entities.pages(table=table):
                _merge(least, _highest([row.partition for row in page]))
    kept = manifest.one(TABLE, COUNTERS)
    for part in kept.parts if kept else ():
        for line in lines_of(await fetch_part(engine=engine, part=part), part):
            row = entity_of(line)
            if row.key == _NEXT:
                _merge(least, {row.partition: whole_number(row, _NEXT) or 0})
    return {series: number + ID_GAP for series, number in least.items()}


def _merge(least: dict[str, int], others: Mapping[str, int]) -> None:
    for series, number in others.items():
        least[series] = max(number, least.get(series, 0))


def _highest(ids: list[str]) -> dict[str, int]:
    """The number after the highest of these ids, for each series."""
    series_of = {prefix: series for series, (_, prefix) in SERIES.items()}
    found: dict[str, int] = {}
    for match in map(_ID.fullmatch, ids):
        if match and match[1] in series_of:
            _merge(found, {series_of[match[1]]: int(match[2]) + 1})
    return found


async def _raise(target: Target, series: str, least: int) -> int:
    store = target.ports.store
    for attempt in range(_ATTEMPTS):
        row = await store.get(table=COUNTERS, partition=series, key=_NEXT)
        present = int(str(row.values[_NEXT])) if row else 0
        if present >= least:
            return present
        values = {_NEXT: least}
        write = Replace(_NEXT, values, row.etag) if row else Create(_NEXT, values)
        try:
            write_id = target.ports.ids.unique()
            await store.commit(table=COUNTERS, partition=series, writes=[write], write_id=write_id)
        except (RowChanged, RowExists):
            await target.ports.pause(attempt)
            continue
        return least
    raise StorageUnavailable(f"The counter {series} is being changed all the time. Try again.")
