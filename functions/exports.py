"""The export of leads over HTTP: a CSV that an import reads again."""

from __future__ import annotations

import azure.functions as func

from domain import bulk
from domain.values import Role
from functions.edge import Call, Edge, Endpoint, Reply
from functions.models.exports import ExportQuery
from functions.models.lead_sheets import sheet_of


def blueprint(edge: Edge) -> func.Blueprint:
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
            patience=4,
        ),
    )
    async def export_leads(call: Call) -> Reply:
        tests = call.query.tests()
        found = [lead for lead in await bulk.listed_leads(store=ports.store) if all(test(lead) for test in tests)]
        named = {"Content-Disposition": 'attachment; filename="leads.csv"'}
        return Reply(raw=sheet_of(found), media_type="text/csv", headers=named)

    return bp
