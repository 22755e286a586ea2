"""Writes on documents of leads and on KYC. The client's own upload isn't a request of ours."""

from __future__ import annotations

from tests.domain.documents.files import A_JPEG
from tests.faults.backend import Process
from tests.faults.cases._request import (
    ADMIN,
    PARTNER,
    Made,
    Prepare,
    Request,
    a_lead,
    about,
    customer_of,
    done,
    of_lead,
)

LINK = ("sasUrl", "uploadUrl", "expiresAt")
"""A link is made anew for each answer."""


async def an_upload(process: Process, lead: Made, *, content: bytes = A_JPEG) -> Made:
    """A document of a lead whose file has arrived."""
    made = done(await process.call(PARTNER, "POST", "/leadDocuments", {"leadId": lead["id"]}))
    await process.storage.upload(made["sasUrl"], content)
    return made


async def a_kyc_upload(process: Process, lead: Made) -> Made:
    """A KYC document that the customer has uploaded."""
    made = done(await process.call(customer_of(lead), "POST", "/kycDocuments", kyc_of(lead)))
    await process.storage.upload(made["sasUrl"], A_JPEG)
    return made


async def a_kyc_document(process: Process, lead: Made) -> Made:
    """A KYC document that waits for its review."""
    made = await a_kyc_upload(process, lead)
    return done(await process.call(customer_of(lead), "POST", f"/documents/{made['docId']}/complete"))


def kyc_of(lead: Made) -> Made:
    """The body that begins an upload."""
    return {"customerId": lead["customerId"], "docType": "PAN", "leadId": lead["id"]}


async def add(process: Process) -> Request:
    lead = await a_lead(process)
    said = of_lead(lead)
    return Request(PARTNER, "POST", "/leadDocuments", {"leadId": lead["id"]}, varies=LINK, **said)


async def complete(process: Process) -> Request:
    lead = await a_lead(process)
    upload = await an_upload(process, lead)
    return about(lead, PARTNER, "POST", f"/documents/{upload['docId']}/complete", {})


async def delete(process: Process) -> Request:
    lead = await a_lead(process)
    upload = await an_upload(process, lead)
    done(await process.call(PARTNER, "POST", f"/documents/{upload['docId']}/complete"))
    return about(lead, PARTNER, "DELETE", f"/documents/{upload['docId']}", {})


async def add_kyc(process: Process) -> Request:
    lead = await a_lead(process)
    said = of_lead(lead)
    return Request(customer_of(lead), "POST", "/kycDocuments", kyc_of(lead), varies=LINK, **said)


async def complete_kyc(process: Process) -> Request:
    lead = await a_lead(process)
    upload = await a_kyc_upload(process, lead)
    return about(lead, customer_of(lead), "POST", f"/documents/{upload['docId']}/complete", {})


async def approve_kyc(process: Process) -> Request:
    lead = await a_lead(process)
    document = await a_kyc_document(process, lead)
    return about(lead, ADMIN, "PATCH", f"/kycDocuments/{document['docId']}/approve", {})


async def reject_kyc(process: Process) -> Request:
    lead = await a_lead(process)
    document = await a_kyc_document(process, lead)
    body = {"reason": "It can't be read"}
    return about(lead, ADMIN, "PATCH", f"/kycDocuments/{document['docId']}/reject", body)


CASES: dict[str, Prepare] = {
    "add a lead document": add,
    "complete a lead document": complete,
    "delete a lead document": delete,
    "add a KYC document": add_kyc,
    "complete a KYC document": complete_kyc,
    "approve a KYC document": approve_kyc,
    "reject a KYC document": reject_kyc,
}
