"""The feed of changes: one row per change for an hour, by which lists held in memory keep up (docs/adr/0020).

Each process writes a log of its own and says in each row how far that log is complete: so nobody who follows it
has to compare clocks, or read again what it has. Which log is written is the pen's to say (`domain.ports`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.leads._views._imports import LOGS, VIEWS, Signs, drop_old_signs, signs_since
from domain.leads._views._summary import Summary, summary_from_columns
from domain.ports import Log, Ports
from domain.store import (
    MAX_ROWS_PER_TRANSACTION,
    Create,
    Delete,
    Row,
    RowChanged,
    RowExists,
    StorageUnavailable,
    Store,
)
from domain.values import iso, moment

FEED_KEPT = timedelta(hours=1)
"""How long a change stays in the feed."""

LATENESS = timedelta(seconds=5)
"""A row that took longer than this to be stored is put in again under a new key."""

CLOSED = Log.LIFE + timedelta(minutes=2)
"""Nothing comes to a log that was begun so long ago, by whatever clock of ours."""

_TRIES = 3
_MOMENT = len("2026-11-25T15:42:01.123Z")


@dataclass(frozen=True)
class Change:
    """A lead as it was after a change. All changes of its log with keys below `complete_to` had been stored, or
    given up, before this one was sent."""

    summary: Summary
    complete_to: str


def feed_key(at: datetime) -> str:
    """Where a moment's changes begin in a log, and the logs begun then among their names."""
    return iso(at)


def feed_moment(key: str) -> datetime:
    """The moment with which a key of a log, or a log's name, begins."""
    return moment(key[:_MOMENT])


def in_feed(row: Row) -> bool:
    """Whether the row tells of a change; those that name logs don't."""
    return row.partition.startswith(_of(""))


async def put_change(*, ports: Ports, summary: Summary, write_id: str) -> None:
    """Tell it in the feed: one hop. Raises StorageUnavailable."""
    for _ in range(_TRIES):
        began = ports.clock.now()
        log = ports.pen.log(now=began, unique=ports.ids.unique)
        await asyncio.gather(
            _announce(ports, log, write_id), _put(ports, log, began=began, summary=summary, write_id=write_id)
        )
        if ports.clock.now() - began < LATENESS:
            return
    raise StorageUnavailable("Storage is very slow at the moment. Try again.", retry_after=5)


async def _announce(ports: Ports, log: Log, write_id: str) -> None:
    """Name the log where readers look for new ones. Whoever writes before another's announcement has landed makes
    its own: its change must not be answered while nobody can find it."""
    if log.announced:
        return
    with contextlib.suppress(RowExists):  # another change of this process has just done it
        await ports.store.commit(
            table=VIEWS, partition=LOGS, writes=[Create(log.name, {})], write_id=f"{write_id}:{log.name}"
        )
    log.announced = True


async def _put(ports: Ports, log: Log, *, began: datetime, summary: Summary, write_id: str) -> None:
    key = f"{feed_key(log.next_moment(began))}:{summary.lead_id}:{summary.version:010d}"
    with log.under_way(key) as complete_to:
        row = Create(key, {**summary.columns(), "completeTo": complete_to})
        await ports.store.commit(
            table=VIEWS, partition=_of(log.name), writes=[row], write_id=f"{write_id}:{key[:_MOMENT]}"
        )


async def logs_since(*, store: Store, at: datetime) -> Signs:
    """The names of the logs that may hold changes from that moment on, and what is said of imports: one request."""
    return await signs_since(store=store, first=feed_key(at - CLOSED))


async def changes_between(*, store: Store, log: str, first: str, before: str | None) -> Sequence[Change]:
    """What a log holds from `first` on, in key order: one request per 1,000."""
    rows = store.scan(table=VIEWS, partition=_of(log), first=first, before=before)
    return [
        Change(summary_from_columns(row.key.split(":")[-2], row.values), str(row.values["completeTo"]))
        async for row in rows
    ]


async def trim(*, ports: Ports) -> int:
    """Take changes that are older than `FEED_KEPT` out of the feed, and logs that have ended with them; the number
    of changes removed."""
    now, store, removed = ports.clock.now(), ports.store, 0
    limit = feed_key(now - FEED_KEPT)
    for named in [row async for row in store.scan(table=VIEWS, partition=LOGS, before=limit)]:
        rows = [row async for row in store.scan(table=VIEWS, partition=_of(named.key), before=limit)]
        removed += len(rows)
        await _remove(ports, rows)
        if now - feed_moment(named.key) > FEED_KEPT + CLOSED:
            await _remove(ports, [named])
    await drop_old_signs(store=store, now=now, write_id=f"trim:{ports.ids.unique()}")
    return removed


async def _remove(ports: Ports, rows: Sequence[Row]) -> None:
    """Rows of one partition."""
    for start in range(0, len(rows), MAX_ROWS_PER_TRANSACTION):
        part = [Delete(row.key, row.etag) for row in rows[start : start + MAX_ROWS_PER_TRANSACTION]]
        try:
            await ports.store.commit(
                table=VIEWS, partition=rows[0].partition, writes=part, write_id=f"trim:{ports.ids.unique()}"
            )
        except RowChanged:
            continue  # another sweep is at it


def _of(log: str) -> str:
    return f"log|{log}"
