"""Reading what a caller may see: one partner's view, a customer's own leads, all leads and what changed since."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain import customers, leads
from domain.leads import LeadFile, Summary
from domain.lists._collection import Collection, SortBy
from domain.lists._packs import read_pack
from domain.store import Row, Store
from domain.values import Actor, Role

OVERLAP = timedelta(seconds=10)
"""How far behind the last look the next one begins: longer than a change can take to appear in the feed, and
clocks can differ."""

_BEFORE_COLD = timedelta(minutes=2)
"""The sweep has made good by then what the views of all leads may have missed."""

_MANY = 250
_SLICE = timedelta(seconds=20)
_MOST_SLICES = 32

STALE = leads.FEED_KEPT - timedelta(minutes=5)
"""Who hasn't looked for so long can't catch up from the feed and reads everything anew."""


class AllLeads(Protocol):
    """The port to all leads, kept in memory."""

    async def current(self) -> Collection:
        """All leads, with every change that was answered before now. Raises StorageUnavailable."""
        ...


async def leads_of_actor(*, store: Store, everything: AllLeads, actor: Actor) -> Collection:
    """A collection that has all that the actor may see; of a KAM's, `sees_lead` tells which that is."""
    if actor.role is Role.CP:
        return await leads_of_partner(store=store, partner_id=actor.id)
    if actor.role is Role.CUSTOMER:
        return await leads_of_customer(store=store, actor=actor)
    return await everything.current()


async def leads_of_partner(*, store: Store, partner_id: str) -> Collection:
    """A channel partner's leads, and its commissions of others: one request per 1,000."""
    found = await leads.summaries(store=store, place=leads.of_partner(partner_id))
    if len(found) < _MANY:
        return Collection(found)
    return await asyncio.to_thread(Collection, found)  # 40 ms for 2,000, in which others go on


async def leads_of_customer(*, store: Store, actor: Actor) -> Collection:
    """A customer's own leads, from the leads themselves: two hops."""
    ids = await customers.leads_of(store=store, customer_id=actor.id)
    files = await asyncio.gather(*(leads.read_file(store=store, lead_id=lead_id) for lead_id in ids))
    return Collection(_summary(file) for file in files if file and leads.may_see(file.lead, actor))


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
    await catch_up(store=store, collection=loaded.collection, since=loaded.since, now=now)
    return loaded.collection


async def catch_up(*, store: Store, collection: Collection, since: datetime, now: datetime) -> int:
    """Take over what the feed tells of the time from `since` on; how many leads changed. One hop, and one
    request unless the last look was more than a few seconds ago."""
    first = since - OVERLAP
    width = max(_SLICE, (now - first) / _MOST_SLICES)
    edges = [first + width * number for number in range(max(int((now - first) / width), 1))]
    bounds: Sequence[datetime | None] = [*edges[1:], None]
    found = await asyncio.gather(*(_changes(store, start, end) for start, end in zip(edges, bounds, strict=True)))
    return sum(collection.take(summary) for part in found for _, summary in part)


async def _changes(store: Store, first: datetime, before: datetime | None) -> leads.Changes:
    end = None if before is None else leads.feed_key(before)
    return await leads.changes_between_keys(store=store, first=leads.feed_key(first), before=end)
