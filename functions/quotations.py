"""Quotations over HTTP."""

from __future__ import annotations

from dataclasses import replace

import azure.functions as func

from domain import quotations
from domain.leads import LeadFile
from domain.quotations import Press, Quotation
from domain.values import Role
from functions.edge import PARTNER_SIDE, SIGNED_IN, Call, Edge, Endpoint, Reply
from functions.models.pricing import NewQuotationBody, PriceBody, PricingDesk
from functions.models.quotation_forms import WithdrawalBody
from functions.models.quotations import (
    AnswerBody,
    Nothing,
    PdfLinkShape,
    QuotationShape,
    in_rupees,
    pdf_link_shape,
    quotation_shape,
)
from functions.replies import PriceReply

CUSTOMER = frozenset({Role.CUSTOMER})


def blueprint(edge: Edge, pricing: PricingDesk, press: Press) -> func.Blueprint:
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
            reply=PriceReply,
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
        file, made = await quotations.create_quotation(
            ports=ports,
            press=press,
            lead_id=call.body.lead_id,
            offer=lambda lead: pricing.offer(call.body, on=call.act.at, lead=lead),
            draft=call.body.draft,
            supersedes=call.body.supersedes,
            act=call.act,
        )
        place = {"Location": f"/api/v1/quotations/{made.id}"}
        return replace(_reply(call, file, made), status=201, headers=place)

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
        file, found = await quotations.quotation_of_actor(
            store=ports.store, quotation_id=call.path["quotationId"], actor=call.actor
        )
        return _reply(call, file, found)

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadQuotationPdf",
            "GET",
            "api/v1/quotations/{quotationId}/pdf",
            SIGNED_IN,
            "A link to the quotation's PDF, for five minutes",
            reply=PdfLinkShape,
            refuses=(409,),
        ),
    )
    async def read_quotation_pdf(call: Call) -> Reply:
        _, found = await quotations.quotation_of_actor(
            store=ports.store, quotation_id=call.path["quotationId"], actor=call.actor
        )
        link = await press.link(found, at=call.act.at)
        return Reply(pdf_link_shape(link), headers={"Cache-Control": "no-store"})

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
            refuses=(410,),
        ),
    )
    async def share_quotation(call: Call) -> Reply:
        file, shared = await quotations.share_quotation(
            ports=ports, quotation_id=call.path["quotationId"], act=call.act
        )
        return _reply(call, file, shared)

    @edge.endpoint(
        bp,
        Endpoint(
            "WithdrawQuotation",
            "PATCH",
            "api/v1/quotations/{quotationId}/withdraw",
            PARTNER_SIDE,
            "Take an unanswered quotation back",
            body=WithdrawalBody,
            reply=QuotationShape,
            refuses=(410,),
        ),
    )
    async def withdraw_quotation(call: Call) -> Reply:
        file, withdrawn = await quotations.withdraw_quotation(
            ports=ports, quotation_id=call.path["quotationId"], reason=call.body.reason, act=call.act
        )
        return _reply(call, file, withdrawn)

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
                refuses=(410,),
                sensitive="answer",
            ),
        )
        async def accept_quotation(call: Call) -> Reply:
            file, accepted = await quotations.accept_quotation(
                ports=ports,
                quotation_id=call.path["quotationId"],
                content_hash=call.body.content_hash,
                act=call.act,
            )
            return _reply(call, file, accepted)

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
                refuses=(410,),
                sensitive="answer",
            ),
        )
        async def reject_quotation(call: Call) -> Reply:
            file, rejected = await quotations.reject_quotation(
                ports=ports,
                quotation_id=call.path["quotationId"],
                reason=call.body.reason,
                act=call.act,
            )
            return _reply(call, file, rejected)

    return bp


def _reply(call: Call, file: LeadFile, quotation: Quotation) -> Reply:
    shown = quotation.seen_at(call.act.at)
    return Reply(quotation_shape(shown, call.actor.role, file.lead), version=quotation.version)
