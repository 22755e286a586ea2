"""The commission and its clawback: what they are and who sees them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.commissions._payment import Payment
from domain.commissions._status import CommissionStatus
from domain.timeline import Plain
from domain.values import Actor, Money, Role, iso


@dataclass(frozen=True)
class Approval:
    """That an Admin approved it, and for how much; `reason` is given where that isn't the amount."""

    amount: Money
    at: datetime
    by: str
    by_name: str
    reason: str | None = None


@dataclass(frozen=True)
class Payout:
    """That it was marked paid: `at` is the moment of marking, `payment.on` the day on which the money went."""

    payment: Payment
    at: datetime
    by: str
    by_name: str


@dataclass(frozen=True)
class Commission:
    """What a CP earns by a won lead. `version` is the lead's version at which it was last changed.

    `ended_at` and `ended_reason` say that its lead was forced back from *Won*: a pending one is then voided,
    an approved or paid one keeps its status and is matched by a clawback.
    """

    id: str
    lead_id: str
    quotation_id: str
    partner_id: str
    partner_name: str
    amount: Money
    status: CommissionStatus
    created_at: datetime
    version: int
    approval: Approval | None = None
    payout: Payout | None = None
    ended_at: datetime | None = None
    ended_reason: str | None = None

    @property
    def is_live(self) -> bool:
        """Neither voided nor clawed back: a lead has one such exactly while it is *Won* or later."""
        return self.ended_at is None

    @property
    def is_clawed_back(self) -> bool:
        """Approved or paid, and taken back since."""
        return self.ended_at is not None and self.status is not CommissionStatus.VOIDED

    @property
    def owed(self) -> Money:
        """The approved amount, or the amount as long as it isn't approved."""
        return self.approval.amount if self.approval else self.amount

    @property
    def updated_at(self) -> datetime:
        """When something last happened to it."""
        times = [self.created_at, self.ended_at]
        times += [self.approval.at if self.approval else None, self.payout.at if self.payout else None]
        return max(at for at in times if at)


@dataclass(frozen=True)
class Clawback:
    """The counter-entry to an approved or paid commission whose lead was forced back; never changed.

    `amount` is negative. `of_status` says whether money has to come back (`paid`) or just isn't paid out
    (`approved`). There is at most one per commission, and its id has the commission's number.
    """

    id: str
    commission_id: str
    partner_id: str
    amount: Money
    of_status: CommissionStatus
    reason: str
    created_at: datetime
    version: int


def clawback_id(commission_id: str) -> str:
    """`CLAW-100101` for `COMM-100101`."""
    return "CLAW" + commission_id.removeprefix("COMM")


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
    approval, payout = commission.approval, commission.payout
    said: dict[str, Plain] = {
        "quotationId": commission.quotation_id,
        "cpId": commission.partner_id,
        "cpName": commission.partner_name,
        "amountPaise": commission.amount.paise,
        "status": str(commission.status),
        "createdAt": iso(commission.created_at),
        "endedAt": iso(commission.ended_at) if commission.ended_at else None,
        "endedReason": commission.ended_reason,
    }
    if approval:
        said |= {
            "approvedAmountPaise": approval.amount.paise,
            "approvedAt": iso(approval.at),
            "approvedBy": approval.by,
            "approvedByName": approval.by_name,
            "approvalReason": approval.reason,
        }
    if payout:
        said |= {
            "utrNumber": payout.payment.utr.text,
            "paymentDate": payout.payment.on.isoformat(),
            "paymentMethod": str(payout.payment.method),
            "paidAt": iso(payout.at),
            "paidBy": payout.by,
            "paidByName": payout.by_name,
        }
    return said


def plain_clawback(clawback: Clawback) -> dict[str, Plain]:
    """The fields as the timeline records them."""
    return {
        "commissionId": clawback.commission_id,
        "cpId": clawback.partner_id,
        "amountPaise": clawback.amount.paise,
        "ofStatus": str(clawback.of_status),
        "reason": clawback.reason,
        "createdAt": iso(clawback.created_at),
    }
