"""Items of the lists of leads, quotations, commissions and customers; counters, and a partner's sync."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from pydantic.alias_generators import to_camel

from domain import lists, reporting
from domain.commissions import clawback_id
from domain.documents import DocumentStatus
from domain.leads import WON_OR_LATER
from domain.leads import CustomerSeen as CustomerOfAdmin
from domain.lists import Collection, Counters, Listed, Part, SortBy
from domain.quotations import QuotationStatus
from domain.reporting import State
from domain.values import Actor, Money, Role, day_in_india
from functions.models.leads import LeadItem, lead_item
from functions.models.quotations import in_rupees

T = TypeVar("T")
_OF_A_LEAD = tuple(to_camel(name) for name in LeadItem.model_fields if name != "document_count")
_OF_A_QUOTATION = (
    *("id", "leadId", "systemPrice", "customerPays", "validUntil", "contentHash", "supersedes", "version"),
    *("createdAt", "createdBy", "createdByName", "sharedAt", "acceptedAt", "closedAt", "closedReason"),
)
_OF_A_COMMISSION = (
    *("id", "leadId", "quotationId", "cpId", "cpName", "amount", "status", "createdAt", "version"),
    *("approvedAmount", "approvedAt", "approvedByName", "utrNumber", "paymentDate", "paymentMethod", "paidAt"),
)
"""What is told of each in a list. Views hold every column of a row, and not all of them are the reader's."""


def listed_lead(listed: Listed, actor: Actor) -> dict[str, Any]:
    """A lead in a list: the fields of the whole lead, and of its parts only how many there are."""
    quotations = [q for q in listed.quotations if actor.role is not Role.CUSTOMER or "sharedAt" in q]
    counts = {
        "quotationCount": len(quotations),
        "hasActiveQuotation": any(q["status"] in ("Created", "Shared", "Accepted") for q in quotations),
        "documentCount": sum(d["status"] == DocumentStatus.UPLOADED for d in listed.documents),
    }
    shown = lead_item(listed.lead)
    return {name: shown[name] for name in _OF_A_LEAD if name in shown} | counts


def quotation_item(part: Part, actor: Actor, now: datetime) -> dict[str, Any]:
    """A quotation in a list, without configuration and price; the add-on isn't the customer's to see."""
    columns = next(q for q in part.listed.quotations if q["id"] == part.id)
    said, status = in_rupees(columns), lists.status_on(part, day_in_india(now))
    kw, price = columns.get("capacityKw"), said.get("systemPrice")
    return {
        **{name: said.get(name) for name in _OF_A_QUOTATION},
        "quotationId": part.id,
        "customerName": part.listed.lead.get("customerName"),
        "status": status,
        "systemKW": Decimal(kw) if kw is not None else None,
        "totalCost": price,
        "totalPrice": price,
        "dealerAddOnTotal": None if actor.role is Role.CUSTOMER else said.get("addOnTotal"),
        "rejectedAt": said.get("closedAt") if status == QuotationStatus.REJECTED else None,
    }


def commission_item(part: Part) -> dict[str, Any]:
    """A commission in a list."""
    columns = next(c for c in part.listed.commissions if c["id"] == part.id)
    said = in_rupees(columns)
    told = {name: said[name] for name in _OF_A_COMMISSION if name in said} | _end_of(part, said)
    return {**told, "commissionId": part.id, "customerName": part.listed.lead.get("customerName")}


def _end_of(part: Part, said: Mapping[str, Any]) -> dict[str, Any]:
    """That a commission was voided, or clawed back; under the names that a single one has."""
    if not part.ended:
        return {}
    if reporting.state_of(part) is State.VOIDED:
        return {"voidedAt": said["endedAt"], "voidedReason": said.get("endedReason")}
    clawback = {"id": clawback_id(part.id), "amount": -Money(part.amount).in_rupees}
    return {"clawback": {**clawback, "reason": said.get("endedReason"), "createdAt": said["endedAt"]}}


def commission_totals(parts: Sequence[Part]) -> dict[str, dict[str, Any]]:
    """Of all the commissions that the caller sees, whatever the filter: how many and how much, by what has become
    of them. One that was clawed back is no longer approved or paid."""
    totals = {state: [0, 0] for state in State}
    for part in parts:
        counted = totals[reporting.state_of(part)]
        counted[0] += 1
        counted[1] += part.amount
    return {str(state): {"count": n, "amount": Money(paise).in_rupees} for state, (n, paise) in totals.items()}


def customer_item(collection: Collection, actor: Actor, customer_id: str) -> dict[str, Any]:
    """A customer as the caller's newest lead of theirs tells."""
    customer = lists.customer_seen(collection, customer_id, actor)
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


def customer_alone(seen: CustomerOfAdmin) -> dict[str, Any]:
    """A customer as its own record tells, in the form of one in a list."""
    profile, customer_id = seen.profile, seen.customer.id
    return {
        "id": customer_id,
        "customerId": customer_id,
        "name": profile.name or None,
        "email": profile.email,
        "phone": seen.phone.e164 if seen.phone else None,
        "address": profile.address,
        "city": profile.city,
        "state": profile.state,
        "pincode": profile.pin_code,
        "totalOrders": sum(file.lead.status in WON_OR_LATER for file in seen.files),
        "leadCount": len(seen.files),
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


async def sync_shape(collection: Collection, actor: Actor, now: datetime) -> dict[str, Any]:
    """Everything of a channel partner's, newest first. Other requests go on meanwhile."""
    leads = collection.in_order(SortBy.CREATED)[::-1]
    quotations = await lists.quotations(collection, lists.QuotationFilter(), actor, now)
    customers = await lists.customers(collection, None, actor)
    documents = [d async for some in lists.portions(leads, _SHAPED) for lead in some for d in lead.documents]
    return {
        "leads": await _shaped(leads, lambda lead: listed_lead(lead, actor)),
        "quotations": await _shaped(quotations[::-1], lambda part: quotation_item(part, actor, now)),
        "customers": await _shaped(customers[::-1], partial(customer_item, collection, actor)),
        "commissions": await _shaped(lists.commissions_seen(collection, actor)[::-1], commission_item),
        "documents": [_document(d) for d in documents if d["status"] == DocumentStatus.UPLOADED],
    }


_SHAPED = 250
"""So many items are made within a few milliseconds."""


async def _shaped(items: Sequence[T], shape: Callable[[T], Any]) -> list[Any]:
    return [shape(item) async for some in lists.portions(items, _SHAPED) for item in some]


def _document(columns: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: columns[name] for name in _DOCUMENT if name in columns}
    return {"docId": columns["id"], "uploadedBy": columns.get("requestedBy"), **named}


def sync_tag(collection: Collection, now: datetime) -> str:
    """Changes whenever any lead of the collection has changed, and with the day, which ends quotations."""
    said = sorted(f"{lead.id}:{lead.version}:{lead.summary.gone}" for lead in collection)
    return hashlib.sha256("\n".join([day_in_india(now).isoformat(), *said]).encode()).hexdigest()[:32]
