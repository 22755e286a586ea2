"""A lead's timeline over HTTP: its pages, and the lead as it stood."""

from __future__ import annotations

import azure.functions as func

from domain import sales
from functions.edge import SIGNED_IN, Call, Edge, Endpoint, Reply
from functions.edge.errors import QueryInvalid
from functions.models.timelines import NOT_A_CURSOR, TimelineQuery, page_shape, standing_shape
from functions.replies import LeadAsOfReply, LeadTimelineReply


def blueprint(edge: Edge) -> func.Blueprint:
    """The functions of the timeline endpoints."""
    bp = func.Blueprint()
    store = edge.ports.store

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadLeadTimeline",
            "GET",
            "api/v1/leads/{leadId}/timeline",
            SIGNED_IN,
            "A lead's timeline, newest first; with asOf, the lead as it stood",
            query=TimelineQuery,
            reply=LeadTimelineReply | LeadAsOfReply,
        ),
    )
    async def read_lead_timeline(call: Call) -> Reply:
        lead_id, query = call.path["leadId"], call.query
        if query.as_of is not None:
            then = await sales.lead_as_of(store=store, lead_id=lead_id, actor=call.actor, when=query.as_of)
            return Reply(standing_shape(lead_id, then))
        page = await sales.history(
            store=store,
            lead_id=lead_id,
            actor=call.actor,
            limit=query.limit,
            offset=query.first,
            after=query.cursor,
        )
        return Reply(_page(lead_id, query, page))

    return bp


def _page(lead_id: str, query: TimelineQuery, page: sales.HistoryPage | None) -> dict[str, object]:
    if page is None:
        raise QueryInvalid.field("cursor", NOT_A_CURSOR)
    return page_shape(lead_id, query, page)
