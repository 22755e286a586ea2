"""What a lead's transaction means for others: views, notices, and the marker that stands until they are there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from domain.errors import DomainError
from domain.leads import _notices as notices
from domain.leads import _views as views
from domain.leads._file import LeadFile
from domain.ports import Ports
from domain.store import StorageUnavailable
from domain.timeline import Entry


async def show_views(*, ports: Ports, file: LeadFile, seen: views.Seen, write_id: str) -> bool:
    """Bring up to date what others may read at once. The change has landed: a failure here is the sweep's to
    make good, not the caller's to hear of."""
    summary = views.summary_of(file.lead, file.parts)
    try:
        await views.show(ports=ports, summary=summary, partner=file.lead.assigned_to, seen=seen, write_id=write_id)
    except StorageUnavailable:
        return False
    return True


async def finish(
    *,
    ports: Ports,
    file: LeadFile,
    write_id: str,
    entries: tuple[Entry, ...] | None,
    follow: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """After the answer: what has to `follow` the change, the other views, then whom the entries concern is told,
    and only then the marker goes. Without `entries` they are looked up by the write id."""
    summary, lead = views.summary_of(file.lead, file.parts), file.lead
    try:
        if follow:
            await follow()
        await views.finish(store=ports.store, summary=summary, partner=lead.assigned_to, write_id=write_id)
        if entries is None:
            await notices.tell_again(ports=ports, lead_id=lead.id, write_ids={write_id})
        else:
            await notices.tell(ports=ports, lead=lead, parts=file.parts, entries=entries)
        await views.unmark(store=ports.store, lead_id=lead.id, write_id=write_id)
    except DomainError:
        return  # the marker stays, and the sweep does the rest


async def unmark_after(marked: asyncio.Future[bool], *, ports: Ports, lead_id: str, write_id: str) -> None:
    """Nothing was changed. A marker that was there before stays: who put it may have changed something."""
    with suppress(DomainError):  # storage is down: the sweep removes it
        if await marked:
            await views.unmark(store=ports.store, lead_id=lead_id, write_id=write_id)
