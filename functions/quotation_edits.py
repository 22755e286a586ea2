"""Changing a quotation that nobody was shown yet, over HTTP: drafts and final prices."""

from __future__ import annotations

import azure.functions as func

from domain import quotations
from domain.quotations import Edit, Press
from domain.values import Role
from functions.edge import Call, Edge, Endpoint, Reply
from functions.models.pricing import PricingDesk
from functions.models.quotation_forms import EditBody
from functions.models.quotations import Nothing, QuotationShape, quotation_shape

STAFF = frozenset({Role.KAM, Role.ADMIN})


def blueprint(edge: Edge, pricing: PricingDesk, press: Press) -> func.Blueprint:
    """The functions that change what a quotation says."""
    bp = func.Blueprint()
    path = "api/v1/quotations/{quotationId}"

    async def changed(call: Call, edit: Edit) -> Reply:
        file, after = await quotations.edit_quotation(
            ports=edge.ports,
            press=press,
            quotation_id=call.path["quotationId"],
            edit=edit,
            catalogue=await pricing.in_force(on=call.act.at),
            act=call.act,
        )
        shown = after.seen_at(call.act.at)
        return Reply(quotation_shape(shown, call.actor.role, file.lead), version=after.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "EditQuotation",
            "PATCH",
            path,
            STAFF,
            "Edit a draft, or set the final price of a Created quotation (If-Match)",
            body=EditBody,
            reply=QuotationShape,
            refuses=(410,),
            critical=True,
        ),
    )
    async def edit_quotation(call: Call) -> Reply:
        return await changed(call, call.body.edit())

    @edge.endpoint(
        bp,
        Endpoint(
            "FinalizeQuotation",
            "PATCH",
            path + "/finalize",
            STAFF,
            "Make a draft a Created quotation",
            body=Nothing,
            reply=QuotationShape,
            refuses=(410,),
        ),
    )
    async def finalize_quotation(call: Call) -> Reply:
        return await changed(call, Edit(finalize=True))

    return bp
