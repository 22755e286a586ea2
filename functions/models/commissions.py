"""Bodies and replies of the commission endpoints."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field, StrictInt, WithJsonSchema

from domain.commissions import Commission, Payment, PaymentMethod, Utr, clawback_id
from domain.errors import Invalid
from domain.values import iso
from functions.models.fields import Amount, Body, Day, LongText, Rupees, Shape


def _utr(value: object) -> Utr:
    if not isinstance(value, str):
        raise ValueError("This must be a text.")
    try:
        return Utr.parse(value)
    except Invalid as error:
        raise ValueError(error.message) from None


def _method(value: object) -> PaymentMethod:
    names = {method.casefold(): method for method in PaymentMethod}
    found = names.get(value.strip().casefold()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"The payment method must be one of {', '.join(PaymentMethod)}.")
    return found


UtrNumber = Annotated[
    Utr, BeforeValidator(_utr), WithJsonSchema({"type": "string", "examples": ["SBIN526010912345"]})
]
Method = Annotated[
    PaymentMethod, BeforeValidator(_method), WithJsonSchema({"type": "string", "enum": list(PaymentMethod)})
]


class ApprovalBody(Body):
    """An approval. Another amount than the commission's needs a reason; `version` is what the Admin saw."""

    approved_amount: Amount | None = Field(default=None, validation_alias=AliasChoices("approvedAmount", "amount"))
    reason: LongText | None = None
    version: StrictInt | None = None


class PaymentBody(Body):
    """A payout: the bank's reference, the day in India and the method."""

    utr_number: UtrNumber = Field(validation_alias=AliasChoices("utrNumber", "utr"))
    payment_date: Day = Field(validation_alias=AliasChoices("paymentDate", "paidAt", "paidOn"))
    payment_method: Method = Field(validation_alias=AliasChoices("paymentMethod", "method"))
    version: StrictInt | None = None


def payment_of(body: PaymentBody) -> Payment:
    """The payment that a body names."""
    return Payment(utr=body.utr_number, on=body.payment_date, method=body.payment_method)


class ClawbackShape(Shape):
    """The counter-entry of a commission whose lead was forced back; the amount is negative."""

    id: str
    amount: Rupees
    reason: str | None
    created_at: str


class CommissionShape(Shape):
    """A commission; amounts in rupees. `paidAt` is when it was marked paid, `paymentDate` when the money went."""

    id: str
    commission_id: str
    cp_id: str
    cp_name: str
    lead_id: str
    quotation_id: str
    amount: Rupees
    status: str
    created_at: str
    updated_at: str
    approved_amount: Rupees | None
    approved_at: str | None
    approved_by: str | None
    approved_by_name: str | None
    reason: str | None
    utr_number: str | None
    payment_date: str | None
    payment_method: str | None
    paid_at: str | None
    paid_by: str | None
    paid_by_name: str | None
    voided_at: str | None
    voided_reason: str | None
    clawback: ClawbackShape | None
    version: int


def commission_shape(commission: Commission) -> CommissionShape:
    """The commission as it is answered."""
    approval, payout = commission.approval, commission.payout
    voided = not commission.is_live and not commission.is_clawed_back
    return CommissionShape(
        id=commission.id,
        commission_id=commission.id,
        cp_id=commission.partner_id,
        cp_name=commission.partner_name,
        lead_id=commission.lead_id,
        quotation_id=commission.quotation_id,
        amount=commission.amount.in_rupees,
        status=str(commission.status),
        created_at=iso(commission.created_at),
        updated_at=iso(commission.updated_at),
        approved_amount=approval.amount.in_rupees if approval else None,
        approved_at=iso(approval.at) if approval else None,
        approved_by=approval.by if approval else None,
        approved_by_name=approval.by_name if approval else None,
        reason=approval.reason if approval else None,
        utr_number=payout.payment.utr.text if payout else None,
        payment_date=payout.payment.on.isoformat() if payout else None,
        payment_method=str(payout.payment.method) if payout else None,
        paid_at=iso(payout.at) if payout else None,
        paid_by=payout.by if payout else None,
        paid_by_name=payout.by_name if payout else None,
        voided_at=iso(commission.ended_at) if commission.ended_at and voided else None,
        voided_reason=commission.ended_reason if voided else None,
        clawback=_clawback_shape(commission),
        version=commission.version,
    )


def _clawback_shape(commission: Commission) -> ClawbackShape | None:
    if not commission.is_clawed_back or commission.ended_at is None:
        return None
    return ClawbackShape(
        id=clawback_id(commission.id),
        amount=-commission.owed.in_rupees,
        reason=commission.ended_reason,
        created_at=iso(commission.ended_at),
    )
