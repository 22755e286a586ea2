"""One backup per day: which slot is due, and the row that lets one process at a time make it (design.md §4).

A slot is a day in India. Its run is the row `run` of the partition `backup|<slot>` in `runs`: claimed by
insert-if-absent, held by a lease. What is finished is kept beside it as rows of the same partition, each
stored in one transaction with the run row under its ETag: a process that lost its lease can't add anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from domain.continuity.errors import BackupRunning, BackupTakenOver
from domain.ports import Ports
from domain.store import Create, Replace, Row, RowChanged, RowExists, Value, Write
from domain.values import INDIA, iso, moment

TABLE = "runs"
RUN = "run"
DUE = time(2, 0)  # in India: the quietest hour
LEASE = timedelta(minutes=5)
_BEAT = timedelta(seconds=30)
MOST_TRIES = 40  # of one slot, by the timer; a person may go on


class State(StrEnum):
    """Where a run is. A failed one goes on from what it has, unless that is damaged."""

    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"
    DONE = "done"


def due_slot(now: datetime) -> str:
    """The newest day whose backup is due: today in India from 02:00 on, else yesterday.

    A day that was missed altogether is not made up for once the next one is due: what it held is gone.
    """
    local = now.astimezone(INDIA)
    on = local.date() if local.time() >= DUE else local.date() - timedelta(days=1)
    return on.isoformat()


def extra_slot(now: datetime) -> str:
    """The slot of a backup beside the daily ones: `2026-11-25T143210`, the time in India."""
    return f"{now.astimezone(INDIA):%Y-%m-%dT%H%M%S}"


def partition_of(slot: str) -> str:
    """Where the rows of a slot are."""
    return f"backup|{slot}"


def backup_id(slot: str, generation: int) -> str:
    """`2026-11-25`; begun anew after damage, `2026-11-25.2`."""
    return slot if generation == 1 else f"{slot}.{generation}"


@dataclass(frozen=True)
class RunRow:
    """What the run row says."""

    slot: str
    state: State
    generation: int
    tries: int
    started: datetime
    at: datetime
    until: datetime
    rows: int
    size: int
    doing: str
    fault: str

    @property
    def backup_id(self) -> str:
        """The backup that it makes."""
        return backup_id(self.slot, self.generation)


def run_from_row(slot: str, row: Row) -> RunRow:
    """The run that a row tells of."""
    v = row.values
    return RunRow(
        slot=slot,
        state=State(str(v["state"])),
        generation=int(str(v["generation"])),
        tries=int(str(v["tries"])),
        started=moment(str(v["startedAt"])),
        at=moment(str(v["at"])),
        until=moment(str(v["until"])),
        rows=int(str(v["rows"])),
        size=int(str(v["size"])),
        doing=str(v["doing"]),
        fault=str(v.get("fault", "")),
    )


async def read_run(*, ports: Ports, slot: str) -> RunRow | None:
    """The run of a slot, or None."""
    row = await ports.store.get(table=TABLE, partition=partition_of(slot), key=RUN)
    return run_from_row(slot, row) if row else None


class Run:
    """A slot that this process has claimed, with what is finished of it."""

    def __init__(self, ports: Ports, slot: str, values: dict[str, Value], etag: str) -> None:
        self._ports, self.slot = ports, slot
        self._values, self._etag = values, etag
        self._beaten = ports.clock.now()
        self.finished: dict[str, Any] = {}

    @property
    def row(self) -> RunRow:
        """As it was stored last."""
        return run_from_row(self.slot, Row(partition_of(self.slot), RUN, self._values, ""))

    async def note(self, done: Mapping[str, Any] | None = None, **changed: Value) -> None:
        """Keep what is finished (by name, JSON-able), and renew the lease, in one transaction.

        Raises BackupTakenOver if another process has claimed the slot since.
        """
        now, done = self._ports.clock.now(), done or {}
        values = {**self._values, "at": iso(now), "until": iso(now + LEASE), **changed}
        prefix = f"done:{self.row.generation}:"
        writes: list[Write] = [Replace(RUN, values, self._etag)]
        writes += [Create(prefix + name, {"said": json.dumps(said)}) for name, said in done.items()]
        await self._commit(writes)
        self.finished |= done
        self._values, self._beaten = values, now

    async def beat(self, *, rows: int, size: int, doing: str) -> None:
        """Renew the lease if that is due."""
        if self._ports.clock.now() - self._beaten >= _BEAT:
            await self.note(rows=rows, size=size, doing=doing)

    async def end(self, state: State, *, fault: str = "", **changed: Value) -> None:
        """Give the slot back, or close it."""
        now = self._ports.clock.now()
        values = {**self._values, "state": str(state), "at": iso(now), "until": iso(now), **changed}
        values["fault"] = fault[:1000]
        await self._commit([Replace(RUN, values, self._etag)])
        self._values = values

    async def _commit(self, writes: Sequence[Write]) -> None:
        where = partition_of(self.slot)
        store, write_id = self._ports.store, self._ports.ids.unique()
        try:
            await store.commit(table=TABLE, partition=where, writes=writes, write_id=write_id)
        except (RowChanged, RowExists):
            raise BackupTakenOver(f"Another process has taken over the backup {self.slot}.") from None
        row = await store.get(table=TABLE, partition=where, key=RUN)
        if row is None or row.values.get("writeId") != write_id:
            raise BackupTakenOver(f"Another process has taken over the backup {self.slot}.")
        self._etag = row.etag


async def claim(*, ports: Ports, slot: str) -> Run | None:
    """The slot for this process, with what is finished of it; None if its backup is done.

    Raises BackupRunning while another process holds it.
    """
    where, now = partition_of(slot), ports.clock.now()
    row = await ports.store.get(table=TABLE, partition=where, key=RUN)
    held = run_from_row(slot, row) if row else None
    if held and held.state is State.DONE:
        return None
    if held and held.state is State.RUNNING and held.until > now:
        raise BackupRunning(f"The backup {held.backup_id} is being made; its lease lasts until {iso(held.until)}.")
    values = _claimed(row, now)
    write: Write = Replace(RUN, values, row.etag) if row else Create(RUN, values)
    write_id = ports.ids.unique()
    try:
        await ports.store.commit(table=TABLE, partition=where, writes=[write], write_id=write_id)
    except (RowExists, RowChanged):
        raise BackupRunning(f"Another process has just begun the backup {slot}.") from None
    claimed = await ports.store.get(table=TABLE, partition=where, key=RUN)
    if claimed is None or claimed.values.get("writeId") != write_id:
        raise BackupRunning(f"Another process has just begun the backup {slot}.")
    run = Run(ports, slot, dict(claimed.values), claimed.etag)
    await _remember(ports, run)
    return run


def _claimed(row: Row | None, now: datetime) -> dict[str, Value]:
    fresh: dict[str, Value] = {
        "startedAt": iso(now),
        "generation": 1,
        "tries": 0,
        "rows": 0,
        "size": 0,
        "doing": "",
    }
    old = dict(row.values) if row else fresh
    mine = {"state": str(State.RUNNING), "at": iso(now), "until": iso(now + LEASE), "fault": ""}
    return {**fresh, **old, **mine, "tries": int(str(old["tries"])) + 1}


async def _remember(ports: Ports, run: Run) -> None:
    prefix = f"done:{run.row.generation}:"
    rows = ports.store.scan(table=TABLE, partition=partition_of(run.slot), first=prefix, before=prefix[:-1] + ";")
    async for row in rows:
        run.finished[row.key.removeprefix(prefix)] = json.loads(str(row.values["said"]))
