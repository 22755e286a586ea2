"""Bodies of the exceptions to "one phone number, one customer"."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt

from functions.models.fields import Body, Line, LongText, Name, Phone

Reason = Annotated[LongText, Field(min_length=10, max_length=500)]


class _Exception(Body):
    """Each needs a reason of at least 10 characters, and the version that the Admin saw (or `If-Match`)."""

    reason: Reason
    version: StrictInt | None = None


class ChangePhoneBody(_Exception):
    """The number from now on."""

    new_phone: Phone


class SharePhoneBody(_Exception):
    """Which number is shared (if it isn't the customer's own), and with whom: a customer who exists, or a new one
    of this name."""

    phone: Phone | None = None
    name: Name | None = None
    person: Name | None = None
    other_customer_id: Line | None = None


class MergeBody(_Exception):
    """Whose record goes into the one in the path."""

    other_customer_id: Line


class UndoBody(_Exception):
    """Taking an exception back needs a reason too."""
