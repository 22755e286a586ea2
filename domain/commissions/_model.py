"""The commission: what it is and who sees it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.timeline import Plain
from domain.values import Actor, Money, Role, iso


class CommissionStatus(StrEnum):
    """Pending → Approved → Paid, one lump sum (domain.md); lower case, as the CP app compares it."""

    PENDING = "pending"
    APPROVED = "approved"
    PAID = "paid"
    VOIDED = "voided"


@dataclass(frozen=True)
class Commission:
    """What a CP earns by a won lead. `version` is the lead's version at which it was last changed."""

    id: str
    lead_id: str
    quotation_id: str
    partner_id: str
    partner_name: str
    amount: Money
    status: CommissionStatus
    created_at: datetime
    version: int


def may_see_commission(commission: Commission, actor: Actor) -> bool:
    """The CP it belongs to, that CP's KAM, Admins; reassigning the lead changes nothing in it."""
    match actor.role:
        case Role.ADMIN | Role.SYSTEM:
            return True
        case Role.CP:
            return commission.partner_id == actor.id
        case Role.KAM:
            return commission.partner_id in actor.partners
        case Role.CUSTOMER:
            return False


def plain(commission: Commission) -> dict[str, Plain]:
    """The fields as the timeline records them."""
    return {
        "quotationId": commission.quotation_id,
        "cpId": commission.partner_id,
        "cpName": commission.partner_name,
        "amountPaise": commission.amount.paise,
        "status": str(commission.status),
        "createdAt": iso(commission.created_at),
    }
