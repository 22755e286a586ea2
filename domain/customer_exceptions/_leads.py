"""What an exception does to the leads of a customer: each in one transaction, and again without effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from domain import customers, leads
from domain.customer_exceptions._step import Work
from domain.customers import LeadLink
from domain.jobs import job_is_open
from domain.leads import Decision, LeadFile, LeadNotFound
from domain.store import StorageUnavailable
from domain.timeline import Note, changes_between
from domain.values import PhoneNumber

_AT_ONCE = 8
_BEING_REGISTERED = timedelta(minutes=2)

Each = Callable[[Work, LeadLink], Awaitable[None]]


async def each_lead(work: Work, customer_id: str, do: Each) -> None:
    """Do something to each lead that is linked to a customer, a few at a time.

    A link without a lead is a registration under way: the job waits for it, or forgets it when it is old.
    Stops if the job has been brought to its end by somebody else meanwhile. Raises StorageUnavailable.
    """
    links = await customers.links_of(store=work.ports.store, customer_id=customer_id)
    for start in range(0, len(links), _AT_ONCE):
        if not await job_is_open(store=work.ports.store, job_id=work.job.id):
            return
        await asyncio.gather(*(_unless_missing(work, link, do) for link in links[start : start + _AT_ONCE]))


async def move(work: Work, link: LeadLink, *, origin: str, target: str) -> None:
    """Give a lead of `origin` to `target`: first the link, by which it is found, then the lead."""
    file = await leads.lead_of_actor(store=work.ports.store, lead_id=link.lead_id, actor=work.job.actor)
    if file.lead.customer_id != origin:
        return  # done before a kill, or somebody else's by now
    act = work.act("link")
    await customers.link_lead(ports=work.ports, customer_id=target, link=replace(link, at=act.at), act=act)
    moved = await leads.move_lead(
        ports=work.ports,
        lead_id=link.lead_id,
        origin=origin,
        target=target,
        act=work.act("move"),
        reason=work.fact("reason"),
    )
    if moved.file.lead.customer_id != target:  # it was somebody else's by then
        await leads.leave_customer(
            ports=work.ports, customer_id=target, lead_id=link.lead_id, write_id=f"{work.job.id}:not-moved"
        )


async def renumber(work: Work, link: LeadLink, *, owner: str, old: PhoneNumber, new: PhoneNumber) -> None:
    """Where a customer's lead has the customer's old number as its contact, put the new one."""

    def decide(file: LeadFile) -> Decision | None:
        if (file.lead.customer_id, file.lead.phone) != (owner, old):
            return None
        after = replace(file.lead, phone=new)
        changes = changes_between(leads.plain(file.lead), leads.plain(after))
        said = f"{work.job.actor.name} changed the customer's number"
        return Decision(after, (Note("PhoneChanged", said, changes, reason=work.fact("reason")),))

    act = replace(work.act(f"{link.lead_id}:phone"), proof=None)
    await leads.change_lead(ports=work.ports, lead_id=link.lead_id, act=act, decide=decide)


async def _unless_missing(work: Work, link: LeadLink, do: Each) -> None:
    try:
        await do(work, link)
    except LeadNotFound:
        if link.at + _BEING_REGISTERED > work.ports.clock.now():
            raise StorageUnavailable(
                "A lead of this customer is being registered at this moment. The change is completed by itself.",
                retry_after=60,
            ) from None
