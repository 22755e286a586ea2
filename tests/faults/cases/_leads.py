"""Writes on leads alone."""

from __future__ import annotations

from tests.faults.backend import Process
from tests.faults.cases._request import (
    ADMIN,
    PARTNER,
    REMARKS,
    WHY,
    Prepare,
    Request,
    a_lead,
    a_partner,
    a_phone,
    about,
    an_accepted_lead,
    of_lead,
    tag_of,
    today,
)

EDITS = {"remarks": "after", "city": "Surat"}


async def register(process: Process) -> Request:
    phone = a_phone()
    day = {"followUpDate": today(process)}
    body = {"customerName": "Kavita", "phone": phone, "address": "5 Station Road", **day}
    return Request(PARTNER, "POST", "/leads", body, phones=(phone,), makes="leads")


async def register_a_second(process: Process) -> Request:
    first = await a_lead(process)
    body = {"customerName": "Kavita", "phone": first["phone"], "address": "6 Station Road"}
    return Request(PARTNER, "POST", "/leads", body, **of_lead(first), makes="leads")


async def edit(process: Process) -> Request:
    lead = await a_lead(process, remarks="before")
    return about(lead, ADMIN, "PATCH", f"/leads/{lead['id']}", {**EDITS, "followUpDate": today(process)})


async def edit_phone(process: Process) -> Request:
    lead, phone = await a_lead(process), a_phone()
    said = about(lead, PARTNER, "PATCH", f"/leads/{lead['id']}", {"phone": phone, "followUpDate": today(process)})
    return Request(**{**vars(said), "phones": (lead["phone"], phone)})


async def move(process: Process) -> Request:
    lead = await a_lead(process)
    body = {"status": "In Discussion", "remarks": REMARKS, "followUpDate": today(process)}
    return about(lead, PARTNER, "PATCH", f"/leads/{lead['id']}/status", body)


async def finalize(process: Process) -> Request:
    lead, quotation = await an_accepted_lead(process)
    body = {"status": "Won", "remarks": REMARKS, "quotationRef": quotation}
    return about(lead, PARTNER, "PATCH", f"/leads/{lead['id']}/status", body, if_match=tag_of(lead))


async def send_back(process: Process) -> Request:
    lead, _ = await an_accepted_lead(process)
    body = {"status": "In Discussion", "remarks": REMARKS, "followUpDate": today(process)}
    forced = {**body, "override": True, "overrideReason": WHY}
    return about(lead, ADMIN, "PATCH", f"/leads/{lead['id']}/status", forced, if_match=tag_of(lead))


async def reassign(process: Process) -> Request:
    lead, partner = await a_lead(process), await a_partner(process)
    body = {"cpId": partner["id"], "reason": WHY}
    return about(lead, ADMIN, "PATCH", f"/leads/{lead['id']}/reassign", body, if_match=tag_of(lead))


async def change_several(process: Process) -> Request:
    first, second = await a_lead(process), await a_lead(process)
    body = {"leadIds": [first["id"], second["id"]], "updates": {"remarks": "Called again"}}
    both = {n: (*of_lead(first)[n], *of_lead(second)[n]) for n in ("about", "phones")}
    return Request(ADMIN, "PATCH", "/leads/bulk", body, **both)


CASES: dict[str, Prepare] = {
    "register a lead, new phone": register,
    "register a lead, known phone": register_a_second,
    "edit a lead": edit,
    "edit a lead's phone": edit_phone,
    "move a lead": move,
    "finalize to Won": finalize,
    "send back by override": send_back,
    "reassign a lead": reassign,
    "change several leads": change_several,
}
