"""Reads of one lead: as it is, its timeline, and as it stood at some version."""

from __future__ import annotations

from domain.leads._file import LeadFile, own_file
from domain.leads._rows import TABLE
from domain.store import Store
from domain.timeline import FIRST_ENTRY, Entry, entry_from_row
from domain.values import Actor


async def lead_of_actor(*, store: Store, lead_id: str, actor: Actor) -> LeadFile:
    """One of the actor's own leads with its parts: one storage request. Raises LeadNotFound."""
    return await own_file(store=store, lead_id=lead_id, actor=actor)


async def timeline_of(*, store: Store, lead_id: str, actor: Actor) -> tuple[Entry, ...]:
    """The whole timeline of one of the actor's own leads, oldest first. Raises LeadNotFound."""
    await own_file(store=store, lead_id=lead_id, actor=actor)
    rows = store.scan(table=TABLE, partition=lead_id, first=FIRST_ENTRY)
    return tuple([entry_from_row(row) async for row in rows])
