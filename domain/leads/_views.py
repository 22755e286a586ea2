"""Summary rows of leads, one partition per reader, since table storage has no secondary index (design.md §3).

The lead's partition is the truth. A marker is put before a lead's transaction and removed after the views
are written; the sweep makes good what a crash left. A view row never goes back to an older version.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta

from domain.leads._model import Lead, plain
from domain.leads._rows import LEAD_ROW, TABLE, lead_from_row
from domain.ports import Ports
from domain.store import Create, Delete, Replace, Row, RowChanged, RowExists, StorageUnavailable, Store, Value
from domain.timeline import FIRST_ENTRY, entry_from_row
from domain.values import Actor, Role, iso, moment

VIEWS = "views"
PENDING = "pending"
_OLD_ENOUGH = timedelta(seconds=30)
_ATTEMPTS = 5

Seen = Mapping[str, Row | None]


def readers(lead: Lead) -> tuple[str, ...]:
    """The view partitions in which a lead appears; `all|<month>` stays, `cp|…` follows the assignment."""
    everyone = f"all|{iso(lead.created_at)[:7]}"
    return (everyone, f"cp|{lead.assigned_to}") if lead.assigned_to else (everyone,)


def summary(lead: Lead) -> dict[str, Value]:
    """The columns of a view row."""
    said = {**plain(lead), "id": lead.id, "version": lead.version}
    said["updatedAt"] = iso(lead.updated_at or lead.created_at)
    return {"version": lead.version, "lead": json.dumps(said, ensure_ascii=False, sort_keys=True)}


def view_rows(lead: Lead) -> dict[str, dict[str, Value]]:
    """The lead's view rows as they have to be: partition to columns."""
    return {place: summary(lead) for place in readers(lead)}


def shows_a_lead(row: Row) -> bool:
    """Whether this row of the table shows a lead to a reader; markers and `gone` rows don't."""
    return row.partition.startswith(("all|", "cp|")) and "gone" not in row.values


async def mark(*, store: Store, lead_id: str, write_id: str, at: str) -> None:
    """Say that the lead's views are about to be out of date."""
    marker = Create(f"{lead_id}:{write_id}", {"at": at})
    try:
        await store.commit(table=VIEWS, partition=PENDING, writes=[marker], write_id=write_id)
    except RowExists:
        return  # the same request, carried out again


async def unmark(*, store: Store, lead_id: str, write_id: str) -> None:
    """The views are up to date again (or nothing was changed)."""
    key = f"{lead_id}:{write_id}"
    row = await store.get(table=VIEWS, partition=PENDING, key=key)
    if row:
        try:
            await store.commit(table=VIEWS, partition=PENDING, writes=[Delete(key, row.etag)], write_id=write_id)
        except RowChanged:
            return  # the sweep was faster


async def see(*, store: Store, lead: Lead, left: Iterable[str] = ()) -> Seen:
    """The lead's view rows as they stand, with those of readers that it has left; read beside the
    transaction, so that it costs no hop."""
    places = (*readers(lead), *left)
    rows = await asyncio.gather(*(store.get(table=VIEWS, partition=p, key=lead.id) for p in places))
    return dict(zip(places, rows, strict=True))


async def show(*, store: Store, lead: Lead, seen: Seen, left: Iterable[str], write_id: str) -> None:
    """Write the lead's view rows; readers that it left get a `gone` row, since a deleted one could be
    brought back by a slower writer of an older version."""
    values = summary(lead)
    jobs = [
        _put(store=store, place=p, lead=lead, values=values, row=seen.get(p), write_id=write_id)
        for p in readers(lead)
    ]
    gone: dict[str, Value] = {"version": lead.version, "gone": True}
    jobs += [_put(store=store, place=p, lead=lead, values=gone, row=seen.get(p), write_id=write_id) for p in left]
    await asyncio.gather(*jobs)


async def _put(
    *, store: Store, place: str, lead: Lead, values: Mapping[str, Value], row: Row | None, write_id: str
) -> None:
    for _ in range(_ATTEMPTS):
        if row and int(str(row.values["version"])) >= lead.version:
            return
        write = Replace(lead.id, values, row.etag) if row else Create(lead.id, values)
        try:
            await store.commit(table=VIEWS, partition=place, writes=[write], write_id=f"{write_id}:{lead.version}")
            return
        except (RowExists, RowChanged):
            row = await store.get(table=VIEWS, partition=place, key=lead.id)
    raise StorageUnavailable("Others keep changing this view.", retry_after=1)  # the marker stays for the sweep


async def sweep(*, ports: Ports, mend: Callable[[Lead], Awaitable[None]]) -> int:
    """Bring the views of leads with an old marker up to date, and `mend` what else the crash may have left
    undone; the number of markers removed."""
    limit = ports.clock.now() - _OLD_ENOUGH
    done = 0
    async for marker in ports.store.scan(table=VIEWS, partition=PENDING):
        if moment(str(marker.values["at"])) > limit:
            continue
        lead_id, _, write_id = marker.key.partition(":")
        row = await ports.store.get(table=TABLE, partition=lead_id, key=LEAD_ROW)
        if row:
            await mend(lead_from_row(row))
            await rebuild(ports=ports, lead=lead_from_row(row))
        await unmark(store=ports.store, lead_id=lead_id, write_id=write_id)
        done += 1
    return done


async def rebuild(*, ports: Ports, lead: Lead) -> None:
    """Write the lead's views from its row, and take it from the CPs' views in which it no longer belongs."""
    former = await _former_readers(store=ports.store, lead=lead)
    seen = await see(store=ports.store, lead=lead, left=former)
    await show(store=ports.store, lead=lead, seen=seen, left=former, write_id=ports.ids.unique())


async def _former_readers(*, store: Store, lead: Lead) -> set[str]:
    """The views of all CPs that the lead was ever reassigned from, as its timeline tells."""
    changes = [
        change
        async for row in store.scan(table=TABLE, partition=lead.id, first=FIRST_ENTRY)
        for change in entry_from_row(row).changes
    ]
    return {f"cp|{c.before}" for c in changes if c.field == "assignedTo" and c.before} - set(readers(lead))


async def listed(*, store: Store, actor: Actor) -> list[Mapping[str, Value]]:
    """The summaries of all leads that an actor may see, as JSON-able mappings, in no particular order."""
    if actor.role is Role.ADMIN:
        places: list[str | None] = [None]
    elif actor.role is Role.KAM:
        places = [f"cp|{partner}" for partner in sorted(actor.partners)]
    else:
        places = [f"cp|{actor.id}"]
    found = await asyncio.gather(*(_summaries(store=store, place=p) for p in places))
    return [lead for part in found for lead in part]


async def _summaries(*, store: Store, place: str | None) -> list[Mapping[str, Value]]:
    rows = store.scan(table=VIEWS, partition=place)
    return [
        json.loads(str(row.values["lead"]))
        async for row in rows
        if "lead" in row.values and (place or row.partition.startswith("all|"))
    ]
