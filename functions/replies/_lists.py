"""The form of what stands in lists, of the home screen's counters and of a partner's sync. Amounts in rupees."""

from __future__ import annotations

from pydantic import Field

from functions.models.commissions import ClawbackShape
from functions.models.fields import E164, Rupees, Shape
from functions.models.leads import LeadItem
from functions.models.quotations import Kilowatts
from functions.replies._page import PageReply


class QuotationItem(Shape):
    """A quotation in a list, without configuration and price; the add-on is null for customers."""

    id: str
    quotation_id: str
    lead_id: str
    customer_name: str | None
    status: str
    system_kw: Kilowatts | None = Field(serialization_alias="systemKW")
    system_price: Rupees
    total_price: Rupees
    total_cost: Rupees
    customer_pays: Rupees
    dealer_add_on_total: Rupees | None
    content_hash: str | None
    supersedes: str | None
    valid_until: str
    created_at: str
    created_by: str
    created_by_name: str
    shared_at: str | None
    accepted_at: str | None
    rejected_at: str | None
    closed_at: str | None
    closed_reason: str | None
    version: int


class CommissionItem(Shape):
    """A commission in a list. What isn't so yet is left out."""

    id: str
    commission_id: str
    lead_id: str
    quotation_id: str
    customer_name: str | None
    cp_id: str
    cp_name: str
    amount: Rupees
    status: str
    created_at: str
    version: int
    approved_amount: Rupees | None = None
    approved_at: str | None = None
    approved_by_name: str | None = None
    utr_number: str | None = None
    payment_date: str | None = None
    payment_method: str | None = None
    paid_at: str | None = None
    voided_at: str | None = None
    voided_reason: str | None = None
    clawback: ClawbackShape | None = None


class Total(Shape):
    """How many, and how much in all."""

    count: int
    amount: Rupees


class CommissionPageReply(PageReply[CommissionItem]):
    """With the lifetime totals of all that the caller sees: pending, approved, paid, voided, clawedBack."""

    totals: dict[str, Total]


class CustomerItem(Shape):
    """A customer as the caller's newest lead of theirs tells."""

    id: str
    customer_id: str
    name: str | None
    email: str | None
    phone: E164 | None
    address: str | None
    city: str | None
    state: str | None
    pincode: str | None
    total_orders: int
    lead_count: int


class CountersReply(Shape):
    """Both sets of counters that the CP app reads (client-contract.md §4)."""

    total: int
    today_pending: int
    overdue: int
    in_progress: int
    new_leads: int
    total_leads: int
    leads_won: int
    customer_accepted: int
    follow_up_pending: int
    active_quotations: int
    total_commission: Rupees
    pending_commission: Rupees
    last_updated_at: str | None


class SyncDocument(Shape):
    """A document of a lead."""

    doc_id: str
    lead_id: str | None = None
    doc_type: str
    status: str
    uploaded_at: str
    uploaded_by: str | None
    size: int | None = None
    media_type: str | None = None


class SyncReply(Shape):
    """Everything of a channel partner's, newest first."""

    leads: list[LeadItem]
    quotations: list[QuotationItem]
    customers: list[CustomerItem]
    commissions: list[CommissionItem]
    documents: list[SyncDocument]
