"""Refusals about moves that touch quotations and commissions."""

from __future__ import annotations

from domain.errors import Conflict


class AcceptedQuotationMissing(Conflict):
    """A lead can be won only on the quotation that its customer accepted."""


class OverrideNotPossible(Conflict):
    """This move can't be forced in the lead's present state."""
