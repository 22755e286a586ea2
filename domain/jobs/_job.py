"""A job's row: in the partition `open` until it is finished or refused, then for good in `done`.

A job holds what was asked, not how far it got: each of its steps leaves its own proof in the aggregate that it
changes, so there is no counter that could be wrong after a crash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from domain.store import Create, Delete, Row, RowChanged, RowExists, Store, Value
from domain.timeline import Plain
from domain.values import Actor, Role, iso, moment

TABLE = "jobs"
OPEN, DONE = "open", "done"
STEPS = STORED, SHOWN = "stored", "shown"
"""What an import notes of each of its parts (`domain/bulk`), in the partition that bears the job's id."""


class JobState(StrEnum):
    """How a job stands; a refused one has changed nothing, or has taken back what it had changed."""

    RUNNING = "running"
    FINISHED = "finished"
    REFUSED = "refused"


@dataclass(frozen=True)
class Job:
    """What was asked, by whom and when. `facts` are the arguments, in the job's own words."""

    id: str
    kind: str
    actor: Actor
    at: datetime
    facts: Mapping[str, Plain] = field(default_factory=dict)
    state: JobState = JobState.RUNNING


async def open_job(*, store: Store, job: Job) -> Job:
    """Write the job down before its first step; one that was opened before is answered as it is."""
    try:
        await store.commit(table=TABLE, partition=OPEN, writes=[Create(job.id, _values(job))], write_id=job.id)
    except RowExists:
        return await find_job(store=store, job_id=job.id) or job
    return job


async def close_job(*, store: Store, job: Job, state: JobState) -> None:
    """Move the job to `done`. Closing a closed one changes nothing."""
    values = {**_values(job), "state": str(state)}
    with suppress(RowExists):
        await store.commit(table=TABLE, partition=DONE, writes=[Create(job.id, values)], write_id=f"{job.id}:done")
    row = await store.get(table=TABLE, partition=OPEN, key=job.id)
    if row:
        with suppress(RowChanged):
            writes = [Delete(job.id, row.etag)]
            await store.commit(table=TABLE, partition=OPEN, writes=writes, write_id=f"{job.id}:closed")


async def reopen_job(*, store: Store, job_id: str) -> bool:
    """Let a finished job be carried out again, each of whose steps can be: rows that it had changed may have been
    put back to what they were before. False if it isn't finished, or open already."""
    row = await store.get(table=TABLE, partition=DONE, key=job_id)
    if row is None or row.values["state"] != JobState.FINISHED:
        return False
    again = Create(job_id, _values(replace(_from_row(row), state=JobState.RUNNING)))
    try:
        await store.commit(table=TABLE, partition=OPEN, writes=[again], write_id=f"{job_id}:again")
    except RowExists:
        return False
    return True


async def forget_steps(*, store: Store, job_id: str) -> int:
    """Let an open job do all its steps again; how many were noted as done."""
    noted = [
        row
        for step in STEPS
        async for row in store.scan(table=TABLE, partition=job_id, first=f"{step}:", before=f"{step};")
    ]
    for row in noted:
        with suppress(RowChanged):
            gone = [Delete(row.key, row.etag)]
            await store.commit(table=TABLE, partition=job_id, writes=gone, write_id=f"{job_id}:{row.key}:forgotten")
    return len(noted)


async def find_job(*, store: Store, job_id: str) -> Job | None:
    """The job, closed or open: two requests. In this order, since it may be closed between them."""
    opened = await store.get(table=TABLE, partition=OPEN, key=job_id)
    row = await store.get(table=TABLE, partition=DONE, key=job_id) or opened
    return _from_row(row) if row else None


async def job_is_open(*, store: Store, job_id: str) -> bool:
    """Whether the job still has to be carried out: one request."""
    return await store.get(table=TABLE, partition=OPEN, key=job_id) is not None


async def open_jobs(*, store: Store) -> tuple[Job, ...]:
    """All jobs that aren't closed, the oldest first: one request as long as there are fewer than a thousand."""
    found = [_from_row(row) async for row in store.scan(table=TABLE, partition=OPEN)]
    return tuple(sorted(found, key=lambda job: (job.at, job.id)))


def _values(job: Job) -> dict[str, Value]:
    return {
        "kind": job.kind,
        "state": str(job.state),
        "at": iso(job.at),
        "actorId": job.actor.id,
        "actorName": job.actor.name,
        "actorRole": str(job.actor.role),
        "facts": json.dumps(dict(job.facts), ensure_ascii=False, sort_keys=True),
    }


def _from_row(row: Row) -> Job:
    v = row.values
    return Job(
        id=row.key,
        kind=str(v["kind"]),
        actor=Actor(str(v["actorId"]), str(v["actorName"]), Role(str(v["actorRole"]))),
        at=moment(str(v["at"])),
        facts=json.loads(str(v["facts"])),
        state=JobState(str(v["state"])),
    )
