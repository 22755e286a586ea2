"""Passwords of staff over HTTP: forgotten, set by a mailed link, changed."""

from __future__ import annotations

import azure.functions as func

from domain import identity
from domain.identity import STAFF, EmailAddress
from functions.auth import Desk
from functions.edge import ANYONE, Call, Edge, Endpoint, Reply
from functions.models.users import ChangePasswordBody, ForgotPasswordBody, ResetPasswordBody


def blueprint(edge: Edge, desk: Desk) -> func.Blueprint:
    """The functions of passwords."""
    bp = func.Blueprint()
    _forgotten(bp, edge, desk)
    _changed(bp, edge, desk)
    return bp


def _forgotten(bp: func.Blueprint, edge: Edge, desk: Desk) -> None:
    forgot = Endpoint(
        "ForgotPassword",
        "POST",
        "api/v1/auth/forgot-password",
        ANYONE,
        "Mail a link to set a new password",
        body=ForgotPasswordBody,
        sensitive="sign-in",
    )

    @edge.endpoint(bp, forgot)
    async def forgot_password(call: Call) -> Reply:
        email = EmailAddress.parse(call.body.email)
        await identity.request_password_reset(
            ports=edge.ports, messages=desk.messages, page=desk.reset_page, email=email
        )
        return Reply(message="If this address can sign in, a link to set a new password is on its way.")

    reset = Endpoint(
        "ResetPassword",
        "POST",
        "api/v1/auth/reset-password",
        ANYONE,
        "Set a new password by a mailed link",
        body=ResetPasswordBody,
        sensitive="sign-in",
    )

    @edge.endpoint(bp, reset)
    async def reset_password(call: Call) -> Reply:
        await identity.reset_password(
            ports=edge.ports,
            passwords=desk.passwords,
            live=desk.sessions,
            token=call.body.token,
            password=call.body.new_password,
            write_id=call.act.write_id,
        )
        return Reply(message="The new password is set. Sign in with it.")


def _changed(bp: func.Blueprint, edge: Edge, desk: Desk) -> None:
    # The portal's profile page uses the second path (client-contract.md §8).
    for name, path in (("ChangePassword", "auth"), ("ChangeMyPassword", "user")):
        endpoint = Endpoint(
            name,
            "POST",
            f"api/v1/{path}/change-password",
            STAFF,
            "Change one's own password; all other sessions end",
            body=ChangePasswordBody,
            refuses=(423,),
            sensitive="sign-in",
        )

        @edge.endpoint(bp, endpoint)
        async def change_password(call: Call) -> Reply:
            await identity.change_password(
                ports=edge.ports,
                passwords=desk.passwords,
                live=desk.sessions,
                session_id=call.caller.session_id if call.caller else "",
                current=call.body.current_password,
                new=call.body.new_password,
                act=call.act,
            )
            return Reply(message="The password is changed. Your other sessions have ended.")
