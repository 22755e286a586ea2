"""Writes on commissions. Each needs a lead that has come all the way."""

from __future__ import annotations

import os
from typing import Any

from tests.faults.backend import Process
from tests.faults.cases._request import (
    ADMIN,
    REMARKS,
    WHY,
    Made,
    Prepare,
    Request,
    a_number,
    about,
    an_accepted_lead,
    done,
    tag_of,
    today,
)


async def moved(process: Process, lead: Made, **body: Any) -> Made:
    """The lead after a move by an Admin."""
    path = f"/leads/{lead['id']}/status"
    return done(await process.call(ADMIN, "PATCH", path, {"remarks": REMARKS, **body}, if_match=tag_of(lead)))


async def an_executed_lead(process: Process, *, approved: bool = False) -> tuple[Made, str, str]:
    """A lead in status Executed, its commission's path and that one's ETag."""
    lead, quotation = await an_accepted_lead(process)
    forced = {"override": True, "overrideReason": WHY, "quotationRef": quotation}
    lead = await moved(process, lead, status="Executed", **forced)
    path = f"/commissions/COMM-{lead['id'][5:]}01"
    tag = (await process.call(ADMIN, "GET", path)).headers["ETag"]
    if approved:
        answer = await process.call(ADMIN, "PATCH", f"{path}/approve", {}, if_match=tag)
        done(answer)
        tag = answer.headers["ETag"]
    return lead, path, tag


async def approve(process: Process) -> Request:
    lead, path, tag = await an_executed_lead(process)
    body = {"approvedAmount": 5000, "reason": "Delivered late"}
    return about(lead, ADMIN, "PATCH", f"{path}/approve", body, if_match=tag)


async def pay(process: Process) -> Request:
    lead, path, tag = await an_executed_lead(process, approved=True)
    utr = f"SBIN{os.getpid() % 1000:03d}{a_number():09d}"
    body = {"utrNumber": utr, "paymentDate": today(process), "paymentMethod": "NEFT"}
    return about(lead, ADMIN, "PATCH", f"{path}/markPaid", body, if_match=tag)


async def claw_back(process: Process) -> Request:
    lead, _, _ = await an_executed_lead(process, approved=True)
    lead = (await process.call(ADMIN, "GET", f"/leads/{lead['id']}")).data
    forced = {"override": True, "overrideReason": WHY}
    body = {"status": "Not Interested", "remarks": REMARKS, **forced}
    return about(lead, ADMIN, "PATCH", f"/leads/{lead['id']}/status", body, if_match=tag_of(lead))


CASES: dict[str, Prepare] = {
    "approve a commission": approve,
    "mark a commission paid": pay,
    "claw a commission back": claw_back,
}
