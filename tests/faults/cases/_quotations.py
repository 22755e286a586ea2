"""Writes on quotations."""

from __future__ import annotations

from local.demo import CONFIGURATION
from tests.faults.backend import Process
from tests.faults.cases._request import (
    ADMIN,
    PARTNER,
    WHY,
    Prepare,
    Request,
    a_lead,
    a_quotation,
    a_shared_quotation,
    about,
    customer_of,
    done,
    tag_of,
)


async def make(process: Process) -> Request:
    lead = await a_lead(process)
    return about(lead, PARTNER, "POST", "/quotations", {"leadId": lead["id"], **CONFIGURATION})


async def set_price(process: Process) -> Request:
    lead = await a_lead(process)
    made = await a_quotation(process, lead)
    body = {"discount": 500, "reason": WHY}
    return about(lead, ADMIN, "PATCH", f"/quotations/{made['id']}", body, if_match=tag_of(made))


async def finish(process: Process) -> Request:
    lead = await a_lead(process)
    body = {"leadId": lead["id"], **CONFIGURATION, "draft": True}
    draft = done(await process.call(ADMIN, "POST", "/quotations", body))
    return about(lead, ADMIN, "PATCH", f"/quotations/{draft['id']}/finalize", {})


async def share(process: Process) -> Request:
    lead = await a_lead(process)
    made = await a_quotation(process, lead)
    return about(lead, PARTNER, "PATCH", f"/quotations/{made['id']}/share", {})


async def withdraw(process: Process) -> Request:
    lead = await a_lead(process)
    shared = await a_shared_quotation(process, lead)
    return about(lead, PARTNER, "PATCH", f"/quotations/{shared['id']}/withdraw", {"reason": "Wrong roof"})


async def accept(process: Process) -> Request:
    lead = await a_lead(process)
    first, _ = [await a_shared_quotation(process, lead) for _ in range(2)]
    return about(lead, customer_of(lead), "PATCH", f"/quotations/{first['id']}/accept", {})


async def reject(process: Process) -> Request:
    lead = await a_lead(process)
    shared = await a_shared_quotation(process, lead)
    return about(lead, customer_of(lead), "PATCH", f"/quotations/{shared['id']}/reject", {"reason": "Too dear"})


CASES: dict[str, Prepare] = {
    "make a quotation": make,
    "set a final price": set_price,
    "finalize a draft": finish,
    "share a quotation": share,
    "withdraw a quotation": withdraw,
    "accept a quotation": accept,
    "reject a quotation": reject,
}
