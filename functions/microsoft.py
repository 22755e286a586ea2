"""Signing staff in with a Microsoft account over HTTP."""

from __future__ import annotations

import azure.functions as func

from domain import identity
from functions.auth import Desk, signed_in
from functions.edge import ANYONE, Call, Edge, Endpoint, Reply
from functions.models.users import MicrosoftBody
from functions.replies import SignedInReply


def blueprint(edge: Edge, desk: Desk) -> func.Blueprint:
    """The function of Microsoft accounts; without the settings of a directory it refuses."""
    bp = func.Blueprint()
    endpoint = Endpoint(
        "SignInWithMicrosoft",
        "POST",
        "api/v1/auth/microsoft",
        ANYONE,
        "Sign staff in with an ID token of Microsoft Entra ID",
        body=MicrosoftBody,
        sensitive="sign-in",
        reply=SignedInReply,
    )

    @edge.endpoint(bp, endpoint)
    async def sign_in_with_microsoft(call: Call) -> Reply:
        if desk.external is None:
            raise identity.MicrosoftNotOffered("Signing in with a Microsoft account isn't set up here.")
        done = await identity.sign_in_with_microsoft(
            ports=edge.ports,
            tokens=desk.tokens,
            external=desk.external,
            token=call.body.id_token,
            write_id=call.act.write_id,
        )
        return signed_in(done, call.act)

    return bp
