"""Writes on channel partners and key account managers."""

from __future__ import annotations

from typing import Any

from tests.faults.backend import Process
from tests.faults.cases._request import (
    ADMIN,
    WHY,
    Made,
    Prepare,
    Request,
    a_number,
    a_partner,
    a_phone,
    done,
    tag_of,
)


def about_person(made: Made, method: str, path: str, body: Made, **headers: Any) -> Request:
    """A request about a partner who is there."""
    return Request(ADMIN, method, f"/channel-partners/{path}", body, headers, about=(("people", made["id"]),))


async def enroll(process: Process) -> Request:
    body = {"name": "Meera", "phone": a_phone(), "status": "Pending"}
    return Request(ADMIN, "POST", "/channel-partners", body, makes="people")


async def edit(process: Process) -> Request:
    made = await a_partner(process)
    return about_person(made, "PATCH", made["id"], {"city": "Surat"})


async def activate(process: Process) -> Request:
    made = await a_partner(process, status="Pending")
    return about_person(made, "PATCH", f"{made['id']}/activate", {}, if_match=tag_of(made))


async def deactivate(process: Process) -> Request:
    made = await a_partner(process)
    return about_person(made, "PATCH", f"{made['id']}/deactivate", {"reason": WHY}, if_match=tag_of(made))


async def assign_kam(process: Process) -> Request:
    email = f"kam{a_number()}@example.com"
    kam = done(await process.call(ADMIN, "POST", "/kams", {"name": "Tara", "email": email}))
    made = await a_partner(process)
    return about_person(made, "POST", "bulk-assign-kam", {"cpIds": [made["id"]], "kamId": kam["id"]})


CASES: dict[str, Prepare] = {
    "enroll a partner": enroll,
    "edit a partner": edit,
    "activate a partner": activate,
    "deactivate a partner": deactivate,
    "assign a KAM": assign_kam,
}
