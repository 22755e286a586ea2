"""Bodies and replies of the lead endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictBool, StrictInt, ValidationInfo, field_validator

from domain.documents import DocumentStatus, documents_in
from domain.leads import LeadFile, LeadStatus
from domain.quotations import seen_quotations
from domain.values import Actor, PhoneNumber, Role, iso
from functions.models.documents import DocumentShape, lead_document_shape
from functions.models.fields import (
    E164,
    Body,
    Day,
    Email,
    Line,
    LongText,
    Name,
    Phone,
    PinCode,
    QuotationRef,
    Shape,
    TokenNumber,
)
from functions.models.quotations import QuotationShape, quotation_shape
from functions.models.wording import NEEDED

Services = Annotated[list[Line], Field(max_length=20)]


class LeadFields(Body):
    """The ordinary fields of a lead, under both clients' names for the phone and the e-mail."""

    email: Email | None = None
    customer_email: Email | None = None
    address: LongText | None = None
    city: Line | None = None
    state: Line | None = None
    pin_code: PinCode | None = None
    services: Services | None = None
    requirements: LongText | None = None
    follow_up_date: Day | None = None
    remarks: LongText | None = None


class NewLeadBody(LeadFields):
    """A new lead. `phone` or `customerPhone` is needed; a customer asking for a service may leave it out. A key
    account manager says which partner it is for in `assignedTo`; a channel partner's lead is its own."""

    customer_name: Name
    customer_phone: Phone | None = None
    phone: Annotated[Phone | None, Field(validate_default=True)] = None
    address: Annotated[LongText, Field(min_length=1)]
    source: Line | None = None
    assigned_to: Annotated[Line | None, Field(validate_default=True)] = None

    @field_validator("phone")
    @classmethod
    def _by_one_name(cls, phone: PhoneNumber | None, info: ValidationInfo) -> PhoneNumber | None:
        """Checked with the fields, not after them: whoever sends an empty form is told of all of it."""
        if phone is None and info.data.get("customer_phone", ...) is None and info.context is not Role.CUSTOMER:
            raise ValueError(NEEDED)
        return phone

    @field_validator("assigned_to")
    @classmethod
    def _for_a_partner(cls, partner: str | None, info: ValidationInfo) -> str | None:
        if partner is None and info.context is Role.KAM:
            raise ValueError("Say which of your channel partners the lead is for.")
        return partner


class LeadEdits(LeadFields):
    """Any of the ordinary fields; null clears. Another phone moves the lead to the customer of that phone.
    `version` is the version that the client saw."""

    customer_name: Name | None = None
    phone: Phone | None = None
    customer_phone: Phone | None = None
    version: StrictInt | None = None


class StatusChangeBody(Body):
    """A move to another status, with what it needs (domain.md "Statuses"). The remarks are needed as well: the
    rules of the move say so, together with all else that it lacks."""

    model_config = ConfigDict(json_schema_extra={"required": ["status", "remarks"]})

    status: LeadStatus
    remarks: LongText = ""
    follow_up_date: Day | None = None
    quotation_ref: QuotationRef | None = None
    token_number: TokenNumber | None = None
    override: StrictBool = False
    override_reason: LongText | None = None
    version: StrictInt | None = None


class ReassignmentBody(Body):
    """The channel partner that a lead is given to, and why."""

    cp_id: Line
    reason: Annotated[LongText, Field(min_length=1)]
    version: StrictInt | None = None


class LeadItem(Shape):
    """A lead as both mobile apps and the portal read it: both name sets (api.md, last section), its
    parts counted."""

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
    has_active_quotation: bool
    document_count: int


class LeadShape(LeadItem):
    """A lead with its parts."""

    documents: list[DocumentShape]
    quotations: list[QuotationShape]


def lead_shape(file: LeadFile, actor: Actor, at: datetime | None = None) -> LeadShape:
    """The lead with those of its quotations that the actor sees; overdue ones are *Expired* `at` that moment."""
    lead = file.lead
    quotations = [q.seen_at(at) if at else q for q in seen_quotations(file, actor)]
    documents = [d for d in documents_in(file) if d.is_open]
    email = lead.email
    return LeadShape(
        id=lead.id,
        lead_id=lead.id,
        customer_id=lead.customer_id,
        customer_name=lead.customer_name,
        phone=lead.phone.e164,
        customer_phone=lead.phone.e164,
        email=email,
        customer_email=email,
        address=lead.address,
        city=lead.city,
        state=lead.state,
        pin_code=lead.pin_code,
        services=list(lead.services),
        requirements=lead.requirements,
        origin=str(lead.origin),
        source=lead.source,
        assigned_to=lead.assigned_to,
        assigned_cp_name=lead.assigned_name,
        status=str(lead.status),
        follow_up_date=lead.follow_up_date.isoformat() if lead.follow_up_date else None,
        remarks=lead.remarks,
        quotation_ref=lead.quotation_ref,
        token_number=lead.token_number,
        created_at=iso(lead.created_at),
        created_by=lead.created_by,
        created_by_name=lead.created_by_name,
        updated_at=iso(lead.updated_at or lead.created_at),
        version=lead.version,
        quotation_count=len(quotations),
        has_active_quotation=any(q.status in ("Created", "Shared", "Accepted") for q in quotations),
        document_count=sum(d.status is DocumentStatus.UPLOADED for d in documents),
        documents=[lead_document_shape(d) for d in documents],
        quotations=[quotation_shape(q, actor.role, lead) for q in quotations],
    )


def lead_item(said: dict[str, Any]) -> dict[str, Any]:
    """A lead's plain fields under both clients' names, without its parts."""
    names = {"customerPhone": "phone", "customerEmail": "email", "leadId": "id", "assignedCpName": "assignedName"}
    shown = {name: value for name, value in said.items() if name != "stageTimes"}  # that is for reports
    return {**shown, **{name: said.get(other) for name, other in names.items()}}
