"""Writes on master data and settings: one aggregate each, for everybody."""

from __future__ import annotations

from datetime import timedelta

from domain.values import day_in_india
from tests.faults.backend import Process
from tests.faults.cases._request import ADMIN, Made, Prepare, Request, a_number, done, tag_of

CATALOGUE = (("masterdata", "catalogue"),)


def a_panel() -> Made:
    """A panel that nobody else makes."""
    return {"make": "Test", "variant": f"V{a_number()}", "watts": 500, "unitPrice": 8000.5, "dcr": False}


async def add_item(process: Process) -> Request:
    return Request(ADMIN, "POST", "/masterdata/panels", a_panel(), about=CATALOGUE)


async def change_item(process: Process) -> Request:
    made = done(await process.call(ADMIN, "POST", "/masterdata/panels", a_panel()))
    path, tag = f"/masterdata/panels/{made['id']}", {"if_match": tag_of(made)}
    tomorrow = (day_in_india(process.clock.now()) + timedelta(days=1)).isoformat()
    body = {"unitPrice": 7999.99, "effectiveFrom": tomorrow}
    return Request(ADMIN, "PATCH", path, body, tag, about=CATALOGUE)


async def change_settings(process: Process) -> Request:
    seen = await process.call(ADMIN, "GET", "/settings")
    body, tag = {"thresholds": {"discount": a_number()}}, {"if_match": seen.headers["ETag"]}
    return Request(ADMIN, "PATCH", "/settings", body, tag, about=(("settings", "settings"),))


CASES: dict[str, Prepare] = {
    "add master data": add_item,
    "change master data": change_item,
    "change the settings": change_settings,
}
