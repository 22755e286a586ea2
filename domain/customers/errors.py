"""Refusals about customers."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable


class CustomerNotFound(NotFound):
    """There is no customer with this id among those that the caller may see."""


class CustomerInvalid(Invalid):
    """A field of a customer isn't what it has to be."""


class CustomerExists(Conflict):
    """There is a customer with this phone already; `details` says which."""


class CustomerOfAnother(NotAllowed):
    """A partner may change the profile only of a customer whom it brought in."""


class PhoneBeingChanged(Unavailable):
    """The phone number is on its way from one customer to another; in a moment it will have arrived."""
