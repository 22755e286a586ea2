"""What a client sends, and what cases need before they can send it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from domain.values import day_in_india
from local.demo import CONFIGURATION
from tests.faults.backend import Answer, Process

PARTNER = "CP:CP-1001:Ravi:"
ADMIN = "Admin:ADMIN-1001:Asha:"
REMARKS = "Spoke with the customer"
WHY = "The customer asked for it"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Request:
    """What the client sends, again and again until it has an answer.

    `about` are the aggregates that it may change (table and partition), and `phones` the numbers that they have.
    `makes` is the table of what it makes, whose id the answer tells. `varies` are members of the answer that are
    made anew each time, such as links.
    """

    who: str
    method: str
    path: str
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    about: tuple[tuple[str, str], ...] = ()
    phones: tuple[str, ...] = ()
    makes: str | None = None
    varies: tuple[str, ...] = ()


Prepare = Callable[[Process], Awaitable[Request]]
Made = dict[str, Any]


def a_number() -> int:
    """A number that nothing else of this run has."""
    return next(_numbers)


def a_phone() -> str:
    """A mobile number that no other test of this run uses."""
    return f"+917{os.getpid() % 1000:03d}{a_number():06d}"


def a_key() -> str:
    """An Idempotency-Key that no other request of this run has."""
    return f"key-{os.getpid()}-{a_number()}"


def today(process: Process) -> str:
    """The day in India."""
    return day_in_india(process.clock.now()).isoformat()


def tag_of(made: Made) -> str:
    """The `If-Match` of what an answer showed."""
    return f'"{made["version"]}"'


def done(answer: Answer) -> Made:
    """What the answer to a preparing request shows."""
    assert answer.status in (200, 201), answer.body
    return answer.data


def of_lead(lead: Made) -> dict[str, Any]:
    """What a request about a lead concerns."""
    about = (("leads", lead["id"]), ("customers", lead["customerId"]))
    return {"about": about, "phones": (lead["phone"],)}


def about(lead: Made, who: str, method: str, path: str, body: Made, **headers: str) -> Request:
    """A request about a lead that is there."""
    return Request(who, method, path, body, headers, **of_lead(lead))


def customer_of(lead: Made) -> str:
    """The customer of a lead, signed in."""
    return f"Customer:{lead['customerId']}:Kavita:{lead['phone']}"


async def a_lead(process: Process, **fields: Any) -> Made:
    """A new lead of the partner."""
    body = {"customerName": "Kavita", "phone": a_phone(), "address": "5 Station Road", **fields}
    return done(await process.call(PARTNER, "POST", "/leads", body))


async def a_quotation(process: Process, lead: Made) -> Made:
    """A Created quotation of a lead."""
    return done(await process.call(PARTNER, "POST", "/quotations", {"leadId": lead["id"], **CONFIGURATION}))


async def a_shared_quotation(process: Process, lead: Made) -> Made:
    """A Shared quotation of a lead."""
    made = await a_quotation(process, lead)
    return done(await process.call(PARTNER, "PATCH", f"/quotations/{made['id']}/share"))


async def an_accepted_lead(process: Process) -> tuple[Made, str]:
    """A lead in status Customer Accepted as it is now, and the accepted quotation's id."""
    lead = await a_lead(process)
    first, _ = [await a_shared_quotation(process, lead) for _ in range(2)]
    done(await process.call(customer_of(lead), "PATCH", f"/quotations/{first['id']}/accept"))
    return (await process.call(PARTNER, "GET", f"/leads/{lead['id']}")).data, first["id"]


async def a_customer(process: Process, **fields: Any) -> Made:
    """A customer that an Admin has made."""
    body = {"name": "Kavita", "phone": a_phone(), **fields}
    return done(await process.call(ADMIN, "POST", "/customers", body))


async def a_partner(process: Process, **fields: Any) -> Made:
    """Another channel partner, active unless a field says otherwise."""
    body = {"name": "Meera", "phone": a_phone(), **fields}
    made = done(await process.call(ADMIN, "POST", "/channel-partners", body))
    if made["id"] == "CP-1001":  # an empty storage's first one would be Ravi
        return await a_partner(process, **{"phone": a_phone(), **fields})
    return made
