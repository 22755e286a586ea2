"""The settings over HTTP: read, change, and who changed what (api.md). For Admins only."""

from __future__ import annotations

import azure.functions as func

from domain import settings
from domain.settings import Settings
from domain.values import Role
from functions.edge import Call, Edge, Endpoint, Reply
from functions.models.paging import check_ranges
from functions.models.settings import (
    SettingsAuditQuery,
    SettingsBody,
    SettingsShape,
    audit_page,
    change_of,
    settings_shape,
)
from functions.replies import SettingsAuditReply

ADMIN = frozenset({Role.ADMIN})
PATH = "api/v1/settings"


def blueprint(edge: Edge) -> func.Blueprint:
    """The functions of the settings."""
    bp = func.Blueprint()
    ports = edge.ports

    @edge.endpoint(bp, Endpoint("ReadSettings", "GET", PATH, ADMIN, "Read the settings", reply=SettingsShape))
    async def read_settings(call: Call) -> Reply:
        return _reply(await settings.read_settings(store=ports.store))

    @edge.endpoint(
        bp,
        Endpoint(
            "ChangeSettings",
            "PATCH",
            PATH,
            ADMIN,
            "Change some of the settings; needs If-Match",
            body=SettingsBody,
            reply=SettingsShape,
            critical=True,
        ),
    )
    async def change_settings(call: Call) -> Reply:
        return _reply(await settings.change_settings(ports=ports, change=change_of(call.body), act=call.act))

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadSettingsAudit",
            "GET",
            f"{PATH}/audit",
            ADMIN,
            "Who changed which setting, newest first",
            query=SettingsAuditQuery,
            reply=SettingsAuditReply,
        ),
    )
    async def read_settings_audit(call: Call) -> Reply:
        check_ranges(("dateTo", call.query.date_from, call.query.date_to))
        said = audit_page(await settings.timeline_of_settings(store=ports.store), call.query)
        return Reply(said, top_level=said)

    return bp


def _reply(found: Settings) -> Reply:
    said = settings_shape(found)
    return Reply(said, version=found.version, top_level=said.model_dump(by_alias=True))
