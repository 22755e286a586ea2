"""The figures of the portal's first page, with what has happened last (client-contract.md §8)."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain import identity, leads, lists
from domain.leads import TERMINAL, WON_OR_LATER
from domain.lists import Collection, Listed, SortBy
from domain.quotations import QuotationStatus
from domain.reporting._commissions import is_pending
from domain.store import Store
from domain.timeline import Entry
from domain.values import Actor, Money, Role, day_in_india, end_of_day_in_india, iso, moment, start_of_day_in_india

_OPEN = (QuotationStatus.CREATED, QuotationStatus.SHARED)
_USUAL = timedelta(days=29)


@dataclass(frozen=True)
class Span:
    """The first and the last day, in India, both included."""

    first: date
    last: date

    @classmethod
    def of(cls, first: date | None, last: date | None, now: datetime) -> Span:
        """The days that are given; the last one is else today, and the first one is such that there are 30."""
        end = last or max(day_in_india(now), first or date.min)
        return cls(first or max(end, date.min + _USUAL) - _USUAL, end)

    @property
    def bounds(self) -> tuple[str, str]:
        """The first moment, and the first one after it, as texts that sort."""
        return iso(start_of_day_in_india(self.first)), iso(end_of_day_in_india(self.last))


@dataclass(frozen=True)
class Activity:
    """Something that happened to a lead, as its timeline tells it."""

    lead_id: str
    entry: Entry


@dataclass(frozen=True)
class Metrics:
    """What stands now (`active`, `pending_…`, `partners`), and what is of the span asked for. `revenue` is the
    system prices of the accepted quotations of leads that were won in it; None for who may not see it."""

    active: int
    pending_quotations: int
    pending_commissions: int
    partners: int
    recent: Sequence[Listed]
    activities: Sequence[Activity]
    revenue: Money | None


async def metrics(
    *, store: Store, collection: Collection, span: Span, limit: int, actor: Actor, now: datetime
) -> Metrics:
    """The figures over what the actor sees: one hop, with a request for each of the last `limit` leads that
    were changed, and for an Admin a walk through `people` beside."""
    seen = list(await lists.seen_in_order(collection, actor, SortBy.CREATED))  # the collection goes on meanwhile
    newest, today = _within(seen, SortBy.CREATED, span), day_in_india(now)
    changed = _within(await lists.seen_in_order(collection, actor, SortBy.UPDATED), SortBy.UPDATED, span)
    activities, partners = await asyncio.gather(
        _activities(store, changed[-limit:], span, limit), _partners(store, actor)
    )
    quotations = await lists.quotations(collection, lists.QuotationFilter(), actor, now)
    return Metrics(
        active=len(await lists.kept(seen, lambda e: e.status not in TERMINAL)),
        pending_quotations=len(await lists.kept(quotations, lambda p: lists.status_on(p, today) in _OPEN)),
        pending_commissions=len(await lists.kept(lists.commissions_seen(collection, actor), is_pending)),
        partners=partners,
        recent=newest[-limit:][::-1],
        activities=activities,
        revenue=await _revenue(seen, span) if actor.role is Role.ADMIN else None,
    )


def _within(ordered: Sequence[Listed], sort_by: SortBy, span: Span) -> Sequence[Listed]:
    first, end = span.bounds
    key = lists.KEYS[sort_by]
    return ordered[bisect_left(ordered, (first, ""), key=key) : bisect_left(ordered, (end, ""), key=key)]


async def _activities(store: Store, changed: Sequence[Listed], span: Span, limit: int) -> Sequence[Activity]:
    """The last entries of the leads that were changed last, newest first."""
    first, end = span.bounds
    timelines = await asyncio.gather(
        *(
            leads.entries_between(store=store, lead_id=e.id, first=e.version - limit + 1, last=e.version)
            for e in changed
        )
    )
    found = [Activity(e.id, entry) for e, entries in zip(changed, timelines, strict=True) for entry in entries]
    inside = [a for a in found if first <= iso(a.entry.at) < end]
    return sorted(inside, key=lambda a: (a.entry.at, a.lead_id, a.entry.version, a.entry.sequence))[-limit:][::-1]


async def _partners(store: Store, actor: Actor) -> int:
    """How many active channel partners the actor has to do with."""
    if actor.role is Role.KAM:
        return len(actor.partners)
    return sum(p.is_active for p in await identity.partners(store=store))


async def _revenue(seen: Sequence[Listed], span: Span) -> Money:
    first, end = span.bounds
    won = await lists.kept(seen, lambda e: e.status in WON_OR_LATER and first <= _won_at(e) < end)
    total = 0
    async for some in lists.portions(won, _PRICED):
        accepted = [q for e in some for q in e.quotations if q["status"] == QuotationStatus.ACCEPTED]
        total += sum(int(q["systemPricePaise"]) for q in accepted)
    return Money(total)


_PRICED = 500
"""The quotations of so many leads are read within a few milliseconds."""


def _won_at(listed: Listed) -> str:
    """When it first came to Won; a forced one may have come to a later status only."""
    waits = [wait for stage, wait in zip(listed.stages, listed.waits, strict=False) if stage in WON_OR_LATER]
    return iso(moment(listed.created) + timedelta(milliseconds=waits[0])) if waits else listed.created
