"""The export of leads over HTTP: a CSV that an import reads again."""

from __future__ import annotations

import asyncio
from typing import Annotated

import azure.functions as func
from pydantic import Field

from domain import lists
from domain.values import Role
from functions.edge import CSV, Call, Edge, Endpoint, Reply
from functions.edge.errors import FieldsInvalid
from functions.lists import ListDesk
from functions.models.lead_sheets import sheet_of
from functions.models.leads import lead_item
from functions.models.lists import LeadQuery, lead_ranges
from functions.models.paging import check_ranges


class ExportQuery(LeadQuery):
    """The filters and the order of the list of leads, without its pages."""

    format: Annotated[str, Field(max_length=20)] = "csv"


def blueprint(edge: Edge, desk: ListDesk) -> func.Blueprint:
    """The function of the export."""
    bp = func.Blueprint()
    ports = edge.ports

    @edge.endpoint(
        bp,
        Endpoint(
            "ExportLeads",
            "GET",
            "api/v1/leads/export",
            frozenset({Role.ADMIN}),
            "Leads as CSV, by the filters of the list; formulas are neutralised",
            query=ExportQuery,
            refuses=(422,),
            patience=4,
            media=(CSV,),
        ),
    )
    async def export_leads(call: Call) -> Reply:
        if call.query.format.lower() != "csv":
            raise FieldsInvalid.field("format", "Leads are exported as csv only; every spreadsheet opens it.")
        check_ranges(*lead_ranges(call.query))
        order = call.query.order()
        own = await lists.leads_of_actor(
            store=ports.store, everything=desk.everything, actor=call.actor, now=call.act.at
        )
        seen = await lists.seen_in_order(own, call.actor, order.sort_by)
        found = list(await call.query.filter().of(seen))
        leads = (lead_item(listed.lead) for listed in (reversed(found) if order.reverse else found))
        named = {"Content-Disposition": 'attachment; filename="leads.csv"'}
        return Reply(raw=await asyncio.to_thread(sheet_of, leads), media_type="text/csv", headers=named)

    return bp
