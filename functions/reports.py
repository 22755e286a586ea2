"""Reports and the portal's dashboard over HTTP, for KAMs (their own partners' leads) and Admins."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import azure.functions as func

from domain import reporting
from domain.lists import AllLeads
from domain.reporting import Span
from domain.values import Role, iso
from functions.edge import CSV, JSON, Call, Edge, Endpoint, Reply
from functions.models.dashboard import MetricsQuery, metrics_shape
from functions.models.paging import check_ranges
from functions.models.reports import (
    CommissionReportQuery,
    FunnelQuery,
    commission_csv,
    commission_report_shape,
    funnel_csv,
    funnel_shape,
)
from functions.replies import CommissionReportReply, DashboardReply, FunnelReply

STAFF = frozenset({Role.ADMIN, Role.KAM})
BOTH = ("application/json", "text/csv")
LONG = 3
"""Counting goes over all leads, and the first report of a new instance reads them first."""


def blueprint(edge: Edge, everything: AllLeads) -> func.Blueprint:
    """The functions of the reports."""
    bp = func.Blueprint()
    store = edge.ports.store

    @edge.endpoint(
        bp,
        Endpoint(
            "ReportFunnel",
            "GET",
            "api/v1/reports/funnel",
            STAFF,
            "How leads go through the funnel: counts, conversion and median times; format=csv for one table of it",
            query=FunnelQuery,
            patience=LONG,
            reply=FunnelReply,
            media=(JSON, CSV),
        ),
    )
    async def report_funnel(call: Call) -> Reply:
        query: FunnelQuery = call.query
        check_ranges(("to", query.from_, query.to))
        collection, kams = await everything.current(), await reporting.kams_for(store=store, actor=call.actor)
        found = await reporting.funnel(collection=collection, wanted=query.filter(), kams=kams, actor=call.actor)
        if query.format == "csv":
            return _file(await asyncio.to_thread(funnel_csv, found, query.by), f"funnel-by-{query.by}")
        return Reply(make=partial(asyncio.to_thread, _told, partial(funnel_shape, found), call))

    @edge.endpoint(
        bp,
        Endpoint(
            "ReportCommissions",
            "GET",
            "api/v1/reports/commissions",
            STAFF,
            "What commissions come to, by channel partner and by project; format=csv for one table of it",
            query=CommissionReportQuery,
            patience=LONG,
            reply=CommissionReportReply,
            media=(JSON, CSV),
        ),
    )
    async def report_commissions(call: Call) -> Reply:
        query: CommissionReportQuery = call.query
        check_ranges(("to", query.from_, query.to))
        collection = await everything.current()
        found = await reporting.commission_report(collection=collection, wanted=query.wish(), actor=call.actor)
        if query.format == "csv":
            return _file(await asyncio.to_thread(commission_csv, found, query.by), f"commissions-by-{query.by}")
        return Reply(make=partial(asyncio.to_thread, _told, partial(commission_report_shape, found, query), call))

    for name, method, path in (
        ("ReadDashboard", "GET", "api/v1/dashboard/metrics"),
        ("RefreshDashboard", "POST", "api/v1/dashboard/metrics/refresh"),
    ):

        @edge.endpoint(
            bp,
            Endpoint(
                name,
                method,
                path,
                STAFF,
                "The figures of the portal's first page",
                query=MetricsQuery,
                reply=DashboardReply,
                patience=LONG,
            ),
        )
        async def read_dashboard(call: Call) -> Reply:
            query: MetricsQuery = call.query
            check_ranges(("dateTo", query.date_from, query.date_to))
            now, actor = call.act.at, call.actor
            span, collection = Span.of(query.date_from, query.date_to, now), await everything.current()
            found = await reporting.metrics(
                store=store, collection=collection, span=span, limit=query.limit, actor=actor, now=now
            )
            said = metrics_shape(found, span, iso(now))
            return Reply(said, top_level=said)

    return bp


def _told(shape: Callable[[], dict[str, Any]], call: Call) -> dict[str, Any]:
    """A report as it is answered; with 600 partners it takes a while to make, and is made in a thread."""
    return {**shape(), "generatedAt": iso(call.act.at)}


def _file(text: str, name: str) -> Reply:
    named = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Reply(raw=text, media_type="text/csv", headers=named)
