"""Customers over HTTP: make, read, edit, timeline, check a phone."""

from __future__ import annotations

import azure.functions as func

from domain import customers, leads
from domain.values import Role
from functions.edge import PARTNER_SIDE, SIGNED_IN, Call, Edge, Endpoint, Reply
from functions.models.customers import (
    CheckPhoneQuery,
    CustomerEdits,
    CustomerShape,
    CustomerTimelineQuery,
    NewCustomerBody,
    customer_entry_shape,
    customer_shape,
    edits_of,
)
from functions.replies import CustomerTimelineReply, PhoneFreeReply, PhoneKnownReply

ADMIN = frozenset({Role.ADMIN})


def blueprint(edge: Edge) -> func.Blueprint:
    """The functions of the customer endpoints."""
    bp = func.Blueprint()
    ports = edge.ports

    @edge.endpoint(
        bp,
        Endpoint(
            "CreateCustomer",
            "POST",
            "api/v1/customers",
            ADMIN,
            "Make a customer",
            body=NewCustomerBody,
            reply=CustomerShape,
            status=201,
            reserves="customer",
        ),
    )
    async def create_customer(call: Call) -> Reply:
        said = edits_of(call.body)
        phone = said.pop("phone")
        customer_id = call.reserved or await customers.new_customer_id(ports)
        made = await customers.create_customer(
            ports=ports, phone=phone, profile=customers.Profile(**said), customer_id=customer_id, act=call.act
        )
        seen = await leads.customer_of_actor(store=ports.store, customer_id=made.id, actor=call.actor)
        place = {"Location": f"/api/v1/customers/{made.id}"}
        return Reply(customer_shape(seen), status=201, version=seen.customer.version, headers=place)

    @edge.endpoint(
        bp,
        Endpoint(
            "CheckPhone",
            "GET",
            "api/v1/customers/check-phone",
            PARTNER_SIDE,
            "Whether one of the caller's own customers has this phone; 404 with exists: false if not",
            query=CheckPhoneQuery,
            reply=PhoneKnownReply | PhoneFreeReply,
            also=(404,),
        ),
    )
    async def check_phone(call: Call) -> Reply:
        seen = await leads.customer_by_phone(store=ports.store, phone=call.query.phone, actor=call.actor)
        if seen is None:
            return Reply({"exists": False}, status=404, top_level={"exists": False})
        phone = call.query.phone.e164
        found = {"customerId": seen.customer.id, "name": seen.profile.name, "phone": phone}
        return Reply({"exists": True, "customer": found})

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadCustomer",
            "GET",
            "api/v1/customers/{customerId}",
            SIGNED_IN,
            "Read a customer; the id of a merged one answers with the survivor",
            reply=CustomerShape,
        ),
    )
    async def read_customer(call: Call) -> Reply:
        seen = await leads.customer_of_actor(
            store=ports.store, customer_id=call.path["customerId"], actor=call.actor
        )
        return Reply(customer_shape(seen), version=seen.customer.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "EditCustomer",
            "PATCH",
            "api/v1/customers/{customerId}",
            SIGNED_IN,
            "Edit a customer's profile: the last write wins, field by field",
            body=CustomerEdits,
            reply=CustomerShape,
        ),
    )
    async def edit_customer(call: Call) -> Reply:
        seen = await leads.edit_customer(
            ports=ports, customer_id=call.path["customerId"], edits=edits_of(call.body), act=call.act
        )
        return Reply(customer_shape(seen), version=seen.customer.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadCustomerTimeline",
            "GET",
            "api/v1/customers/{customerId}/timeline",
            SIGNED_IN,
            "A customer's timeline, newest first; after a merge that of both records",
            query=CustomerTimelineQuery,
            reply=CustomerTimelineReply,
        ),
    )
    async def read_customer_timeline(call: Call) -> Reply:
        customer_id, actor = call.path["customerId"], call.actor
        seen = await leads.customer_of_actor(store=ports.store, customer_id=customer_id, actor=actor)
        said = await customers.timeline_of(store=ports.store, customer=seen.customer)
        own = [(record, entry) for record, entry in said if seen.whole or entry.actor.id == actor.id]
        if actor.role is Role.CUSTOMER:
            own = [(record, entry.for_customers()) for record, entry in own]
        newest = [customer_entry_shape(record, entry) for record, entry in reversed(own)]
        return Reply({"timeline": newest[: call.query.limit], "total": len(own), "customerId": seen.customer.id})

    return bp
