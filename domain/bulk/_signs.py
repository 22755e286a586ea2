"""Hiding an import's leads until all of them stand in all lists, and revealing them then (docs/adr/0024)."""

from __future__ import annotations

from collections.abc import Collection

from domain import leads
from domain.bulk._parts import read_part
from domain.identity import partners
from domain.jobs import Job, job_is_open
from domain.ports import Ports


def name_of(job: Job) -> str:
    """The name that the import's leads bear."""
    return leads.import_name(at=job.at, job_id=job.id)


async def hide(*, ports: Ports, job: Job) -> set[str]:
    """Let nobody see the import's leads, before the first one is stored; the views of all channel partners that
    get one. Those are fewer, and don't matter, if somebody else has just finished the import."""
    views: set[str] = set()
    for number in range(int(str(job.facts["parts"]))):
        part = await read_part(store=ports.store, job=job, number=number)
        views |= {leads.of_partner(new.assigned_to) for new in (part.leads if part else ()) if new.assigned_to}
    await leads.hide_import(store=ports.store, name=name_of(job), views=views)
    return views


async def reveal(*, ports: Ports, job: Job, views: Collection[str]) -> None:
    """Let everybody see them: each reader sees all at once."""
    await leads.reveal_import(store=ports.store, name=name_of(job), views=views)


async def reveal_forgotten(*, ports: Ports) -> None:
    """Make good what a backup brought back: it may hide an import that has ended since, or whose job is gone. One
    request as long as nothing is hidden."""
    for name in await leads.hidden_imports(store=ports.store):
        if not await job_is_open(store=ports.store, job_id=name.partition("|")[2]):
            views = {leads.of_partner(person.id) for person in await partners(store=ports.store)}
            await leads.reveal_import(store=ports.store, name=name, views=views)
