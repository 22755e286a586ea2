"""Which key account manager looks after which channel partners, and a KAM's status, over HTTP."""

from __future__ import annotations

import azure.functions as func

from domain import identity
from domain.values import Role
from functions.auth import Desk
from functions.edge import Call, Edge, Endpoint, Reply
from functions.models.paging import Cursors
from functions.models.people import (
    AssignKamBody,
    AssignPartnersBody,
    KamStatusBody,
    PeopleQuery,
    PersonShape,
    assignments_shape,
)
from functions.people import ADMIN, KAMS, OVERSEERS, people_page, reply, with_status
from functions.replies import AssignmentsReply, PageReply


def blueprint(edge: Edge, desk: Desk, cursors: Cursors) -> func.Blueprint:
    """The functions of assignments."""
    bp = func.Blueprint()
    _assigning(bp, edge)
    _assigned(bp, edge, cursors)
    _kam_status(bp, edge, desk)
    return bp


def _kam_status(bp: func.Blueprint, edge: Edge, desk: Desk) -> None:
    endpoint = Endpoint(
        "ChangeKamStatus",
        "PATCH",
        "api/v1/kams/{personId}/status",
        ADMIN,
        "Activate or deactivate a key account manager; needs If-Match",
        body=KamStatusBody,
        reply=PersonShape,
        critical=True,
    )

    @edge.endpoint(bp, endpoint)
    async def change_kam_status(call: Call) -> Reply:
        return reply(await with_status(edge, desk, KAMS, call, call.body.status))


def _assigning(bp: func.Blueprint, edge: Edge) -> None:
    async def assign(call: Call, kam_id: str | None) -> Reply:
        done = await identity.assign_kam(
            ports=edge.ports,
            partner_ids=call.body.cp_ids,
            kam_id=kam_id,
            remarks=call.body.remarks,
            act=call.act,
        )
        return Reply(assignments_shape(done))

    bulk = "api/v1/channel-partners/bulk-assign-kam"

    @edge.endpoint(
        bp,
        Endpoint(
            "AssignKam",
            "POST",
            bulk,
            ADMIN,
            "Put up to 50 partners under a KAM",
            body=AssignKamBody,
            reply=AssignmentsReply,
        ),
    )
    async def assign_kam(call: Call) -> Reply:
        return await assign(call, call.body.kam_id)

    under = "api/v1/kams/{personId}/assign-cps"

    @edge.endpoint(
        bp,
        Endpoint(
            "AssignPartners",
            "PATCH",
            under,
            ADMIN,
            "Put up to 50 partners under this KAM",
            body=AssignPartnersBody,
            reply=AssignmentsReply,
        ),
    )
    async def assign_partners(call: Call) -> Reply:
        return await assign(call, call.path["personId"])


def _assigned(bp: func.Blueprint, edge: Edge, cursors: Cursors) -> None:
    assigned = Endpoint(
        "ListPartnersOfKam",
        "GET",
        "api/v1/kams/{personId}/assigned-cps",
        OVERSEERS,
        "The channel partners under a KAM",
        query=PeopleQuery,
        reply=PageReply[PersonShape],
    )

    @edge.endpoint(bp, assigned)
    async def list_partners_of_kam(call: Call) -> Reply:
        store, kam_id = edge.ports.store, call.path["personId"]
        await identity.person_of_actor(store=store, person_id=kam_id, among=KAMS.roles, actor=call.actor)
        seen = await identity.people_of_actor(store=store, role=Role.CP, actor=call.actor)
        return Reply(people_page(call, cursors, [p for p in seen if p.kam_id == kam_id]))
