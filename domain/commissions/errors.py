"""Refusals about commissions."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, NotAllowed, NotFound


class CommissionNotFound(NotFound):
    """There is no commission with this id among those that the caller may see."""


class CommissionInvalid(Invalid):
    """A field of an approval or a payment isn't what it has to be."""


class CommissionMoveNotAllowed(Conflict):
    """The commission isn't in the state from which this can be done: Pending → Approved → Paid."""


class CommissionLimitReached(Conflict):
    """A lead has at most 99 commissions, counting those that were voided or clawed back."""


class LeadNotExecuted(Conflict):
    """A commission is approved only once its lead is *Executed*."""


class LeadUnassigned(Conflict):
    """A lead without a channel partner can't be won, since the commission would be nobody's."""


class PayeeMayNotDecide(NotAllowed):
    """Nobody approves or pays a commission of their own."""


class UtrTaken(Conflict):
    """Another commission was paid with this UTR; one bank transfer pays one commission."""
