"""Refusals of the exceptions."""

from __future__ import annotations

from domain.errors import Conflict


class CustomerBusy(Conflict):
    """Another exception is being carried out on this customer at this moment."""


class CustomerMerged(Conflict):
    """The customer was merged into another one, which `details` names; that one can be changed."""


class CustomerNotMerged(Conflict):
    """The customer stands for itself: there is no merge to take back."""


class PhoneHeld(Conflict):
    """The phone is another customer's, which `details` names; one phone number is one customer."""


class PhoneNotHeld(Conflict):
    """Nobody signs in with this phone (or not this customer), so it can't be shared."""


class AlreadyReachable(Conflict):
    """The customer is reachable at another customer's number already, which `details` names."""


class ExceptionRefused(Conflict):
    """The same request was refused before, and nothing has changed by it."""
