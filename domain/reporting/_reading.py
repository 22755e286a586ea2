"""Which leads a funnel is counted over, and under which KAM each is. Long counts let others have their turn."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain import identity
from domain.lists import Collection, LeadFilter, SortBy, portions, seen_in_order
from domain.reporting._funnel import Funnel, FunnelCount
from domain.store import Store
from domain.values import Actor, Role

_TALLIED = 1_000
"""So many are tallied in a millisecond or two."""


@dataclass(frozen=True)
class Kams:
    """Id and name of each channel partner's key account manager."""

    of_partner: dict[str, tuple[str, str]] = field(default_factory=dict)

    def of(self, partner_id: str) -> tuple[str, str]:
        """Both empty if it has none."""
        return self.of_partner.get(partner_id, ("", ""))


async def kams_for(*, store: Store, actor: Actor) -> Kams:
    """The KAMs of the partners that the actor may see: no storage request for a KAM, a walk through `people` for
    an Admin."""
    if actor.role is Role.KAM:
        return Kams(dict.fromkeys(actor.partners, (actor.id, actor.name)))
    found = await identity.people(store=store, roles={Role.CP, Role.KAM})
    names = {person.id: person.name for person in found if person.role is Role.KAM}
    return Kams({p.id: (p.kam_id, names.get(p.kam_id, "")) for p in found if p.kam_id})


@dataclass(frozen=True)
class FunnelFilter:
    """Which leads count; all that is given has to be true. `leads` is about the lead itself."""

    leads: LeadFilter = field(default_factory=LeadFilter)
    kam_id: str | None = None


async def funnel(*, collection: Collection, wanted: FunnelFilter, kams: Kams, actor: Actor) -> Funnel:
    """The funnel of the leads that the actor sees and asks for."""
    counted = FunnelCount(kams.of)
    leads = await wanted.leads.of(await seen_in_order(collection, actor, SortBy.CREATED))
    async for some in portions(leads, _TALLIED):
        all_kams = wanted.kam_id is None
        counted.add(some if all_kams else [e for e in some if kams.of(e.assigned_to)[0] == wanted.kam_id])
    return counted.done()
