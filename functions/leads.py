"""Leads over HTTP: register, read, edit, move, reassign. Lists are in `functions/lists.py`."""

from __future__ import annotations

from typing import Any

import azure.functions as func

from domain import leads, sales
from domain.identity import STAFF, assignable_partner
from domain.values import Role
from functions.edge import PARTNER_SIDE, SIGNED_IN, Call, Edge, Endpoint, Reply
from functions.edge.errors import FieldsInvalid
from functions.models.leads import (
    LeadEdits,
    LeadShape,
    NewLeadBody,
    ReassignmentBody,
    StatusChangeBody,
    lead_shape,
)
from functions.models.wording import NEEDED


def blueprint(edge: Edge) -> func.Blueprint:
    """The functions of the lead endpoints."""
    bp = func.Blueprint()
    ports = edge.ports

    @edge.endpoint(
        bp,
        Endpoint(
            "RegisterLead",
            "POST",
            "api/v1/leads",
            SIGNED_IN,
            "Register a lead",
            body=NewLeadBody,
            reply=LeadShape,
            status=201,
            reserves="lead",
        ),
    )
    async def register_lead(call: Call) -> Reply:
        new = await _new_lead(call, edge)
        lead_id = call.reserved or await leads.reserve_lead_id(ports)
        file = await leads.register_lead(ports=ports, lead_id=lead_id, new=new, act=call.act)
        place = {"Location": f"/api/v1/leads/{file.lead.id}"}
        return Reply(lead_shape(file, call.actor), status=201, version=file.lead.version, headers=place)

    @edge.endpoint(
        bp, Endpoint("ReadLead", "GET", "api/v1/leads/{leadId}", SIGNED_IN, "Read a lead", reply=LeadShape)
    )
    async def read_lead(call: Call) -> Reply:
        file = await leads.lead_of_actor(store=ports.store, lead_id=call.path["leadId"], actor=call.actor)
        return Reply(lead_shape(file, call.actor, call.act.at), version=file.lead.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "EditLead",
            "PATCH",
            "api/v1/leads/{leadId}",
            SIGNED_IN,
            "Edit ordinary fields: the last write wins, field by field",
            body=LeadEdits,
            reply=LeadShape,
        ),
    )
    async def edit_lead(call: Call) -> Reply:
        changed = await leads.edit_lead(
            ports=ports, lead_id=call.path["leadId"], edits=_edits(call.body), act=call.act
        )
        return Reply(lead_shape(changed.file, call.actor, call.act.at), version=changed.file.lead.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "ChangeLeadStatus",
            "PATCH",
            "api/v1/leads/{leadId}/status",
            PARTNER_SIDE,
            "Move a lead; finalizing to Won and overriding need If-Match",
            body=StatusChangeBody,
            reply=LeadShape,
            critical=True,
        ),
    )
    async def change_lead_status(call: Call) -> Reply:
        body = call.body.model_dump(exclude={"version"})
        change = leads.StatusChange(**body)
        changed = await sales.change_status(ports=ports, lead_id=call.path["leadId"], change=change, act=call.act)
        return Reply(lead_shape(changed.file, call.actor, call.act.at), version=changed.file.lead.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "ReassignLead",
            "PATCH",
            "api/v1/leads/{leadId}/reassign",
            STAFF,
            "Give a lead to a channel partner; needs If-Match",
            body=ReassignmentBody,
            reply=LeadShape,
            critical=True,
        ),
    )
    async def reassign_lead(call: Call) -> Reply:
        changed = await leads.reassign_lead(
            ports=ports,
            lead_id=call.path["leadId"],
            partner_id=call.body.cp_id,
            reason=call.body.reason,
            act=call.act,
        )
        return Reply(lead_shape(changed.file, call.actor, call.act.at), version=changed.file.lead.version)

    return bp


async def _new_lead(call: Call, edge: Edge) -> leads.NewLead:
    """The body as a new lead; a CP's is its own, a customer's is under the customer's own phone."""
    body: NewLeadBody = call.body
    phone = body.phone or body.customer_phone
    assigned_to, assigned_name = None, None
    if call.actor.role is Role.CUSTOMER and call.caller:
        phone = call.caller.phone
    elif call.actor.role is Role.CP:
        assigned_to, assigned_name = call.actor.id, call.actor.name
    elif body.assigned_to:
        partner = await assignable_partner(store=edge.ports.store, partner_id=body.assigned_to, actor=call.actor)
        assigned_to, assigned_name = partner.id, partner.name
    if phone is None:  # a customer's record always has one, and `NewLeadBody` asks all others
        raise FieldsInvalid.field("phone", NEEDED)
    return leads.NewLead(
        customer_name=body.customer_name,
        phone=phone,
        address=body.address,
        email=body.email or body.customer_email,
        city=body.city,
        state=body.state,
        pin_code=body.pin_code,
        services=tuple(body.services or ()),
        requirements=body.requirements or None,
        source=body.source,
        follow_up_date=body.follow_up_date,
        remarks=body.remarks or None,
        assigned_to=assigned_to,
        assigned_name=assigned_name,
    )


def _edits(body: LeadEdits) -> dict[str, Any]:
    """The fields that the client named, null included, under the names of the domain."""
    edits = {name: getattr(body, name) for name in body.model_fields_set if name != "version"}
    for name, also in (("email", "customer_email"), ("phone", "customer_phone")):
        if also in edits:
            edits[name] = edits.pop(also)
    if "services" in edits:
        edits["services"] = tuple(edits["services"] or ())
    return {name: None if value == "" else value for name, value in edits.items()}
