"""The write use cases that meet the faults: what has to be there before, and the one request. No tests here."""

from __future__ import annotations

import itertools
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from domain.values import day_in_india
from local.demo import CONFIGURATION
from tests.faults.backend import Process

PARTNER = "CP:CP-1001:Ravi:"
ADMIN = "Admin:ADMIN-1001:Asha:"
REMARKS = "Spoke with the customer"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Request:
    """What the client sends, again and again until it has an answer.

    `lead` is the lead it is about, if there is one; `before` are the leads that the customer has already.
    """

    who: str
    method: str
    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    lead: str | None
    phone: str
    before: tuple[str, ...] = ()


Prepare = Callable[[Process], Awaitable[Request]]


def a_phone() -> str:
    """A mobile number that no other test of this run uses."""
    return f"+917{os.getpid() % 1000:03d}{next(_numbers):06d}"


def a_key() -> str:
    """An Idempotency-Key that no other request of this run has."""
    return f"key-{os.getpid()}-{next(_numbers)}"


async def a_lead(process: Process, **fields: Any) -> dict[str, Any]:
    body = {"customerName": "Kavita", "phone": a_phone(), "address": "5 Station Road", **fields}
    made = await process.call(PARTNER, "POST", "/leads", body)
    assert made.status == 201, made.body
    return made.data  # type: ignore[no-any-return]


async def a_shared_quotation(process: Process, lead: dict[str, Any]) -> dict[str, Any]:
    made = await process.call(PARTNER, "POST", "/quotations", {"leadId": lead["id"], **CONFIGURATION})
    assert made.status == 201, made.body
    shared = await process.call(PARTNER, "PATCH", f"/quotations/{made.data['id']}/share")
    assert shared.status == 200, shared.body
    return shared.data  # type: ignore[no-any-return]


async def an_accepted_lead(process: Process) -> tuple[dict[str, Any], str]:
    """A lead in status Customer Accepted as it is now, and the accepted quotation's id."""
    lead = await a_lead(process)
    first, _ = [await a_shared_quotation(process, lead) for _ in range(2)]
    said = await process.call(customer_of(lead), "PATCH", f"/quotations/{first['id']}/accept")
    assert said.status == 200, said.body
    return (await process.call(PARTNER, "GET", f"/leads/{lead['id']}")).data, first["id"]


def customer_of(lead: dict[str, Any]) -> str:
    """The customer of a lead, signed in."""
    return f"Customer:{lead['customerId']}:Kavita:{lead['phone']}"


def about(lead: dict[str, Any], who: str, method: str, path: str, body: dict[str, Any], **headers: str) -> Request:
    """A request about a lead that is there."""
    return Request(who, method, path, body, headers, lead["id"], lead["phone"])


async def register_a_lead(process: Process) -> Request:
    phone = a_phone()
    body = {"customerName": "Kavita", "phone": phone, "address": "5 Station Road"}
    return Request(PARTNER, "POST", "/leads", body, {}, None, phone)


async def register_a_second_lead(process: Process) -> Request:
    first = await a_lead(process)
    body = {"customerName": "Kavita", "phone": first["phone"], "address": "6 Station Road"}
    return Request(PARTNER, "POST", "/leads", body, {}, None, first["phone"], before=(first["id"],))


async def edit(process: Process) -> Request:
    lead = await a_lead(process, remarks="before")
    return about(lead, ADMIN, "PATCH", f"/leads/{lead['id']}", {"remarks": "after", "city": "Surat"})


async def move(process: Process) -> Request:
    lead = await a_lead(process)
    day = day_in_india(process.clock.now()).isoformat()
    body = {"status": "In Discussion", "remarks": REMARKS, "followUpDate": day}
    return about(lead, PARTNER, "PATCH", f"/leads/{lead['id']}/status", body)


async def quote(process: Process) -> Request:
    lead = await a_lead(process)
    return about(lead, PARTNER, "POST", "/quotations", {"leadId": lead["id"], **CONFIGURATION})


async def price(process: Process) -> Request:
    lead = await a_lead(process)
    made = await process.call(PARTNER, "POST", "/quotations", {"leadId": lead["id"], **CONFIGURATION})
    body = {"discount": 500, "reason": "Agreed with the customer"}
    tag = f'"{made.data["version"]}"'
    return about(lead, ADMIN, "PATCH", f"/quotations/{made.data['id']}", body, if_match=tag)


async def finish(process: Process) -> Request:
    lead = await a_lead(process)
    body = {"leadId": lead["id"], **CONFIGURATION, "draft": True}
    draft = await process.call(ADMIN, "POST", "/quotations", body)
    return about(lead, ADMIN, "PATCH", f"/quotations/{draft.data['id']}/finalize", {})


async def withdraw(process: Process) -> Request:
    lead = await a_lead(process)
    quotation = await a_shared_quotation(process, lead)
    return about(lead, PARTNER, "PATCH", f"/quotations/{quotation['id']}/withdraw", {"reason": "Wrong roof"})


async def share(process: Process) -> Request:
    lead = await a_lead(process)
    made = await process.call(PARTNER, "POST", "/quotations", {"leadId": lead["id"], **CONFIGURATION})
    return about(lead, PARTNER, "PATCH", f"/quotations/{made.data['id']}/share", {})


async def accept(process: Process) -> Request:
    lead = await a_lead(process)
    first, _ = [await a_shared_quotation(process, lead) for _ in range(2)]
    return about(lead, customer_of(lead), "PATCH", f"/quotations/{first['id']}/accept", {})


async def reject(process: Process) -> Request:
    lead = await a_lead(process)
    quotation = await a_shared_quotation(process, lead)
    return about(lead, customer_of(lead), "PATCH", f"/quotations/{quotation['id']}/reject", {"reason": "Too dear"})


async def finalize(process: Process) -> Request:
    lead, quotation = await an_accepted_lead(process)
    body = {"status": "Won", "remarks": REMARKS, "quotationRef": quotation}
    tag = f'"{lead["version"]}"'
    return about(lead, PARTNER, "PATCH", f"/leads/{lead['id']}/status", body, if_match=tag)


async def send_back(process: Process) -> Request:
    lead, _ = await an_accepted_lead(process)
    day = day_in_india(process.clock.now()).isoformat()
    forced = {"override": True, "overrideReason": "Accepted by mistake"}
    body = {"status": "In Discussion", "remarks": REMARKS, "followUpDate": day, **forced}
    tag = f'"{lead["version"]}"'
    return about(lead, ADMIN, "PATCH", f"/leads/{lead['id']}/status", body, if_match=tag)


async def moved(process: Process, lead: dict[str, Any], **body: Any) -> dict[str, Any]:
    """The lead after a move by an Admin."""
    path, tag = f"/leads/{lead['id']}/status", f'"{lead["version"]}"'
    said = await process.call(ADMIN, "PATCH", path, {"remarks": REMARKS, **body}, if_match=tag)
    assert said.status == 200, said.body
    return said.data  # type: ignore[no-any-return]


async def an_executed_lead(process: Process, *, approved: bool = False) -> tuple[dict[str, Any], str, str]:
    """A lead in status Executed, its commission's id and that one's ETag."""
    lead, quotation = await an_accepted_lead(process)
    lead = await moved(process, lead, status="Won", quotationRef=quotation)
    lead = await moved(process, lead, status="Pending at Solarium")
    lead = await moved(process, lead, status="Under Execution", tokenNumber="TKN-77")
    lead = await moved(process, lead, status="Executed")
    path = f"/commissions/COMM-{lead['id'][5:]}01"
    tag = (await process.call(ADMIN, "GET", path)).headers["ETag"]
    if approved:
        done = await process.call(ADMIN, "PATCH", f"{path}/approve", {}, if_match=tag)
        assert done.status == 200, done.body
        tag = done.headers["ETag"]
    return lead, path, tag


async def approve(process: Process) -> Request:
    lead, path, tag = await an_executed_lead(process)
    body = {"approvedAmount": 5000, "reason": "Delivered late"}
    return about(lead, ADMIN, "PATCH", f"{path}/approve", body, if_match=tag)


async def pay(process: Process) -> Request:
    lead, path, tag = await an_executed_lead(process, approved=True)
    day = day_in_india(process.clock.now()).isoformat()
    utr = f"SBIN{os.getpid() % 1000:03d}{next(_numbers):09d}"
    body = {"utrNumber": utr, "paymentDate": day, "paymentMethod": "NEFT"}
    return about(lead, ADMIN, "PATCH", f"{path}/markPaid", body, if_match=tag)


async def claw_back(process: Process) -> Request:
    lead, _, _ = await an_executed_lead(process, approved=True)
    lead = (await process.call(ADMIN, "GET", f"/leads/{lead['id']}")).data
    forced = {"override": True, "overrideReason": "Won by mistake"}
    body = {"status": "Not Interested", "remarks": REMARKS, **forced}
    tag = f'"{lead["version"]}"'
    return about(lead, ADMIN, "PATCH", f"/leads/{lead['id']}/status", body, if_match=tag)


async def reassign(process: Process) -> Request:
    lead = await a_lead(process)
    body = {"cpId": "CP-1002", "reason": "Nearer to the customer"}
    tag = f'"{lead["version"]}"'
    return about(lead, ADMIN, "PATCH", f"/leads/{lead['id']}/reassign", body, if_match=tag)


async def edit_phone(process: Process) -> Request:
    lead, phone = await a_lead(process), a_phone()
    return Request(PARTNER, "PATCH", f"/leads/{lead['id']}", {"phone": phone}, {}, lead["id"], phone)


CASES: dict[str, Prepare] = {
    "register a lead, new phone": register_a_lead,
    "register a lead, known phone": register_a_second_lead,
    "edit a lead": edit,
    "move a lead": move,
    "make a quotation": quote,
    "set a final price": price,
    "finalize a draft": finish,
    "share a quotation": share,
    "withdraw a quotation": withdraw,
    "accept a quotation": accept,
    "reject a quotation": reject,
    "finalize to Won": finalize,
    "send back by override": send_back,
    "approve a commission": approve,
    "mark a commission paid": pay,
    "force back after Won (clawback)": claw_back,
    "reassign a lead": reassign,
    "edit a lead's phone": edit_phone,
}
