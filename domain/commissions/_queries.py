"""Reads of commissions."""

from __future__ import annotations

from domain.commissions._model import Commission, may_see_commission
from domain.commissions._rows import PREFIX, commission_from_row
from domain.commissions.errors import CommissionNotFound
from domain.leads import TABLE
from domain.store import Store
from domain.values import Actor, lead_of


async def commission_of_actor(*, store: Store, commission_id: str, actor: Actor) -> Commission:
    """A commission that the actor may see: one request. Raises CommissionNotFound."""
    lead_id = lead_of(commission_id)
    row = await store.get(table=TABLE, partition=lead_id, key=PREFIX + commission_id) if lead_id else None
    commission = commission_from_row(row) if row else None
    if commission is None or not may_see_commission(commission, actor):
        raise CommissionNotFound(f"There is no commission {commission_id[:40]}, or it isn't yours.")
    return commission
