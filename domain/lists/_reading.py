"""Reading what a caller may see: one partner's view, a customer's own leads, all leads and what changed since."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain import customers, leads
from domain.errors import Invalid, NotFound
from domain.leads import LeadFile, Summary
from domain.lists._collection import Collection, SortBy
from domain.lists._following import Follower
from domain.lists._packs import read_pack
from domain.store import Row, Store
from domain.values import Actor, PhoneNumber, Role

_BEFORE_COLD = timedelta(minutes=2)
"""The sweep has made good by then what the views of all leads may have missed."""

_MANY = 250

STALE = leads.FEED_KEPT - timedelta(minutes=5)
"""Who hasn't looked for so long can't catch up from the feed and reads everything anew."""


class AllLeads(Protocol):
    """The port to all leads, kept in memory."""

    async def current(self) -> Collection:
        """All leads, with every change that was answered before now. Raises StorageUnavailable."""
        ...


async def leads_of_actor(*, store: Store, everything: AllLeads, actor: Actor, now: datetime) -> Collection:
    """A collection that has all that the actor may see; of a KAM's, `sees_lead` tells which that is."""
    if actor.role is Role.CP:
        return await leads_of_partner(store=store, partner_id=actor.id)
    if actor.role is Role.CUSTOMER:
        return await leads_of_customer(store=store, actor=actor, now=now)
    return await everything.current()


async def leads_of_partner(*, store: Store, partner_id: str) -> Collection:
    """A channel partner's leads, and its commissions of others: one request per 1,000."""
    found = await leads.summaries(store=store, place=leads.of_partner(partner_id))
    if len(found) < _MANY:
        return Collection(found)
    return await asyncio.to_thread(Collection, found)  # 40 ms for 2,000, in which others go on


async def leads_of_customer(*, store: Store, actor: Actor, now: datetime) -> Collection:
    """A customer's own leads, from the leads themselves: two hops. For a day after an import that brought one, a
    third tells whether its leads may be seen yet, and two more make sure that none of them has come meanwhile."""
    files = await _own_files(store, actor)
    names = _young(files, now)
    if not names:
        return Collection(map(_summary, files))
    signs = await asyncio.gather(*(leads.sign_of(store=store, name=name) for name in sorted(names)))
    shown = {name for name, sign in zip(sorted(names), signs, strict=True) if sign is not False}
    if shown:
        files = await _own_files(store, actor)
    hidden = _young(files, now) - shown  # with those that were met only now
    return Collection(_summary(file) for file in files if file.lead.imported not in hidden)


def _young(files: Sequence[LeadFile], now: datetime) -> set[str]:
    """The imports whose leads perhaps may not be seen yet."""
    return {name for file in files if (name := file.lead.imported) and leads.is_young(name, now=now)}


async def _own_files(store: Store, actor: Actor) -> list[LeadFile]:
    ids = await customers.leads_of(store=store, customer_id=actor.id)
    files = await asyncio.gather(*(leads.read_file(store=store, lead_id=lead_id) for lead_id in ids))
    return [file for file in files if file and leads.may_see(file.lead, actor)]


async def customer_known_as(*, store: Store, typed: str, actor: Actor) -> leads.CustomerSeen | None:
    """The customer whose phone or id this is, for an Admin, who has to find also those without a lead: they have
    signed in, or an Admin has entered them. Four hops; none for anybody else. Raises StorageUnavailable."""
    if actor.role is not Role.ADMIN:
        return None
    with suppress(Invalid):
        return await leads.customer_by_phone(store=store, phone=PhoneNumber.parse(typed), actor=actor)
    with suppress(NotFound):
        return await leads.customer_of_actor(store=store, customer_id=typed.strip().upper(), actor=actor)
    return None


def _summary(file: LeadFile) -> Summary:
    """What a customer sees of the lead; by what it doesn't see, a search doesn't find the lead either."""
    kept = {key: row for key, row in file.parts.items() if not _kept_from_customers(key, row)}
    return leads.summary_of(file.lead, kept)


def _kept_from_customers(key: str, row: Row) -> bool:
    return key.startswith("commission:") or (key.startswith("quotation:") and "sharedAt" not in row.values)


@dataclass(frozen=True)
class Loaded:
    """All leads, in which what the feed tells of the time from `since` on may be missing. `read_at` is when they
    were read from the views themselves."""

    collection: Collection
    since: datetime
    read_at: datetime


async def load_leads(*, store: Store, now: datetime) -> Loaded:
    """All leads for a new instance, from a pack if there is one: two hops. Other requests go on beside.

    Raises StorageUnavailable.
    """
    pack = await read_pack(store=store, since=now - STALE)
    if pack is None:
        return await read_leads(store=store, now=now)
    return Loaded(await asyncio.to_thread(_ready, pack.summaries), pack.at, pack.read_at)


async def read_leads(*, store: Store, now: datetime) -> Loaded:
    """All leads from the views themselves, many partitions at once. Raises StorageUnavailable."""
    found = await asyncio.gather(*(leads.summaries(store=store, place=shard) for shard in leads.SHARDS))
    summaries = [summary for part in found for summary in part]
    return Loaded(await asyncio.to_thread(_ready, summaries), now - _BEFORE_COLD, now)


def _ready(summaries: Sequence[Summary]) -> Collection:
    """A collection with the orders that lists and reports ask for: of 100,000 leads they take a second, in which
    nobody should have to wait."""
    collection = Collection(summaries)
    for sort_by in SortBy:
        collection.in_order(sort_by)
    collection.quotations(), collection.commissions(), collection.customers()
    return collection


async def all_leads(*, store: Store, now: datetime) -> Collection:
    """All leads as the views and the feed tell of them, now."""
    loaded = await read_leads(store=store, now=now)
    await Follower(loaded.since).look(store=store, collection=loaded.collection, now=now)
    return loaded.collection
