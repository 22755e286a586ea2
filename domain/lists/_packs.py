"""All leads packed into a few rows, so that a new instance reads some dozen of them instead of 100,000.

A pack is a copy and may be missing or too old: whoever finds none reads the views themselves. It is written under
a name of its own, and the row `head` names it once it is complete.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.leads import Summary
from domain.ports import Ports
from domain.store import (
    Create,
    Delete,
    Replace,
    Row,
    RowChanged,
    RowExists,
    Store,
    Value,
    Write,
)
from domain.values import iso, moment

PACKS = "packs"
_HEAD, _CURRENT = "head", "current"
_FORMAT = 2
_TEXTS = ("lead", "quotations", "commissions", "documents", "imported")  # of a summary, in the order of its fields
_IN_WORK = timedelta(minutes=10)
"""A pack that is younger than this may still be in the making."""

_COLUMN = 64 * 1024  # bytes in one column, which is the most
_MOST = 14 * _COLUMN  # compressed bytes in one row, which may have 1 MiB with its keys
_LEADS = 2_000
"""In one row, as long as they fit: some 500 kB compressed."""

_BETWEEN_FIELDS, _BETWEEN_LEADS = "\x1f", "\x1e"  # JSON spells control characters otherwise, so no text has them


@dataclass(frozen=True)
class Pack:
    """All leads as they were at the moment `at` (or later, some of them). `read_at` is when they were last read
    from the views themselves: a pack made of a pack is as old as the first one in that."""

    at: datetime
    read_at: datetime
    summaries: Sequence[Summary]


async def read_pack(*, store: Store, since: datetime) -> Pack | None:
    """The newest pack, unless that is older than `since` or isn't whole: two hops. Raises StorageUnavailable."""
    head = await store.get(table=PACKS, partition=_HEAD, key=_CURRENT)
    if head is None or head.values["format"] != _FORMAT or moment(str(head.values["at"])) < since:
        return None
    name, parts = str(head.values["pack"]), int(str(head.values["parts"]))
    rows = await asyncio.gather(*(store.get(table=PACKS, partition=name, key=_key(n)) for n in range(parts)))
    whole = [row for row in rows if row is not None]
    if len(whole) < parts:
        return None  # it has just been replaced by a newer one
    summaries = await asyncio.to_thread(_unpacked, whole)
    if len(summaries) != head.values["leads"]:
        return None
    return Pack(moment(str(head.values["at"])), moment(str(head.values["readAt"])), summaries)


async def write_pack(*, ports: Ports, pack: Pack) -> None:
    """Store a pack, and let go of the one before. Two at once do no harm: the later head counts.

    Raises StorageUnavailable.
    """
    store, name = ports.store, f"{iso(pack.at)}|{ports.ids.unique()}"
    head = await store.get(table=PACKS, partition=_HEAD, key=_CURRENT)
    parts = 0
    for start in range(0, len(pack.summaries), _LEADS):
        for content in await asyncio.to_thread(_rows_of, pack.summaries[start : start + _LEADS]):
            row = Create(_key(parts), _columns(content))
            await store.commit(table=PACKS, partition=name, writes=[row], write_id=f"{name}:{parts}")
            parts += 1
    said: dict[str, Value] = {
        "pack": name,
        "parts": parts,
        "leads": len(pack.summaries),
        "at": iso(pack.at),
        "readAt": iso(pack.read_at),
        "format": _FORMAT,
    }
    write: Write = Replace(_CURRENT, said, head.etag) if head else Create(_CURRENT, said)
    try:
        await store.commit(table=PACKS, partition=_HEAD, writes=[write], write_id=name)
    except (RowChanged, RowExists):
        await _drop(ports, name)  # somebody else's came first, and is as good
        return
    await _drop_others(ports, at=pack.at, keep={name, str(head.values["pack"]) if head else name})


async def forget_packs(*, ports: Ports) -> None:
    """After the views were put right by other means than changes: what was packed before counts no more."""
    row = await ports.store.get(table=PACKS, partition=_HEAD, key=_CURRENT)
    if row:
        with suppress(RowChanged):
            await ports.store.commit(
                table=PACKS, partition=_HEAD, writes=[Delete(row.key, row.etag)], write_id=ports.ids.unique()
            )


async def _drop_others(ports: Ports, *, at: datetime, keep: set[str]) -> None:
    """Those before the last one, and what a kill left. Whoever reads the last one at this moment may go on, and
    so may another writer."""
    oldest = iso(at - _IN_WORK)
    names = {row.partition async for row in ports.store.scan(table=PACKS)}
    for name in sorted(names - keep - {_HEAD}):
        if name < oldest:
            await _drop(ports, name)


async def _drop(ports: Ports, name: str) -> None:
    for row in [row async for row in ports.store.scan(table=PACKS, partition=name)]:
        with suppress(RowChanged):
            writes = [Delete(row.key, row.etag)]
            await ports.store.commit(table=PACKS, partition=name, writes=writes, write_id=ports.ids.unique())


def _key(number: int) -> str:
    return f"{number:04d}"


def _rows_of(summaries: Sequence[Summary]) -> list[bytes]:
    return list(_packed(summaries))


def _packed(summaries: Sequence[Summary]) -> Iterator[bytes]:
    """The content of a row, or of several if it would be too large for one."""
    lines = (_BETWEEN_FIELDS.join((s.lead_id, str(s.version), *(getattr(s, n) for n in _TEXTS))) for s in summaries)
    content = zlib.compress(_BETWEEN_LEADS.join(lines).encode(), level=3)
    if len(content) <= _MOST or len(summaries) == 1:
        yield content
        return
    half = len(summaries) // 2
    yield from _packed(summaries[:half])
    yield from _packed(summaries[half:])


def _columns(content: bytes) -> dict[str, Value]:
    starts = range(0, len(content), _COLUMN)
    return {f"part{number:02d}": content[start : start + _COLUMN] for number, start in enumerate(starts)}


def _unpacked(rows: Sequence[Row]) -> list[Summary]:
    summaries: list[Summary] = []
    for row in rows:
        parts = [row.values[name] for name in sorted(row.values) if name.startswith("part")]
        text = zlib.decompress(b"".join(part for part in parts if isinstance(part, bytes))).decode()
        for line in text.split(_BETWEEN_LEADS):
            lead_id, version, *texts = line.split(_BETWEEN_FIELDS)
            summaries.append(Summary(lead_id, int(version), *texts))
    return summaries
