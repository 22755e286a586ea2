"""The quotation: its fields, its statuses, who sees it, and the decisions that concern it alone. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.timeline import Plain
from domain.values import Money, Role, end_of_day_in_india, iso

MAX_OPEN = 40  # accepting one rejects the others in the same transaction of at most 100 rows


class QuotationStatus(StrEnum):
    """Draft → Created → Shared → Accepted | Rejected, plus Expired and Withdrawn (domain.md)."""

    DRAFT = "Draft"
    CREATED = "Created"
    SHARED = "Shared"
    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    EXPIRED = "Expired"
    WITHDRAWN = "Withdrawn"


OPEN = frozenset({QuotationStatus.DRAFT, QuotationStatus.CREATED, QuotationStatus.SHARED})
VISIBLE_TO_CUSTOMER = frozenset(QuotationStatus) - {QuotationStatus.DRAFT, QuotationStatus.CREATED}
"""Only Shared and later ones (domain.md); `shared_at` tells whether it ever was shared."""


@dataclass(frozen=True)
class Quotation:
    """An offer for one lead. From *Created* on its content (configuration, price, validity) never changes.

    `version` is the lead's version at which the quotation was last changed. `valid_until` is a day in
    India and included. `configuration` and `price` are the plain forms that pricing made, money in paise.
    """

    id: str
    lead_id: str
    status: QuotationStatus
    configuration: Mapping[str, Plain]
    price: Mapping[str, Plain]
    system_price: Money
    add_on_total: Money
    customer_pays: Money
    catalogue_version: int
    valid_until: date
    created_at: datetime
    created_by: str
    created_by_name: str
    version: int
    shared_at: datetime | None = None
    accepted_at: datetime | None = None
    closed_at: datetime | None = None
    closed_reason: str | None = None

    @property
    def content_hash(self) -> str:
        """SHA-256 over all that the customer agrees to; the same for as long as the quotation exists."""
        content = {
            "id": self.id,
            "lead": self.lead_id,
            "configuration": self.configuration,
            "price": self.price,
            "validUntil": self.valid_until.isoformat(),
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def status_at(self, at: datetime) -> QuotationStatus:
        """The status at a moment: a shared one is *Expired* once its last day in India is over, whether or
        not the timer has entered it yet (cases.md 12)."""
        over = at >= end_of_day_in_india(self.valid_until)
        return QuotationStatus.EXPIRED if self.status is QuotationStatus.SHARED and over else self.status


def may_see_quotation(quotation: Quotation, role: Role) -> bool:
    """Whether somebody who may see the lead sees this quotation of it: a customer only what was shared."""
    return role is not Role.CUSTOMER or quotation.shared_at is not None


def plain(quotation: Quotation) -> dict[str, Plain]:
    """The fields as the timeline records them; configuration and price stand in it through their hash."""
    return {
        "status": str(quotation.status),
        "systemPricePaise": quotation.system_price.paise,
        "addOnTotalPaise": quotation.add_on_total.paise,
        "customerPaysPaise": quotation.customer_pays.paise,
        "contentHash": quotation.content_hash,
        "catalogueVersion": quotation.catalogue_version,
        "validUntil": quotation.valid_until.isoformat(),
        "createdAt": iso(quotation.created_at),
        "createdBy": quotation.created_by,
        "createdByName": quotation.created_by_name,
        "sharedAt": iso(quotation.shared_at) if quotation.shared_at else None,
        "acceptedAt": iso(quotation.accepted_at) if quotation.accepted_at else None,
        "closedAt": iso(quotation.closed_at) if quotation.closed_at else None,
        "closedReason": quotation.closed_reason,
    }
