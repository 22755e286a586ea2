"""Commissions over HTTP: read, approve, mark paid."""

from __future__ import annotations

import azure.functions as func

from domain import commissions
from domain.values import Role
from functions.edge import PARTNER_SIDE, Call, Edge, Endpoint, Reply
from functions.models.commissions import (
    ApprovalBody,
    CommissionShape,
    PaymentBody,
    commission_shape,
    payment_of,
)

ADMIN = frozenset({Role.ADMIN})


def blueprint(edge: Edge) -> func.Blueprint:
    """The functions of the commission endpoints."""
    bp = func.Blueprint()
    ports = edge.ports

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadCommission",
            "GET",
            "api/v1/commissions/{commissionId}",
            PARTNER_SIDE,
            "Read a commission",
            reply=CommissionShape,
        ),
    )
    async def read_commission(call: Call) -> Reply:
        found = await commissions.commission_of_actor(
            store=ports.store, commission_id=call.path["commissionId"], actor=call.actor
        )
        return Reply(commission_shape(found), version=found.version)

    @edge.endpoint(
        bp,
        Endpoint(
            "ApproveCommission",
            "PATCH",
            "api/v1/commissions/{commissionId}/approve",
            ADMIN,
            "Approve a commission whose lead is Executed; needs If-Match",
            body=ApprovalBody,
            reply=CommissionShape,
            critical=True,
        ),
    )
    async def approve_commission(call: Call) -> Reply:
        done = await commissions.approve_commission(
            ports=ports,
            commission_id=call.path["commissionId"],
            amount=call.body.approved_amount,
            reason=call.body.reason or None,
            act=call.act,
        )
        return Reply(commission_shape(done), version=done.version)

    for name, verb in (("MarkCommissionPaid", "markPaid"), ("PayCommission", "pay")):

        @edge.endpoint(
            bp,
            Endpoint(
                name,
                "PATCH",
                f"api/v1/commissions/{{commissionId}}/{verb}",
                ADMIN,
                "Mark an approved commission paid; needs If-Match",
                body=PaymentBody,
                reply=CommissionShape,
                critical=True,
            ),
        )
        async def pay_commission(call: Call) -> Reply:
            done = await commissions.pay_commission(
                ports=ports,
                commission_id=call.path["commissionId"],
                payment=payment_of(call.body),
                act=call.act,
            )
            return Reply(commission_shape(done), version=done.version)

    return bp
