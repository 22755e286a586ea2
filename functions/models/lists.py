"""Queries and items of the lists of leads, quotations, commissions and customers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from domain import lists
from domain.documents import DocumentStatus
from domain.errors import Invalid
from domain.leads import LeadStatus, Origin
from domain.lists import Collection, Counters, CustomerSeen, Listed, Part, SortBy
from domain.quotations import QuotationStatus
from domain.values import Actor, Money, Role, day, day_in_india
from functions.models.fields import Day, Line
from functions.models.leads import lead_item
from functions.models.listed import CommissionItem, LeadItem, QuotationItem, only
from functions.models.paging import ListQuery
from functions.models.quotations import in_rupees

SearchText = Annotated[str, Field(max_length=100)]


def _folded(value: object) -> object:
    return value.capitalize() if isinstance(value, str) else value


def _quotation_status(value: object) -> object:
    value = _folded(value)
    return "Created" if value == "Generated" else value  # the CP app's word


def _lowered(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _days(text: str) -> tuple[date, date]:
    parts = text.split(",")
    try:
        first, last = (day(part.strip()) for part in parts)
    except (ValueError, Invalid):
        raise ValueError("This must be two dates with a comma between: 2026-03-01,2026-03-31.") from None
    return first, last


DateRange = Annotated[str, AfterValidator(_days), WithJsonSchema({"type": "string"})]


class LeadQuery(ListQuery):
    """Filters and order of leads, under this API's and the portal's names."""

    status: LeadStatus | None = None
    assigned_to: Line | None = None
    assigned_cp: Line | None = Field(default=None, alias="assignedCP")
    customer_id: Line | None = None
    state: Line | None = None
    origin: Origin | None = None
    source: Line | None = None
    follow_up_from: Day | None = None
    follow_up_to: Day | None = None
    follow_up_date_from: Day | None = None
    follow_up_date_to: Day | None = None
    created_from: Day | None = None
    created_to: Day | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    from_date: Day | None = None
    to_date: Day | None = None
    search: SearchText | None = None
    customer_name: SearchText | None = None
    customer_phone: SearchText | None = None
    sort_by: SortBy = SortBy.FOLLOW_UP
    sort_order: Literal["asc", "desc"] = "asc"

    def filter(self) -> lists.LeadFilter:
        """The filter that it says."""
        return lists.LeadFilter(
            status=self.status,
            assigned_to=self.assigned_to or self.assigned_cp,
            customer_id=self.customer_id,
            state=self.state,
            origin=self.origin,
            source=self.source,
            follow_up_from=self.follow_up_from or self.follow_up_date_from,
            follow_up_to=self.follow_up_to or self.follow_up_date_to,
            created_from=self.created_from or self.date_from or self.from_date,
            created_to=self.created_to or self.date_to or self.to_date,
            search=self.search,
            customer_name=self.customer_name,
            customer_phone=self.customer_phone,
        )

    def order(self) -> lists.Order:
        """The order that it says."""
        return lists.Order(self.sort_by, reverse=self.sort_order == "desc")


def lead_ranges(query: LeadQuery) -> list[tuple[str, date | None, date | None]]:
    """The ranges of the query, each with the name of its end as it was sent."""
    wanted = query.filter()
    until = "followUpTo" if query.follow_up_to else "followUpDateTo"
    made = "createdTo" if query.created_to else "dateTo" if query.date_to else "toDate"
    return [(until, wanted.follow_up_from, wanted.follow_up_to), (made, wanted.created_from, wanted.created_to)]


class QuotationQuery(ListQuery):
    """Filters of quotations; newest first."""

    lead_id: Line | None = None
    status: Annotated[QuotationStatus, BeforeValidator(_quotation_status)] | None = None
    owner: Line | None = None

    def filter(self, actor: Actor) -> lists.QuotationFilter:
        """The filter that it says; `owner=me` is the caller."""
        owner = actor.id if self.owner == "me" else self.owner
        return lists.QuotationFilter(lead_id=self.lead_id, status=self.status, owner=owner)


CommissionState = Annotated[
    Literal["pending", "approved", "paid", "voided", "cancelled", "processing", "rejected"],
    BeforeValidator(_lowered),
]
"""Ours, and those that only the clients know: no commission has them."""


class CommissionQuery(ListQuery):
    """Filters of commissions; newest first. `dateRange` is `from,to` in one, as the CP app sends it."""

    status: Annotated[CommissionState, BeforeValidator(lambda v: v.lower() if isinstance(v, str) else v)] | None = (
        None
    )
    cp_id: Line | None = None
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    date_range: DateRange | None = None
    search: SearchText | None = None

    def filter(self) -> lists.CommissionFilter:
        """The filter that it says."""
        first, last = self.days()
        return lists.CommissionFilter(self.status, self.cp_id, first, last, self.search)

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day."""
        together: Any = self.date_range or (None, None)
        return self.from_ or together[0], self.to or together[1]


class CustomerQuery(ListQuery):
    """Filter of customers."""

    search: SearchText | None = None


def listed_lead(listed: Listed, actor: Actor) -> dict[str, Any]:
    """A lead in a list: the fields of the whole lead, and of its parts only how many there are."""
    quotations = [q for q in listed.quotations if actor.role is not Role.CUSTOMER or "sharedAt" in q]
    counts = {
        "quotationCount": len(quotations),
        "hasActiveQuotation": any(q["status"] in ("Created", "Shared", "Accepted") for q in quotations),
        "documentCount": sum(d["status"] == DocumentStatus.UPLOADED for d in listed.documents),
    }
    return only(LeadItem, {**lead_item(listed.lead), **counts})


_MARGINS = frozenset({"addOnTotal", "addOnTotalPaise"})


def quotation_item(part: Part, actor: Actor, now: datetime) -> dict[str, Any]:
    """A quotation in a list, without configuration and price; the add-on isn't the customer's to see."""
    columns = next(q for q in part.listed.quotations if q["id"] == part.id)
    hidden = _MARGINS if actor.role is Role.CUSTOMER else frozenset()
    said = in_rupees({name: value for name, value in columns.items() if name not in hidden})
    kw, price = columns.get("capacityKw"), said.get("systemPrice")
    shown = {
        **said,
        "quotationId": part.id,
        "customerName": part.listed.lead.get("customerName"),
        "status": lists.status_on(part, day_in_india(now)),
        "systemKW": Decimal(kw) if kw is not None else None,
        "totalCost": price,
        "totalPrice": price,
        "dealerAddOnTotal": said.get("addOnTotal"),
    }
    return only(QuotationItem, shown)


def commission_item(part: Part) -> dict[str, Any]:
    """A commission in a list."""
    columns = next(c for c in part.listed.commissions if c["id"] == part.id)
    name = part.listed.lead.get("customerName")
    return only(CommissionItem, {**in_rupees(columns), "commissionId": part.id, "customerName": name})


def commission_totals(parts: Sequence[Part]) -> dict[str, dict[str, Any]]:
    """Of all the commissions that the caller sees, whatever the filter: how many and how much, per status."""
    totals: dict[str, list[int]] = {name: [0, 0] for name in ("pending", "approved", "paid", "voided")}
    for part in parts:
        counted = totals.setdefault(part.status.lower(), [0, 0])
        counted[0] += 1
        counted[1] += part.amount
    return {name: {"count": n, "amount": Money(paise).in_rupees} for name, (n, paise) in totals.items()}


def customer_item(customer: CustomerSeen) -> dict[str, Any]:
    """A customer as the caller's newest lead of theirs tells."""
    said = customer.newest.lead
    names = ("phone", "address", "city", "state")
    return {
        "id": customer.id,
        "customerId": customer.id,
        "name": said.get("customerName"),
        "email": said.get("email"),
        **{name: said.get(name) for name in names},
        "pincode": said.get("pinCode"),
        "totalOrders": customer.orders,
        "leadCount": len(customer.leads),
    }


def summary_shape(counted: Counters) -> dict[str, Any]:
    """Both sets of counters that the CP app reads (client-contract.md §4)."""
    return {
        "total": counted.leads,
        "todayPending": counted.due_today,
        "overdue": counted.overdue,
        "inProgress": counted.in_progress,
        "newLeads": counted.new,
        "totalLeads": counted.leads,
        "leadsWon": counted.won,
        "customerAccepted": counted.accepted,
        "followUpPending": counted.due_today + counted.overdue,
        "activeQuotations": counted.active_quotations,
        "totalCommission": Money(counted.commission).in_rupees,
        "pendingCommission": Money(counted.pending_commission).in_rupees,
        "lastUpdatedAt": counted.updated_at,
    }


_DOCUMENT = ("leadId", "docType", "status", "uploadedAt", "size", "mediaType")


def sync_shape(collection: Collection, actor: Actor, now: datetime) -> dict[str, Any]:
    """Everything of a channel partner's, newest first."""
    leads = collection.in_order(SortBy.CREATED)[::-1]
    quotations = lists.quotations(collection, lists.QuotationFilter(), actor, now)[::-1]
    commissions = lists.commissions_seen(collection, actor)[::-1]
    customers = lists.customers(collection, None, actor)[::-1]
    return {
        "leads": [listed_lead(lead, actor) for lead in leads],
        "quotations": [quotation_item(part, actor, now) for part in quotations],
        "customers": [customer_item(customer) for customer in customers],
        "commissions": [commission_item(part) for part in commissions],
        "documents": [
            _document(d) for lead in leads for d in lead.documents if d["status"] == DocumentStatus.UPLOADED
        ],
    }


def _document(columns: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: columns[name] for name in _DOCUMENT if name in columns}
    return {"docId": columns["id"], "uploadedBy": columns.get("requestedBy"), **named}


def sync_tag(collection: Collection, now: datetime) -> str:
    """Changes whenever any lead of the collection has changed, and with the day, which ends quotations."""
    said = sorted(f"{lead.id}:{lead.version}:{lead.summary.gone}" for lead in collection)
    return hashlib.sha256("\n".join([day_in_india(now).isoformat(), *said]).encode()).hexdigest()[:32]
