"""The exceptions to "one phone number, one customer" over HTTP: an Admin's, critical, each with its way back."""

from __future__ import annotations

import azure.functions as func

from domain import customer_exceptions as exceptions
from domain import leads
from domain.identity import LiveSessions
from domain.values import Role
from functions.edge import Call, Edge, Endpoint, Reply
from functions.models.customer_exceptions import ChangePhoneBody, MergeBody, SharePhoneBody, UndoBody
from functions.models.customers import CustomerShape, customer_shape
from functions.models.fields import Body

ADMIN = frozenset({Role.ADMIN})
_PATIENCE = 4
"""A merge moves each lead in a transaction of its own; the portal waits 30 s. The sweep does the rest."""


def blueprint(edge: Edge, live: LiveSessions) -> func.Blueprint:
    """The functions of the exceptions."""
    bp = func.Blueprint()
    ports = edge.ports

    def exception(name: str, path: str, summary: str, body: type[Body]) -> Endpoint:
        return Endpoint(
            name,
            "POST",
            f"api/v1/customers/{{customerId}}/{path}",
            ADMIN,
            summary,
            body=body,
            reply=CustomerShape,
            critical=True,
            reserves="job",
            patience=_PATIENCE,
        )

    async def job_id(call: Call) -> str:
        return call.reserved or await exceptions.reserve_job_id(ports)

    async def replied(call: Call, customer_id: str) -> Reply:
        seen = await leads.customer_of_actor(store=ports.store, customer_id=customer_id, actor=call.actor)
        return Reply(customer_shape(seen), version=seen.customer.version)

    change = exception("ChangeCustomerPhone", "change-phone", "Give a customer another phone", ChangePhoneBody)

    @edge.endpoint(bp, change)
    async def change_customer_phone(call: Call) -> Reply:
        changed = await exceptions.change_phone(
            ports=ports,
            live=live,
            job_id=await job_id(call),
            customer_id=call.path["customerId"],
            new_phone=call.body.new_phone,
            reason=call.body.reason,
            act=call.act,
        )
        return await replied(call, changed)

    share = exception("ShareCustomerPhone", "share-phone", "Let two people share a number", SharePhoneBody)

    @edge.endpoint(bp, share)
    async def share_customer_phone(call: Call) -> Reply:
        body: SharePhoneBody = call.body
        sharing = exceptions.Sharing(body.phone, body.other_customer_id, body.name or body.person)
        shared = await exceptions.share_phone(
            ports=ports,
            live=live,
            job_id=await job_id(call),
            customer_id=call.path["customerId"],
            sharing=sharing,
            reason=body.reason,
            act=call.act,
        )
        return await replied(call, shared)

    unshare = exception("UnshareCustomerPhone", "unshare-phone", "End that a customer shares a number", UndoBody)

    @edge.endpoint(bp, unshare)
    async def unshare_customer_phone(call: Call) -> Reply:
        unshared = await exceptions.unshare_phone(
            ports=ports,
            live=live,
            job_id=await job_id(call),
            customer_id=call.path["customerId"],
            reason=call.body.reason,
            act=call.act,
        )
        return await replied(call, unshared)

    merge = exception("MergeCustomers", "merge", "Merge another record of the same person into this one", MergeBody)

    @edge.endpoint(bp, merge)
    async def merge_customers(call: Call) -> Reply:
        survivor = await exceptions.merge_customers(
            ports=ports,
            live=live,
            job_id=await job_id(call),
            survivor_id=call.path["customerId"],
            loser_id=call.body.other_customer_id,
            reason=call.body.reason,
            act=call.act,
        )
        return await replied(call, survivor)

    unmerge = exception("UnmergeCustomer", "unmerge", "Take a merge back: restore the merged record", UndoBody)

    @edge.endpoint(bp, unmerge)
    async def unmerge_customer(call: Call) -> Reply:
        restored = await exceptions.unmerge_customer(
            ports=ports,
            live=live,
            job_id=await job_id(call),
            loser_id=call.path["customerId"],
            reason=call.body.reason,
            act=call.act,
        )
        return await replied(call, restored)

    return bp
