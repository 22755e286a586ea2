"""Reads of commissions."""

from __future__ import annotations

from domain.commissions._model import Commission, may_see_commission
from domain.commissions._rows import commission_from_row, commission_key
from domain.commissions.errors import CommissionNotFound
from domain.leads import TABLE
from domain.store import Store
from domain.values import Actor, lead_of


async def commission_of_actor(*, store: Store, commission_id: str, actor: Actor) -> Commission:
    """A commission that the actor may see: one request. Raises CommissionNotFound."""
    lead_id = lead_of(commission_id)
    row = await store.get(table=TABLE, partition=lead_id, key=commission_key(commission_id)) if lead_id else None
    commission = commission_from_row(row) if row else None
    if commission is None or not may_see_commission(commission, actor):
        raise commission_not_found(commission_id)
    return commission


def commission_not_found(commission_id: str) -> CommissionNotFound:
    """The one refusal for a commission that isn't there or isn't the caller's."""
    return CommissionNotFound(f"There is no commission {commission_id[:40]}, or it isn't yours.")
