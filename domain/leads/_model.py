"""The lead: its fields, who may see it, and the decisions that only concern the lead itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.leads._status import LeadStatus
from domain.timeline import Entry, Plain, Provenance
from domain.values import Actor, PhoneNumber, Role, day_in_india, iso

FOLLOW_UP_DAYS = 30


class Origin(StrEnum):
    """Who brought the lead in."""

    CP = "CP"
    CUSTOMER = "Customer"
    ADMIN = "Admin"
    KAM = "KAM"
    IMPORT = "Import"


@dataclass(frozen=True)
class Lead:
    """A household or firm that may buy a rooftop system. `version` counts its transactions, from 1, and
    `entry_count` the entries of its timeline. `stage_times` says when it first came to each status; it is empty
    as long as the lead stands in the first one. It repeats what the timeline tells, for reports. `imported`
    names the import it came with, whose leads lists show all at once (docs/adr/0024)."""

    id: str
    customer_id: str
    customer_name: str
    phone: PhoneNumber
    address: str
    origin: Origin
    status: LeadStatus
    created_at: datetime
    created_by: str
    created_by_name: str
    email: str | None = None
    city: str | None = None
    state: str | None = None
    pin_code: str | None = None
    services: tuple[str, ...] = ()
    requirements: str | None = None
    source: str | None = None
    assigned_to: str | None = None
    assigned_name: str | None = None
    follow_up_date: date | None = None
    remarks: str | None = None
    quotation_ref: str | None = None
    token_number: str | None = None
    quotation_count: int = 0
    commission_count: int = 0
    entry_count: int = 0
    version: int = 0
    updated_at: datetime | None = None
    last_hash: str = ""
    provenance: Provenance = field(default_factory=lambda: Provenance({}))
    stage_times: Mapping[LeadStatus, datetime] = field(default_factory=dict)
    imported: str | None = None


ORDINARY = frozenset(
    {
        "customerName",
        "phone",
        "email",
        "address",
        "city",
        "state",
        "pinCode",
        "services",
        "requirements",
        "source",
        "followUpDate",
        "remarks",
    }
)
"""The fields in which the last write wins, and an overwrite is said to be one (api.md)."""


def plain(lead: Lead) -> dict[str, Plain]:
    """The lead's fields as the timeline records them, under the API's names; money in paise, days as text."""
    return {
        "customerId": lead.customer_id,
        "customerName": lead.customer_name,
        "phone": lead.phone.e164,
        "email": lead.email,
        "address": lead.address,
        "city": lead.city,
        "state": lead.state,
        "pinCode": lead.pin_code,
        "services": list(lead.services),
        "requirements": lead.requirements,
        "origin": str(lead.origin),
        "source": lead.source,
        "assignedTo": lead.assigned_to,
        "assignedName": lead.assigned_name,
        "status": str(lead.status),
        "followUpDate": lead.follow_up_date.isoformat() if lead.follow_up_date else None,
        "remarks": lead.remarks,
        "quotationRef": lead.quotation_ref,
        "tokenNumber": lead.token_number,
        "quotationCount": lead.quotation_count,
        "commissionCount": lead.commission_count,
        "createdAt": iso(lead.created_at),
        "createdBy": lead.created_by,
        "createdByName": lead.created_by_name,
    }


_NOT_FOR_CUSTOMERS = ("commissionCount", "quotationCount", "addOn", "configuration.addOn", "pdf")


def is_for_customers(name: str) -> bool:
    """Whether customers are shown this field of a lead or of one of its parts, as the timeline names it: neither
    margins and what the partner earns, nor how many quotations there are (some aren't shared), nor the name of a
    stored file."""
    return not name.startswith(_NOT_FOR_CUSTOMERS)


def stage_times_after(lead: Lead, status: LeadStatus, at: datetime) -> Mapping[LeadStatus, datetime]:
    """When the lead first came to each status, once it has `status` at this moment."""
    known = lead.stage_times or {lead.status: lead.created_at}
    return lead.stage_times if status in known else {**known, status: at}


def stage_times_told(entries: Iterable[Entry]) -> Mapping[LeadStatus, datetime]:
    """The same, as a whole timeline tells it."""
    times: dict[LeadStatus, datetime] = {}
    for entry in entries:
        for change in entry.changes:
            if change.field == "status":
                times.setdefault(LeadStatus(change.after), entry.at)
    return times if len(times) > 1 else {}


def may_see(lead: Lead, actor: Actor) -> bool:
    """Whether the lead is the actor's `own` (api.md); what isn't doesn't exist for the actor."""
    match actor.role:
        case Role.ADMIN | Role.SYSTEM:
            return True
        case Role.CP:
            return lead.assigned_to == actor.id
        case Role.KAM:
            return lead.assigned_to is not None and lead.assigned_to in actor.partners
        case Role.CUSTOMER:
            return lead.customer_id == actor.id


def tomorrow(at: datetime) -> date:
    """The day after the one that it is in India."""
    return day_in_india(at) + timedelta(days=1)


def follow_up_range(at: datetime) -> tuple[date, date]:
    """Today … today + 30 days, in India (domain.md)."""
    today = day_in_india(at)
    return today, today + timedelta(days=FOLLOW_UP_DAYS)
