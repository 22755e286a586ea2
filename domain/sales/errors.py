"""Refusals about moves that touch quotations and commissions."""

from __future__ import annotations

from domain.errors import Conflict, NotFound


class AcceptedQuotationMissing(Conflict):
    """This status needs a quotation that the customer accepted, or one that can be entered as accepted."""


class LeadNotThen(NotFound):
    """The lead has no such version, or didn't exist yet at that moment."""
