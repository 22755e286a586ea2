"""Who may write: one row that names an instance, with a number that only grows (ADR 26).

The row `epoch` of the partition `epoch` in `runs`. That table isn't part of backups, so no restore brings an old
epoch back. How a process learns it and stops is in `adapters.fencing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.continuity.errors import EpochMoved
from domain.store import Create, Replace, RowChanged, RowExists, Store, Value
from domain.values import iso, moment

TABLE = "runs"
EPOCH, SYNC = "epoch", "sync"
ID_GAP = 1_000
"""How far a promotion moves the counters on: more ids than can be given out while a copy lags behind."""


@dataclass(frozen=True)
class Epoch:
    """The instance that may write, since when, and the how-manieth it is."""

    number: int
    holder: str
    at: datetime


async def read_epoch(*, store: Store) -> Epoch | None:
    """The epoch of this account; None before anybody has written. One request."""
    row = await store.get(table=TABLE, partition=EPOCH, key=EPOCH)
    if row is None:
        return None
    return Epoch(int(str(row.values["number"])), str(row.values["holder"]), moment(str(row.values["at"])))


async def claim_epoch(*, store: Store, holder: str, at: datetime, write_id: str) -> Epoch:
    """The first epoch of an account that has none: whoever writes first holds it; the one that holds then."""
    fresh = Epoch(1, holder, at)
    try:
        write = Create(EPOCH, _values(fresh))
        await store.commit(table=TABLE, partition=EPOCH, writes=[write], write_id=write_id)
    except RowExists:
        return await read_epoch(store=store) or fresh
    return fresh


async def begin_epoch(*, store: Store, holder: str, above: int, at: datetime, write_id: str) -> Epoch:
    """Let `holder` be the one that writes, with a number above `above` and above the present one.

    Raises EpochMoved if somebody else does the same at this moment.
    """
    row = await store.get(table=TABLE, partition=EPOCH, key=EPOCH)
    present = int(str(row.values["number"])) if row else 0
    epoch = Epoch(max(present, above) + 1, holder, at)
    write = Replace(EPOCH, _values(epoch), row.etag) if row else Create(EPOCH, _values(epoch))
    try:
        await store.commit(table=TABLE, partition=EPOCH, writes=[write], write_id=write_id)
    except (RowChanged, RowExists):
        raise EpochMoved("Somebody else is changing who may write at this moment. Look again.") from None
    return epoch


async def leave_gap_in_ids(*, store: Store, write_id: str) -> dict[str, int]:
    """Move every series of ids on by ID_GAP; the next number of each.

    A copy may have a lead without the counter that it took its number from: a promoted copy would give the
    number out again. A gap costs nothing.
    """
    moved: dict[str, int] = {}
    async for row in store.scan(table="counters"):
        if row.key == "next":
            moved[row.partition] = int(str(row.values["next"])) + ID_GAP
            write = Replace(row.key, {"next": moved[row.partition]}, row.etag)
            await store.commit(table="counters", partition=row.partition, writes=[write], write_id=write_id)
    return moved


async def note_sync(*, store: Store, at: datetime, write_id: str) -> None:
    """Write down that everything up to `at` is in this copy. Raises EpochMoved if another copy job is at work."""
    row = await store.get(table=TABLE, partition=SYNC, key=SYNC)
    values: dict[str, Value] = {"at": iso(at)}
    write = Replace(SYNC, values, row.etag) if row else Create(SYNC, values)
    try:
        await store.commit(table=TABLE, partition=SYNC, writes=[write], write_id=write_id)
    except (RowChanged, RowExists):
        raise EpochMoved("Another copy job writes to this account.") from None


async def read_sync(*, store: Store) -> datetime | None:
    """Up to when everything is in this copy, as its copy job has noted; None if there is none."""
    row = await store.get(table=TABLE, partition=SYNC, key=SYNC)
    return moment(str(row.values["at"])) if row else None


def _values(epoch: Epoch) -> dict[str, Value]:
    return {"number": epoch.number, "holder": epoch.holder, "at": iso(epoch.at)}
