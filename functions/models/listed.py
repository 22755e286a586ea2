"""What stands in lists: of each thing the members that a reply has, and no other column of its row."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

from pydantic import ConfigDict, Field

from functions.models.fields import E164, Rupees, Shape
from functions.models.quotations import Kilowatts

T = TypeVar("T")


class PageShape(Shape, Generic[T]):
    """A page of a list (api.md "lists")."""

    items: list[T]
    total: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]
    limit: Annotated[int, Field(ge=1, le=100)]
    page: Annotated[int, Field(ge=1)]
    total_pages: Annotated[int, Field(ge=0)]
    next_cursor: str = ""


class _Item(Shape):
    """The list of members is the reply's: a column that isn't named here isn't answered."""

    model_config = ConfigDict(**{**Shape.model_config, "extra": "forbid"})


class LeadItem(_Item):
    """A lead in a list: as the whole lead, with its parts counted."""

    id: str
    lead_id: str
    customer_id: str
    customer_name: str
    phone: E164
    customer_phone: E164
    email: str | None
    customer_email: str | None
    address: str
    city: str | None
    state: str | None
    pin_code: str | None
    services: list[str]
    requirements: str | None
    origin: str
    source: str | None
    assigned_to: str | None
    assigned_name: str | None
    assigned_cp_name: str | None
    status: str
    follow_up_date: str | None
    remarks: str | None
    quotation_ref: str | None
    token_number: str | None
    created_at: str
    created_by: str
    created_by_name: str
    updated_at: str
    version: int
    quotation_count: int
    commission_count: int
    document_count: int
    has_active_quotation: bool


class QuotationItem(_Item):
    """A quotation in a list, without configuration and price; amounts in rupees. What isn't so yet is left out."""

    id: str
    quotation_id: str
    lead_id: str
    customer_name: str | None
    status: str
    system_kw: Annotated[Kilowatts | None, Field(serialization_alias="systemKW")]
    capacity_kw: str | None = None
    system_price: Rupees
    total_price: Rupees
    total_cost: Rupees
    customer_pays: Rupees
    add_on_total: Rupees | None = None
    dealer_add_on_total: Rupees | None
    content_hash: str | None = None
    supersedes: str | None = None
    valid_until: str
    created_at: str
    created_by: str
    created_by_name: str
    edited_at: str | None = None
    shared_at: str | None = None
    accepted_at: str | None = None
    closed_at: str | None = None
    closed_reason: str | None = None
    version: int


class CommissionItem(_Item):
    """A commission in a list; amounts in rupees. What isn't so yet is left out."""

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
    approved_amount: Rupees | None = None
    approved_at: str | None = None
    approved_by: str | None = None
    approved_by_name: str | None = None
    approval_reason: str | None = None
    utr_number: str | None = None
    payment_date: str | None = None
    payment_method: str | None = None
    paid_at: str | None = None
    paid_by: str | None = None
    paid_by_name: str | None = None
    ended_at: str | None = None
    ended_reason: str | None = None
    version: int


class CommissionPage(PageShape[CommissionItem]):
    """With the lifetime totals of all that the caller sees, per status."""

    totals: dict[str, dict[str, Rupees]]


class CustomerItem(_Item):
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


def only(item: type[_Item], said: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is said the members that this item has."""
    return {name: value for name, value in said.items() if name in _members(item)}


@cache
def _members(item: type[_Item]) -> frozenset[str]:
    return frozenset(str(f.serialization_alias or f.alias or name) for name, f in item.model_fields.items())
