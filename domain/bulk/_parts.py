"""The rows of an import as they are kept until it is done: parts in the table `jobs`, in the job's own partition.

Keys: `part:<number>` holds rows and the ids reserved for them; `stored:<number>` and `shown:<number>` say that a
step was done with a part; `verdict` says whether the import was taken on, and who writes it first decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from domain.jobs import TABLE, Job
from domain.leads import NewLead, Origin
from domain.store import Create, Delete, RowChanged, RowExists, Store, Value
from domain.values import PhoneNumber, iso, moment

PART, VERDICT = "part", "verdict"
MAX_ROWS = 100
_MAX_TEXT = 200_000  # characters: less than half of what a row of the store may hold
_COLUMN = 16_000  # characters in one column: at most 32,000 UTF-16 units


@dataclass(frozen=True)
class Part:
    """Some of the new leads, with the ids that are reserved for them."""

    ids: tuple[str, ...]
    leads: tuple[NewLead, ...]


def divided(leads: Sequence[NewLead]) -> list[tuple[NewLead, ...]]:
    """The leads in parts: always the same for the same rows, also if a partner was given another name meanwhile."""
    parts: list[list[NewLead]] = []
    size = 0
    for lead in leads:
        length = len(_text([replace(lead, assigned_name=None)]))
        if not parts or len(parts[-1]) == MAX_ROWS or size + length > _MAX_TEXT:
            parts.append([])
            size = 0
        parts[-1].append(lead)
        size += length
    return [tuple(part) for part in parts]


async def keep_part(*, store: Store, job: Job, number: int, part: Part) -> None:
    """Write a part down; one that is there stays as it is, with its ids."""
    text = _text(part.leads)
    columns: dict[str, Value] = {
        f"rows{at:02d}": text[start : start + _COLUMN] for at, start in enumerate(range(0, len(text), _COLUMN))
    }
    await _create(store, job, f"{PART}:{number:04d}", {"at": iso(job.at), "ids": json.dumps(part.ids), **columns})


async def read_part(*, store: Store, job: Job, number: int) -> Part | None:
    """A part, or None if it isn't there any more."""
    row = await store.get(table=TABLE, partition=job.id, key=f"{PART}:{number:04d}")
    if row is None:
        return None
    text = "".join(str(row.values[name]) for name in sorted(row.values) if name.startswith("rows"))
    return Part(tuple(json.loads(str(row.values["ids"]))), tuple(_lead(said) for said in json.loads(text)))


async def note_done(*, store: Store, job: Job, step: str, number: int, ids: Sequence[str], at: datetime) -> None:
    """Say that a step was done with a part."""
    await _create(store, job, f"{step}:{number:04d}", {"at": iso(at), "ids": json.dumps(ids)})


async def done_with(*, store: Store, job: Job, step: str) -> dict[int, tuple[datetime, tuple[str, ...]]]:
    """The parts with which a step was done: when, and their leads' ids; for `PART`, those that are there."""
    rows = store.scan(table=TABLE, partition=job.id, first=f"{step}:", before=f"{step};")
    return {
        int(row.key[-4:]): (moment(str(row.values["at"])), tuple(json.loads(str(row.values["ids"]))))
        async for row in rows
    }


async def verdict_of(*, store: Store, job: Job) -> bool | None:
    """Whether the import was taken on; None as long as that is open."""
    row = await store.get(table=TABLE, partition=job.id, key=VERDICT)
    return bool(row.values["taken"]) if row else None


async def decide(*, store: Store, job: Job, taken: bool) -> bool:
    """Let it be taken on or refused, unless that was decided before; what stands."""
    await _create(store, job, VERDICT, {"at": iso(job.at), "taken": taken})
    return await verdict_of(store=store, job=job) is True


async def drop_parts(*, store: Store, job: Job) -> None:
    """Remove what the rows said: it stands in the leads now, or nowhere."""
    rows = store.scan(table=TABLE, partition=job.id, first=f"{PART}:", before=f"{PART};")
    for row in [row async for row in rows]:
        with suppress(RowChanged):
            writes = [Delete(row.key, row.etag)]
            await store.commit(table=TABLE, partition=job.id, writes=writes, write_id=f"{job.id}:{row.key}:gone")


async def _create(store: Store, job: Job, key: str, values: Mapping[str, Value]) -> None:
    said = f"{job.id}:{key}:{values.get('taken') is True}"
    with suppress(RowExists):
        await store.commit(table=TABLE, partition=job.id, writes=[Create(key, values)], write_id=said)


def _text(leads: Sequence[NewLead]) -> str:
    return json.dumps([_said(lead) for lead in leads], ensure_ascii=False, separators=(",", ":"))


def _said(lead: NewLead) -> dict[str, Any]:
    said = {**asdict(lead), "phone": lead.phone.e164}
    said["follow_up_date"] = lead.follow_up_date.isoformat() if lead.follow_up_date else None
    return {name: value for name, value in said.items() if value not in (None, ())}


def _lead(said: dict[str, Any]) -> NewLead:
    typed = {
        "phone": PhoneNumber(said["phone"]),
        "services": tuple(said.get("services", ())),
        "follow_up_date": date.fromisoformat(said["follow_up_date"]) if "follow_up_date" in said else None,
        "origin": Origin(said["origin"]) if "origin" in said else None,
    }
    return NewLead(**{**said, **typed})
