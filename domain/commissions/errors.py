"""Refusals about commissions."""

from __future__ import annotations

from domain.errors import Conflict, NotFound


class CommissionNotFound(NotFound):
    """There is no commission with this id among those that the caller may see."""


class LeadUnassigned(Conflict):
    """A lead without a channel partner can't be won, since the commission would be nobody's."""
