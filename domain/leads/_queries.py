"""Reads of one lead: as it is, its timeline, and as it stood at some version."""

from __future__ import annotations

from domain.leads._file import LeadFile, own_file
from domain.leads._rows import TABLE
from domain.store import Store
from domain.timeline import FIRST_ENTRY, Entry, entry_from_row, entry_key
from domain.values import Actor


async def lead_of_actor(*, store: Store, lead_id: str, actor: Actor) -> LeadFile:
    """One of the actor's own leads with its parts: one storage request. Raises LeadNotFound."""
    return await own_file(store=store, lead_id=lead_id, actor=actor)


async def timeline_of(*, store: Store, lead_id: str, actor: Actor) -> tuple[Entry, ...]:
    """The whole timeline of one of the actor's own leads, oldest first. Raises LeadNotFound."""
    await own_file(store=store, lead_id=lead_id, actor=actor)
    rows = store.scan(table=TABLE, partition=lead_id, first=FIRST_ENTRY)
    return tuple([entry_from_row(row) async for row in rows])


async def entries_between(*, store: Store, lead_id: str, first: int, last: int) -> tuple[Entry, ...]:
    """The entries of the versions `first` to `last` of a lead, oldest first: one request per 1,000. Whether the
    reader may see them is the caller's to know."""
    rows = store.scan(
        table=TABLE, partition=lead_id, first=entry_key(max(first, 1), 0), before=entry_key(last + 1, 0)
    )
    return tuple([entry_from_row(row) async for row in rows])
