"""Refusals about leads."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, NotAllowed, NotFound


class LeadNotFound(NotFound):
    """There is no lead with this id among those that the caller may see."""


class StatusChangeNotAllowed(Conflict):
    """The lead's present status has no such next status; `details.allowed` lists those it has."""


class OverrideNotAllowed(NotAllowed):
    """Only an Admin, or a KAM on its own CPs' leads, may force a status."""


class LeadInvalid(Invalid):
    """A field of a lead, or of a change to it, isn't what it has to be."""


class LeadClosed(Conflict):
    """The lead is past the point at which this can be done."""


def lead_not_found(lead_id: str) -> LeadNotFound:
    """No such lead, or another's: the same words for both."""
    return LeadNotFound(f"There is no lead {lead_id[:40]}, or it isn't yours.")
