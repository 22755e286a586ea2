"""Reads of quotations: one, or all of a lead, or all that a customer was shown."""

from __future__ import annotations

import asyncio

from domain import customers
from domain.leads import LeadFile, LeadNotFound, own_file
from domain.quotations._change import quotation_not_found, visible
from domain.quotations._model import Quotation, may_see_quotation
from domain.quotations._rows import quotations_in
from domain.store import Store
from domain.values import Actor, lead_of


async def quotation_of_actor(*, store: Store, quotation_id: str, actor: Actor) -> tuple[LeadFile, Quotation]:
    """A quotation that the actor may see, and its lead's file: one request. Raises QuotationNotFound."""
    lead_id = lead_of(quotation_id)
    if lead_id is None:
        raise quotation_not_found(quotation_id)
    try:
        file = await own_file(store=store, lead_id=lead_id, actor=actor)
    except LeadNotFound:
        raise quotation_not_found(quotation_id) from None
    return file, visible(file, quotation_id, actor)


def seen_quotations(file: LeadFile, actor: Actor) -> list[Quotation]:
    """The quotations in a file that this actor sees, newest first."""
    return [q for q in reversed(quotations_in(file)) if may_see_quotation(q, actor.role)]


async def files_of_customer(*, store: Store, actor: Actor) -> list[LeadFile]:
    """The files of all leads of a customer: two hops."""
    ids = await customers.leads_of(store=store, customer_id=actor.id)
    files = await asyncio.gather(*(_file_or_none(store, lead_id, actor) for lead_id in ids))
    return [file for file in files if file]


async def _file_or_none(store: Store, lead_id: str, actor: Actor) -> LeadFile | None:
    try:
        return await own_file(store=store, lead_id=lead_id, actor=actor)
    except LeadNotFound:
        return None  # linked, but the lead belongs to another customer by now
