"""Bodies and replies of the quotation endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, StrictInt, WithJsonSchema

from domain.blobs import Link
from domain.leads import Lead
from domain.quotations import (
    Quotation,
    QuotationStatus,
    price_table,
    told_configuration,
    told_price,
)
from domain.values import ZERO, Money, Role, iso
from functions.models.fields import E164, Body, Line, LongText, Rupees, Shape

Kilowatts = Annotated[Decimal, WithJsonSchema({"type": "number", "examples": [3.24]})]


class AnswerBody(Body):
    """The customer's answer to a shared quotation. `contentHash` is what the customer saw."""

    content_hash: Annotated[Line, Field(max_length=64)] | None = None
    reason: LongText | None = None
    version: StrictInt | None = None


class Nothing(Body):
    """No members are needed; `version` is the version that the client saw."""

    version: StrictInt | None = None


class QuotationShape(Shape):
    """A quotation as all clients read it (client-contract.md §5); amounts in rupees."""

    id: str
    quotation_id: str
    lead_id: str
    status: str
    shared_with_customer: bool
    customer_name: str | None
    customer_phone: E164 | None
    customer_email: str | None
    system_kw: Annotated[Kilowatts | None, Field(serialization_alias="systemKW")]
    roof_type: str | None
    state: str | None
    discom: str | None
    phase: str | None
    smart_meter: bool | None
    components: dict[str, Any]
    panels: dict[str, Any]
    inverter: dict[str, Any]
    bom: dict[str, Any]
    dealer_add_on_rate: Rupees | None
    pricing: dict[str, Any]
    system_price: Rupees
    total_price: Rupees
    total_cost: Rupees
    customer_pays: Rupees
    dealer_add_on_total: Rupees | None
    configuration: dict[str, Any]
    price: dict[str, Any]
    content_hash: str | None
    supersedes: str | None
    valid_until: str
    created_at: str
    created_by: str
    updated_at: str
    shared_at: str | None
    accepted_at: str | None
    rejected_at: str | None
    closed_at: str | None
    closed_reason: str | None
    version: int


class PdfLinkShape(Shape):
    """Where the PDF can be fetched without signing in, until when."""

    pdf_url: str
    expires_at: str


def pdf_link_shape(link: Link) -> PdfLinkShape:
    """The link as it is answered."""
    return PdfLinkShape(pdf_url=link.url, expires_at=iso(link.expires_at))


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


def quotation_shape(quotation: Quotation, role: Role, lead: Lead | None = None) -> QuotationShape:
    """The quotation as it is answered; margins and add-on (the CP's commission) aren't the customer's to see.

    `lead` adds who the customer is. Give it what `seen_at` says, so that an overdue one is *Expired*.
    """
    customer = role is Role.CUSTOMER
    chosen = told_configuration(quotation) if customer else quotation.configuration
    price = told_price(quotation) if customer else quotation.price
    draft = quotation.status is QuotationStatus.DRAFT
    kw = price.get("capacityKw")
    return QuotationShape(
        id=quotation.id,
        quotation_id=quotation.id,
        lead_id=quotation.lead_id,
        status=str(quotation.status),
        shared_with_customer=quotation.shared_at is not None,
        customer_name=lead.customer_name if lead else None,
        customer_phone=lead.phone.e164 if lead else None,
        customer_email=lead.email if lead else None,
        system_kw=Decimal(str(kw)) if kw is not None else None,
        roof_type=chosen.get("roofType"),
        state=chosen.get("state"),
        discom=chosen.get("discom"),
        phase=chosen.get("phase"),
        smart_meter=chosen.get("smartMeter"),
        **_parts(chosen, price),
        dealer_add_on_rate=None if customer else _rupees(chosen.get("addOnPerKwPaise")),
        pricing=_pricing(quotation, customer=customer),
        system_price=quotation.system_price.in_rupees,
        total_price=quotation.system_price.in_rupees,
        total_cost=quotation.system_price.in_rupees,
        customer_pays=quotation.customer_pays.in_rupees,
        dealer_add_on_total=None if customer else quotation.add_on_total.in_rupees,
        configuration=in_rupees(chosen),
        price=in_rupees(price),
        content_hash=None if draft else quotation.content_hash,
        supersedes=quotation.supersedes,
        valid_until=quotation.valid_until.isoformat(),
        created_at=iso(quotation.created_at),
        created_by=quotation.created_by,
        updated_at=iso(quotation.updated_at),
        shared_at=_iso(quotation.shared_at),
        accepted_at=_iso(quotation.accepted_at),
        rejected_at=_iso(quotation.closed_at) if quotation.status is QuotationStatus.REJECTED else None,
        closed_at=_iso(quotation.closed_at),
        closed_reason=quotation.closed_reason,
        version=quotation.version,
    )


def _parts(chosen: Mapping[str, Any], price: Mapping[str, Any]) -> dict[str, Any]:
    """The hardware: as the mobile apps read it (`components`), and as the portal does."""
    panel, inverter, count = price.get("panel", {}), price.get("inverter", {}), chosen.get("panelCount")
    panel_name = f"{panel.get('make', '')} {panel.get('variant', '')}".strip()
    inverter_name = f"{inverter.get('make', '')} {inverter.get('model', '')}".strip()
    return {
        "components": {
            "panels": [{"id": panel.get("id"), "name": panel_name, "quantity": count}],
            "inverters": [{"id": inverter.get("id"), "name": inverter_name, "quantity": 1}],
        },
        "panels": {
            "make": panel.get("make"),
            "variant": panel.get("variant"),
            "count": count,
            "wattage": panel.get("watts"),
            "dcrFlag": panel.get("dcr"),
        },
        "inverter": {
            "make": inverter.get("make"),
            "model": inverter.get("model"),
            "capacity": _number(inverter.get("capacityKw")),
            "phase": inverter.get("phase"),
            "recommended": inverter.get("recommended"),
        },
        "bom": {
            "cableType": chosen.get("cable"),
            "extraStructureHeight": _number(chosen.get("structureHeight")),
        },
    }


def _pricing(quotation: Quotation, *, customer: bool) -> dict[str, Any]:
    """The price as the mobile apps read it, in four parts and their sum, and as the portal does. Prices have
    no tax line of their own (domain.md), so `gst` is 0."""
    table, price = price_table(quotation), quotation.price
    told = {
        "systemCost": table.system.in_rupees,
        "installationFee": table.installation.in_rupees,
        "transportFee": table.transport.in_rupees,
        "gst": ZERO.in_rupees,
        "total": table.total.in_rupees,
        "discount": table.discount.in_rupees,
        "systemPrice": table.total.in_rupees,
        "subsidyDetails": {
            "central": table.central.in_rupees,
            "state": table.state.in_rupees,
            "totalSubsidy": (table.central + table.state).in_rupees,
        },
        "finalPrice": table.pays.in_rupees,
    }
    if customer:
        return told
    return {
        **told,
        "hardwareSubtotal": _rupees(price.get("hardwareSubtotalPaise")),
        "inflatedBasePrice": _rupees(price.get("inflatedBasePaise")),
        "dealerAddOn": quotation.add_on_total.in_rupees,
    }


def _rupees(paise: int | None) -> Decimal | None:
    return None if paise is None else Money(paise).in_rupees


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at else None
