"""Bodies and replies of the quotation endpoints."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictInt

from domain.quotations import Quotation
from domain.values import Money, Role, iso
from functions.models.fields import Body, Line, LongText, Rupees, Shape


class AnswerBody(Body):
    """The customer's answer to a shared quotation. `contentHash` is what the customer saw."""

    content_hash: Annotated[Line, Field(max_length=64)] | None = None
    reason: LongText | None = None
    version: StrictInt | None = None


class Nothing(Body):
    """No members are needed; `version` is the version that the client saw."""

    version: StrictInt | None = None


class QuotationShape(Shape):
    """A quotation; amounts in rupees."""

    id: str
    quotation_id: str
    lead_id: str
    status: str
    system_price: Rupees
    total_price: Rupees
    customer_pays: Rupees
    dealer_add_on_total: Rupees | None
    configuration: dict[str, Any]
    price: dict[str, Any]
    content_hash: str
    valid_until: str
    created_at: str
    created_by: str
    shared_at: str | None
    accepted_at: str | None
    closed_at: str | None
    closed_reason: str | None
    version: int


def in_rupees(plain: Any) -> Any:
    """A plain form with its `…Paise` whole numbers as `…` in exact rupees."""
    if isinstance(plain, list):
        return [in_rupees(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    return {
        name.removesuffix("Paise"): Money(value).in_rupees
        if name.endswith("Paise") and isinstance(value, int)
        else in_rupees(value)
        for name, value in plain.items()
    }


_PARTNERS_ONLY = ("lines", "inflation", "inflated", "addOn", "configuration")


def quotation_shape(quotation: Quotation, role: Role) -> QuotationShape:
    """The quotation as it is answered; margins and add-on (the CP's commission) aren't the customer's to see."""
    customer = role is Role.CUSTOMER
    price, configuration = in_rupees(quotation.price), in_rupees(quotation.configuration)
    if customer:
        price = {n: v for n, v in price.items() if not n.startswith(_PARTNERS_ONLY)}
        configuration = {n: v for n, v in configuration.items() if not n.startswith("addOn")}
    return QuotationShape(
        id=quotation.id,
        quotation_id=quotation.id,
        lead_id=quotation.lead_id,
        status=str(quotation.status),
        system_price=quotation.system_price.in_rupees,
        total_price=quotation.system_price.in_rupees,
        customer_pays=quotation.customer_pays.in_rupees,
        dealer_add_on_total=None if customer else quotation.add_on_total.in_rupees,
        configuration=configuration,
        price=price,
        content_hash=quotation.content_hash,
        valid_until=quotation.valid_until.isoformat(),
        created_at=iso(quotation.created_at),
        created_by=quotation.created_by,
        shared_at=iso(quotation.shared_at) if quotation.shared_at else None,
        accepted_at=iso(quotation.accepted_at) if quotation.accepted_at else None,
        closed_at=iso(quotation.closed_at) if quotation.closed_at else None,
        closed_reason=quotation.closed_reason,
        version=quotation.version,
    )
