"""Writes on customers, the exceptions of mission.md §6 and their ways back among them."""

from __future__ import annotations

from typing import Any

from tests.faults.backend import Process
from tests.faults.cases._request import (
    ADMIN,
    WHY,
    Made,
    Prepare,
    Request,
    a_lead,
    a_phone,
    a_shared_quotation,
    about,
    customer_of,
    done,
    of_lead,
)


async def create(process: Process) -> Request:
    phone = a_phone()
    return Request(
        ADMIN, "POST", "/customers", {"name": "Tara", "phone": phone}, phones=(phone,), makes="customers"
    )


async def edit(process: Process) -> Request:
    lead = await a_lead(process)
    body = {"city": "Surat", "name": "Kavita Desai"}
    return about(lead, customer_of(lead), "PATCH", f"/customers/{lead['customerId']}", body)


async def exception(process: Process, verb: str, customer: str, *, beside: list[Made], **body: Any) -> Request:
    """An Admin's exception of a customer at its present version; `beside` are the leads that it concerns."""
    seen = await process.call(ADMIN, "GET", f"/customers/{customer}")
    parts = [of_lead(lead) for lead in beside]
    found = tuple(dict.fromkeys(place for part in parts for place in part["about"]))
    numbers = tuple(dict.fromkeys(phone for part in parts for phone in part["phones"]))
    new = (body["newPhone"],) if "newPhone" in body else ()
    sent, tag = {"reason": WHY, **body}, {"if_match": seen.headers["ETag"]}
    return Request(ADMIN, "POST", f"/customers/{customer}/{verb}", sent, tag, about=found, phones=(*numbers, *new))


async def change_phone(process: Process) -> Request:
    lead = await a_lead(process)
    return await exception(process, "change-phone", lead["customerId"], beside=[lead], newPhone=a_phone())


async def share_phone(process: Process) -> Request:
    holder, friend = await a_lead(process), await a_lead(process)
    other = friend["customerId"]
    return await exception(
        process, "share-phone", holder["customerId"], beside=[holder, friend], otherCustomerId=other
    )


async def unshare_phone(process: Process) -> Request:
    sharing = await share_phone(process)
    done(await process.call(sharing.who, sharing.method, sharing.path, sharing.body, **sharing.headers))
    other = sharing.body["otherCustomerId"]
    said = await exception(process, "unshare-phone", other, beside=[])
    return Request(**{**vars(said), "about": sharing.about, "phones": sharing.phones})


async def merge(process: Process) -> Request:
    kept, lost = await a_lead(process), await a_lead(process)
    await a_shared_quotation(process, lost)  # which the customer is told of, and hasn't read
    loser = lost["customerId"]
    return await exception(process, "merge", kept["customerId"], beside=[kept, lost], otherCustomerId=loser)


async def unmerge(process: Process) -> Request:
    merging = await merge(process)
    done(await process.call(merging.who, merging.method, merging.path, merging.body, **merging.headers))
    said = await exception(process, "unmerge", merging.body["otherCustomerId"], beside=[])
    return Request(**{**vars(said), "about": merging.about, "phones": merging.phones})


CASES: dict[str, Prepare] = {
    "make a customer": create,
    "edit a customer's profile": edit,
    "change a customer's phone": change_phone,
    "share a customer's phone": share_phone,
    "end the sharing": unshare_phone,
    "merge two customers": merge,
    "take a merge back": unmerge,
}
