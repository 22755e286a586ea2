"""A quotation or commission as lists hold it. Pure."""

from __future__ import annotations

import sys
from typing import Any

from domain.lists._listed import Listed

Key = tuple[str, str]
"""What is sorted by, and the id, so that no two are equal."""

_AMOUNTS = ("approvedAmountPaise", "amountPaise", "systemPricePaise")


class Part:
    """A quotation or commission in a list: what it is filtered, sorted and summed by, and the lead it belongs to.

    `amount` is a quotation's system price, a commission's approved amount or else its amount, in paise.
    """

    __slots__ = (
        "amount",
        "created",
        "ended",
        "id",
        "listed",
        "owner",
        "owner_name",
        "status",
        "valid_until",
        "was_paid",
    )

    def __init__(self, listed: Listed, values: dict[str, Any]) -> None:
        self.listed = listed
        self.id = str(values["id"])
        self.status = sys.intern(str(values.get("status") or ""))
        self.created = str(values.get("createdAt") or "")
        self.owner = sys.intern(str(values.get("cpId") or values.get("createdBy") or ""))
        self.owner_name = sys.intern(str(values.get("cpName") or values.get("createdByName") or ""))
        self.valid_until = sys.intern(str(values.get("validUntil") or ""))
        self.amount = int(next((values[name] for name in _AMOUNTS if name in values), 0))
        self.ended = "endedAt" in values
        self.was_paid = "paidAt" in values

    @property
    def key(self) -> Key:
        """Its place among its kind: the moment it was made, which never changes."""
        return self.created, self.id


def part_key(part: Part) -> Key:
    """Its place among its kind, to sort by."""
    return part.key
