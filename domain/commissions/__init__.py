"""Commissions: made in the transaction that makes a lead *Won*, for the CP that owns the lead then; approved,
paid, and voided or clawed back if the lead is forced back."""

from domain.commissions._decisions import commission_for, ended
from domain.commissions._model import (
    Approval,
    Clawback,
    Commission,
    Payout,
    clawback_id,
    may_see_commission,
    plain,
    plain_clawback,
)
from domain.commissions._operations import approve_commission, pay_commission
from domain.commissions._payment import Payment, PaymentMethod, Utr
from domain.commissions._queries import commission_of_actor
from domain.commissions._rows import clawbacks_in, commissions_in
from domain.commissions._status import MOVES, CommissionStatus
from domain.commissions._utrs import CLAIM_ROW, UTRS, keep_claims
from domain.commissions.errors import (
    CommissionInvalid,
    CommissionMoveNotAllowed,
    CommissionNotFound,
    LeadNotExecuted,
    LeadUnassigned,
    PayeeMayNotDecide,
    UtrTaken,
)

__all__ = [
    "CLAIM_ROW",
    "MOVES",
    "UTRS",
    "Approval",
    "Clawback",
    "Commission",
    "CommissionInvalid",
    "CommissionMoveNotAllowed",
    "CommissionNotFound",
    "CommissionStatus",
    "LeadNotExecuted",
    "LeadUnassigned",
    "PayeeMayNotDecide",
    "Payment",
    "PaymentMethod",
    "Payout",
    "Utr",
    "UtrTaken",
    "approve_commission",
    "clawback_id",
    "clawbacks_in",
    "commission_for",
    "commission_of_actor",
    "commissions_in",
    "ended",
    "keep_claims",
    "may_see_commission",
    "pay_commission",
    "plain",
    "plain_clawback",
]
