"""Signs that say of an import whether its leads may be seen: none before all of them can be (docs/adr/0024).

A sign is put before the first of the leads is written into a list, and turned once the last one is. It stands where
a reader looks anyway: in each channel partner's view before all leads, so that what it says is older than what is
read behind it; and among the names of the logs. A sign that was turned is never put again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.store import Create, Delete, Replace, Row, RowChanged, RowExists, Store, Value
from domain.values import iso

VIEWS = "views"
LOGS = "logs"
"""The partition that names the logs of the feed, and the imports."""

SIGN_KEPT = timedelta(days=2)
"""How long after an import began the logs say that its leads may be seen; whoever finds no sign then shows them."""

YOUNG = timedelta(days=1)
"""A lead of an import that began so long ago may have been written just now, and its sign with it."""

_IN_VIEW = "!import|"  # before "LEAD-"
_IN_LOGS = "9000-01-01T00:00:00.000Z|import|"  # behind every log's name, and like one
"""An earlier version of the code that runs beside this one, or after it, takes it for a log without changes."""

_NO_LEAD: Mapping[str, Value] = {"version": 0, "gone": True}  # so does an earlier version, in a partner's view
_AT_ONCE = 16


@dataclass(frozen=True)
class Signs:
    """The names of the logs, the oldest first, and whether the leads of each import named there may be seen."""

    logs: tuple[str, ...]
    imports: Mapping[str, bool]


def import_name(*, at: datetime, job_id: str) -> str:
    """The name that an import's leads bear; it begins with the moment at which it was taken on."""
    return f"{iso(at)}|{job_id}"


def is_young(name: str, *, now: datetime) -> bool:
    """Whether the import's sign may have been put only just now."""
    return name >= iso(now - YOUNG)


def is_sign(row: Row) -> bool:
    """Whether the row of a partner's view is a sign and no lead."""
    return row.key.startswith(_IN_VIEW)


def import_of(row: Row) -> str:
    """The import of which a sign in a partner's view tells."""
    return row.key.removeprefix(_IN_VIEW)


def may_be_seen(row: Row) -> bool:
    """What a sign says."""
    return row.values["shown"] is True


async def signs_since(*, store: Store, first: str) -> Signs:
    """The logs from that name on, and all imports of which something is said: one request."""
    rows = [row async for row in store.scan(table=VIEWS, partition=LOGS, first=first)]
    imports = {r.key.removeprefix(_IN_LOGS): may_be_seen(r) for r in rows if r.key.startswith(_IN_LOGS)}
    return Signs(tuple(r.key for r in rows if not r.key.startswith(_IN_LOGS)), imports)


async def sign_of(*, store: Store, name: str) -> bool | None:
    """What the sign of an import says; None if there is none (any more): one request."""
    row = await store.get(table=VIEWS, partition=LOGS, key=f"{_IN_LOGS}{name}")
    return may_be_seen(row) if row else None


async def hide_import(*, store: Store, name: str, views: Collection[str]) -> None:
    """Let nobody see the leads of an import yet; `views` are the partitions of the partners that get any. Nothing
    happens where that was said before. Raises StorageUnavailable."""
    await _put(store, LOGS, name)
    await _each(_put(store, place, name) for place in sorted(views))


async def reveal_import(*, store: Store, name: str, views: Collection[str]) -> None:
    """All its leads stand in all lists: let everybody see them. Doing it again changes nothing.

    The sign in the logs is turned last: as long as it isn't, others may stand too. Raises StorageUnavailable.
    """
    await _each(_turn(store, place, name) for place in sorted(views))
    await _turn(store, LOGS, name)


async def reveal_stray(*, store: Store, row: Row) -> None:
    """Turn a partner's sign that hides an import which the logs don't hide: it was copied before it was turned, and
    they after. Other rows are left alone."""
    if is_sign(row) and not may_be_seen(row) and await sign_of(store=store, name=import_of(row)) is not False:
        await _turn(store, row.partition, import_of(row))


def hidden_by(row: Row) -> str | None:
    """The import that this row of the table hides from Admins and KAMs; None if it is no such sign."""
    hides = row.partition == LOGS and row.key.startswith(_IN_LOGS) and not may_be_seen(row)
    return row.key.removeprefix(_IN_LOGS) if hides else None


async def hidden_imports(*, store: Store) -> list[str]:
    """The imports that are said to be hidden: one request."""
    signs = await signs_since(store=store, first=_IN_LOGS)
    return [name for name, shown in signs.imports.items() if not shown]


async def drop_old_signs(*, store: Store, now: datetime, write_id: str) -> None:
    """Take those of imports that everybody has seen for long out of the logs: one request if there are none."""
    before = f"{_IN_LOGS}{iso(now - SIGN_KEPT)}"
    rows = store.scan(table=VIEWS, partition=LOGS, first=_IN_LOGS, before=before)
    for row in [row async for row in rows if may_be_seen(row)]:
        with suppress(RowChanged):
            writes = [Delete(row.key, row.etag)]
            await store.commit(table=VIEWS, partition=LOGS, writes=writes, write_id=f"{write_id}:{row.key}")


async def _put(store: Store, place: str, name: str) -> None:
    row = Create(_key(place, name), {**_NO_LEAD, "shown": False})
    with suppress(RowExists):
        await store.commit(table=VIEWS, partition=place, writes=[row], write_id=f"hide:{place}:{name}")


async def _turn(store: Store, place: str, name: str) -> None:
    row = await store.get(table=VIEWS, partition=place, key=_key(place, name))
    if row is None or may_be_seen(row):
        return
    write = Replace(row.key, {**_NO_LEAD, "shown": True}, row.etag)
    with suppress(RowChanged):  # only ever turned
        await store.commit(table=VIEWS, partition=place, writes=[write], write_id=f"show:{place}:{name}")


def _key(place: str, name: str) -> str:
    return f"{_IN_LOGS if place == LOGS else _IN_VIEW}{name}"


async def _each(jobs: Iterable[Awaitable[None]]) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(job: Awaitable[None]) -> None:
        async with gate:
            await job

    await asyncio.gather(*(one(job) for job in jobs))
