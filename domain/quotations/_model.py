"""The quotation: its fields, its statuses, who sees it, and the decisions that concern it alone. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from domain.quotations._status import QuotationStatus
from domain.timeline import Change, Plain, Provenance
from domain.values import Money, Role, end_of_day_in_india, iso

MAX_OPEN = 40  # accepting one rejects the others in the same transaction of at most 100 rows


@dataclass(frozen=True)
class Quotation:
    """An offer for one lead. From *Shared* on its content (configuration, price, validity) never changes; a
    *Created* one is made anew when its final price is set.

    `version` is the lead's version at which the quotation was last changed. `valid_until` is a day in
    India and included. `configuration` and `price` are the plain forms that pricing made, money in paise.
    `supersedes` is the id of the quotation that this one replaces once it is shared. `pdf` is the SHA-256 of its
    PDF, which is also the file's name. `provenance` says who
    set each member of the configuration.
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
    edited_at: datetime | None = None
    supersedes: str | None = None
    pdf: str | None = None
    provenance: Provenance = field(default_factory=lambda: Provenance({}))

    @property
    def content_hash(self) -> str:
        """SHA-256 over all that the customer agrees to; the same from *Shared* on, whatever happens."""
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
        over = self.status is QuotationStatus.SHARED and self.over_at(at)
        return QuotationStatus.EXPIRED if over else self.status

    def over_at(self, at: datetime) -> bool:
        """Whether its last valid day in India is over."""
        return at >= end_of_day_in_india(self.valid_until)

    def seen_at(self, at: datetime) -> Quotation:
        """The quotation as it is to be answered at a moment: expired if its time is over."""
        return expired(self) if self.status_at(at) is not self.status else self

    @property
    def updated_at(self) -> datetime:
        """When it was last changed."""
        moments = (self.created_at, self.edited_at, self.shared_at, self.accepted_at, self.closed_at)
        return max(at for at in moments if at)


def expired(quotation: Quotation) -> Quotation:
    """A shared quotation whose time is over. It closed when its last day in India ended."""
    ended = end_of_day_in_india(quotation.valid_until)
    return replace(quotation, status=QuotationStatus.EXPIRED, closed_at=ended)


def may_see_quotation(quotation: Quotation, role: Role) -> bool:
    """Whether somebody who may see the lead sees this quotation of it: a customer only what was shared."""
    return role is not Role.CUSTOMER or quotation.shared_at is not None


def plain(quotation: Quotation) -> dict[str, Plain]:
    """The fields as the timeline records them: the configuration member by member, the price through its sums
    and, once the content is fixed, the hash."""
    draft = quotation.status is QuotationStatus.DRAFT
    return {
        **{f"configuration.{name}": value for name, value in quotation.configuration.items()},
        "status": str(quotation.status),
        "systemPricePaise": quotation.system_price.paise,
        "addOnTotalPaise": quotation.add_on_total.paise,
        "customerPaysPaise": quotation.customer_pays.paise,
        "contentHash": None if draft else quotation.content_hash,
        "catalogueVersion": quotation.catalogue_version,
        "validUntil": quotation.valid_until.isoformat(),
        "createdAt": iso(quotation.created_at),
        "createdBy": quotation.created_by,
        "createdByName": quotation.created_by_name,
        "sharedAt": iso(quotation.shared_at) if quotation.shared_at else None,
        "acceptedAt": iso(quotation.accepted_at) if quotation.accepted_at else None,
        "closedAt": iso(quotation.closed_at) if quotation.closed_at else None,
        "closedReason": quotation.closed_reason,
        "editedAt": iso(quotation.edited_at) if quotation.edited_at else None,
        "supersedes": quotation.supersedes,
        "pdf": quotation.pdf,
    }


def seen(quotation: Quotation) -> dict[str, Plain]:
    """The fields as a refusal shows them to somebody who saw another version."""
    return {**plain(quotation), "version": quotation.version}


def members_of(changes: Iterable[Change]) -> list[Change]:
    """Those of a quotation's changes that concern its configuration: what people set, and may overwrite."""
    return [change for change in changes if ".configuration." in change.field]
