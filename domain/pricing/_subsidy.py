"""The subsidy of a system from the slabs in force. What a slab is, is in `_items`; its numbers are master data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.pricing._items import Scheme, SubsidySlab
from domain.values import ZERO, Money


@dataclass(frozen=True, kw_only=True)
class Subsidy:
    """An amount and the slab that gave it, kept with the price: base + rate × (kW − from_kw)."""

    scheme: Scheme
    from_kw: Decimal = Decimal(0)
    base: Money = ZERO
    rate_per_kw: Money = ZERO
    amount: Money = ZERO


def subsidy(*, slabs: Iterable[SubsidySlab], scheme: Scheme, kw: Decimal) -> Subsidy:
    """What a scheme pays for a system of `kw` (domain.md, price 7); nothing below its lowest slab."""
    reached = [slab for slab in slabs if slab.active and slab.scheme is scheme and slab.from_kw <= kw]
    if not reached:
        return Subsidy(scheme=scheme)
    slab = max(reached, key=lambda slab: slab.from_kw)
    return Subsidy(
        scheme=scheme,
        from_kw=slab.from_kw,
        base=slab.base,
        rate_per_kw=slab.rate_per_kw,
        amount=slab.base + slab.rate_per_kw.times(kw - slab.from_kw),
    )
