"""Which leads a funnel is counted over, and under which KAM each is. Long counts let others have their turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from domain import identity
from domain.lists import Collection, LeadFilter, SortBy, seen_in_order
from domain.reporting._funnel import Funnel, FunnelCount
from domain.store import Store
from domain.values import Actor, Role

T = TypeVar("T")
_AT_A_TIME = 250
_TALLIED = 1_000
"""So many are tallied in a millisecond or two."""


async def in_portions(items: Iterable[T]) -> AsyncIterator[T]:
    """The items, with a pause now and then in which other requests go on: counting 100,000 leads takes a
    second or two of this process."""
    for number, item in enumerate(items):
        if number % _AT_A_TIME == 0:
            await asyncio.sleep(0)
        yield item


@dataclass(frozen=True)
class Kams:
    """Id and name of each channel partner's key account manager."""

    of_partner: dict[str, tuple[str, str]] = field(default_factory=dict)

    def of(self, partner_id: str) -> tuple[str, str]:
        """Both empty if it has none."""
        return self.of_partner.get(partner_id, ("", ""))


async def kams_for(*, store: Store, actor: Actor) -> Kams:
    """The KAMs of the partners that the actor may see: no storage request for a KAM, two walks through
    `people` at the same time for an Admin."""
    if actor.role is Role.KAM:
        return Kams(dict.fromkeys(actor.partners, (actor.id, actor.name)))
    partners, kams = await asyncio.gather(
        identity.partners(store=store), identity.people(store=store, role=Role.KAM)
    )
    names = {kam.id: kam.name for kam in kams}
    return Kams({p.id: (p.kam_id, names.get(p.kam_id, "")) for p in partners if p.kam_id})


@dataclass(frozen=True)
class FunnelFilter:
    """Which leads count; all that is given has to be true. `leads` is about the lead itself."""

    leads: LeadFilter = field(default_factory=LeadFilter)
    kam_id: str | None = None


async def funnel(*, collection: Collection, wanted: FunnelFilter, kams: Kams, actor: Actor) -> Funnel:
    """The funnel of the leads that the actor sees and asks for."""
    # A copy: the collection goes on while others have their turn.
    leads = list(wanted.leads.of(seen_in_order(collection, actor, SortBy.CREATED)))
    if wanted.kam_id is not None:
        leads = [e for e in leads if kams.of(e.assigned_to)[0] == wanted.kam_id]
    counted = FunnelCount(kams.of)
    for start in range(0, len(leads), _TALLIED):
        await asyncio.sleep(0)
        counted.add(leads[start : start + _TALLIED])
    return counted.done()
