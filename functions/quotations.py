"""Quotations over HTTP."""

from __future__ import annotations

import azure.functions as func

from domain import quotations
from domain.leads import lead_of_actor
from domain.values import Role
from functions.edge import PARTNER_SIDE, SIGNED_IN, Call, Edge, Endpoint, Reply
from functions.models.pricing import NewQuotationBody, PriceBody, PricingDesk
from functions.models.quotations import (
    AnswerBody,
    Nothing,
    QuotationShape,
    in_rupees,
    quotation_shape,
)

CUSTOMER = frozenset({Role.CUSTOMER})


def blueprint(edge: Edge, pricing: PricingDesk) -> func.Blueprint:
    """The functions of the quotation endpoints."""
    bp = func.Blueprint()
    ports = edge.ports

    @edge.endpoint(
        bp,
        Endpoint(
            "PriceQuotation",
            "POST",
            "api/v1/quotations/price",
            PARTNER_SIDE,
            "Price a configuration without saving it",
            body=PriceBody,
        ),
    )
    async def price_quotation(call: Call) -> Reply:
        offer = await pricing.offer(call.body, on=call.act.at)
        return Reply({"configuration": in_rupees(offer.configuration), "price": in_rupees(offer.price)})

    @edge.endpoint(
        bp,
        Endpoint(
            "CreateQuotation",
            "POST",
            "api/v1/quotations",
            PARTNER_SIDE,
            "Make a quotation for a lead",
            body=NewQuotationBody,
            reply=QuotationShape,
            status=201,
        ),
    )
    async def create_quotation(call: Call) -> Reply:
        file = await lead_of_actor(store=ports.store, lead_id=call.body.lead_id, actor=call.actor)
        offer = await pricing.offer(call.body, on=call.act.at, lead=file.lead)
        _, made = await quotations.create_quotation(ports=ports, lead_id=file.lead.id, offer=offer, act=call.act)
        return Reply(quotation_shape(made, call.actor.role), status=201, version=made.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "ListQuotations",
            "GET",
            "api/v1/quotations",
            CUSTOMER,
            "The quotations that were shared with the customer, newest first",
        ),
    )
    async def list_quotations(call: Call) -> Reply:
        files = await quotations.files_of_customer(store=ports.store, actor=call.actor)
        seen = [q for file in files for q in quotations.seen_quotations(file, call.actor)]
        items = [
            quotation_shape(q, call.actor.role) for q in sorted(seen, key=lambda q: q.created_at, reverse=True)
        ]
        return Reply({"items": items, "total": len(items), "offset": 0, "limit": max(len(items), 1)})

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadQuotation",
            "GET",
            "api/v1/quotations/{quotationId}",
            SIGNED_IN,
            "Read a quotation",
            reply=QuotationShape,
        ),
    )
    async def read_quotation(call: Call) -> Reply:
        _, found = await quotations.quotation_of_actor(
            store=ports.store, quotation_id=call.path["quotationId"], actor=call.actor
        )
        return Reply(quotation_shape(found, call.actor.role), version=found.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "ShareQuotation",
            "PATCH",
            "api/v1/quotations/{quotationId}/share",
            PARTNER_SIDE,
            "Share a quotation with the customer",
            body=Nothing,
            reply=QuotationShape,
        ),
    )
    async def share_quotation(call: Call) -> Reply:
        _, shared = await quotations.share_quotation(
            ports=ports, quotation_id=call.path["quotationId"], act=call.act
        )
        return Reply(quotation_shape(shared, call.actor.role), version=shared.version)

    for verb, method in (("", "PATCH"), ("ByPost", "POST")):

        @edge.endpoint(
            bp,
            Endpoint(
                f"AcceptQuotation{verb}",
                method,
                "api/v1/quotations/{quotationId}/accept",
                CUSTOMER,
                "Accept a shared quotation",
                body=AnswerBody,
                reply=QuotationShape,
                sensitive="answer",
            ),
        )
        async def accept_quotation(call: Call) -> Reply:
            _, accepted = await quotations.accept_quotation(
                ports=ports,
                quotation_id=call.path["quotationId"],
                content_hash=call.body.content_hash,
                act=call.act,
            )
            return Reply(quotation_shape(accepted, call.actor.role), version=accepted.version)

        @edge.endpoint(
            bp,
            Endpoint(
                f"RejectQuotation{verb}",
                method,
                "api/v1/quotations/{quotationId}/reject",
                CUSTOMER,
                "Reject a shared quotation",
                body=AnswerBody,
                reply=QuotationShape,
                sensitive="answer",
            ),
        )
        async def reject_quotation(call: Call) -> Reply:
            _, rejected = await quotations.reject_quotation(
                ports=ports,
                quotation_id=call.path["quotationId"],
                reason=call.body.reason,
                act=call.act,
            )
            return Reply(quotation_shape(rejected, call.actor.role), version=rejected.version)

    return bp
