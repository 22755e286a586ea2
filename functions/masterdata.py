"""Master data over HTTP: the one read call of the apps, and the services. Prices are made in `quotations`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import azure.functions as func

from domain.pricing import MasterDataNotFound, Service, catalogue_for_apps, service_for_apps
from domain.values import day_in_india
from functions.edge import SIGNED_IN, Call, Edge, Endpoint, Reply
from functions.models.masterdata import MasterDataQuery, ServicesQuery
from functions.models.pages import page_of, place_of
from functions.models.pricing import CatalogueSource
from functions.replies import MasterDataReply, PageReply, ServiceReply

_READS = (
    ("ReadMasterData", "api/v1/master-data"),
    ("ReadMasterDataWithoutVersion", "api/master-data"),
    ("ReadMasterDataByOtherName", "api/v1/masterdata"),
)
_REVALIDATE = {"Cache-Control": "private, no-cache"}  # keep it, but ask with If-None-Match before using it


def blueprint(edge: Edge, catalogue: CatalogueSource) -> func.Blueprint:
    """The functions that read master data."""
    bp = func.Blueprint()

    for name, path in _READS:

        @edge.endpoint(
            bp,
            Endpoint(
                name, "GET", path, SIGNED_IN, "What can be sold today", query=MasterDataQuery, reply=MasterDataReply
            ),
        )
        async def read_master_data(call: Call) -> Reply:
            query: MasterDataQuery = call.query
            today = (await catalogue.current()).on(day_in_india(call.act.at))
            category = query.category or query.type
            data = catalogue_for_apps(today, active_only=query.active_only, category=category)
            tag = f"{today.version}-{today.day}-{category or 'all'}-{'active' if query.active_only else 'every'}"
            return Reply(data, tag=tag, headers=_REVALIDATE)

    @edge.endpoint(
        bp,
        Endpoint(
            "ListServices",
            "GET",
            "api/v1/services",
            SIGNED_IN,
            "What a customer may ask for",
            query=ServicesQuery,
            reply=PageReply[ServiceReply],
        ),
    )
    async def list_services(call: Call) -> Reply:
        today = (await catalogue.current()).on(day_in_india(call.act.at))
        return Reply(_page(_wanted(today.services, call.query), call.query))

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadService", "GET", "api/v1/services/{serviceId}", SIGNED_IN, "Read a service", reply=ServiceReply
        ),
    )
    async def read_service(call: Call) -> Reply:
        today = (await catalogue.current()).on(day_in_india(call.act.at))
        found = next((row for row in today.services if row.id == call.path["serviceId"]), None)
        if found is None:
            raise MasterDataNotFound("There is no such service.")
        return Reply(service_for_apps(found), version=found.revision)

    return bp


def _wanted(rows: Iterable[Service], query: ServicesQuery) -> list[Service]:
    active = query.status if query.active is None else query.active
    return [
        row
        for row in rows
        if active in (None, row.active)
        and (query.type is None or row.type.casefold() == query.type.casefold())
        and (query.category is None or row.category.casefold() == query.category.casefold())
    ]


def _page(rows: list[Service], query: ServicesQuery) -> dict[str, Any]:
    items = [service_for_apps(row) for row in page_of(rows, query)]
    return {"items": items, **place_of(len(rows), query.start, query.limit)}
