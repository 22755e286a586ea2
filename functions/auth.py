"""Signing in and out over HTTP (api.md, the auth rows)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import azure.functions as func

from domain import identity
from domain.errors import Fault
from domain.identity import Caller, EmailAddress, SignedIn
from domain.values import Role, iso
from functions.edge import ANYONE, SIGNED_IN, Call, Edge, Endpoint, Reply, to_json
from functions.edge.errors import FieldsInvalid
from functions.models.auth import LoginBody, RefreshBody
from functions.models.quotations import Nothing


@dataclass(frozen=True)
class Desk:
    """What signing in needs besides the common ports."""

    codes: identity.OneTimeCodes
    messages: identity.Messages
    passwords: identity.Passwords
    tokens: identity.AccessTokens
    customers: identity.CustomerAccounts
    sessions: identity.LiveSessions


def blueprint(edge: Edge, desk: Desk) -> func.Blueprint:
    """The functions of the auth endpoints."""
    bp = func.Blueprint()
    ports = edge.ports

    # The CP app leaves the prefix out when it asks for a code: served as an alias.
    for name, path in (("SignIn", "api/v1/auth/login"), ("SignInWithoutPrefix", "auth/login")):

        @edge.endpoint(
            bp,
            Endpoint(
                name,
                "POST",
                path,
                ANYONE,
                "Ask for a code (phone), or sign in (phone and otp; email and password)",
                body=LoginBody,
            ),
        )
        async def sign_in(call: Call) -> Reply:
            body: LoginBody = call.body
            if body.email is not None and body.password is not None:
                done = await identity.sign_in_with_password(
                    ports=ports,
                    passwords=desk.passwords,
                    tokens=desk.tokens,
                    email=EmailAddress.parse(body.email),
                    password=body.password,
                )
                return _signed_in(done)
            if body.phone is None:
                raise _incomplete()
            if body.otp is None:
                await identity.request_code(ports=ports, codes=desk.codes, messages=desk.messages, phone=body.phone)
                return Reply({"otpSent": True}, message="If this number can sign in, a code is on its way.")
            done = await identity.sign_in_with_code(
                ports=ports,
                codes=desk.codes,
                tokens=desk.tokens,
                customers=desk.customers,
                phone=body.phone,
                code=body.otp,
                as_role=Role.CUSTOMER if body.role == "Customer" else None,
            )
            return _signed_in(done)

    for name, path in (("RefreshSession", "api/v1/auth/refresh"), ("RefreshToken", "api/v1/auth/refresh-token")):

        @edge.endpoint(bp, Endpoint(name, "POST", path, ANYONE, "New tokens for a live session", body=RefreshBody))
        async def refresh(call: Call) -> Reply:
            done = await identity.refresh_session(
                ports=ports, tokens=desk.tokens, live=desk.sessions, refresh_token=call.body.refresh_token
            )
            return _signed_in(done)

    @edge.endpoint(
        bp, Endpoint("SignOut", "POST", "api/v1/auth/logout", SIGNED_IN, "End this session", body=Nothing)
    )
    async def sign_out(call: Call) -> Reply:
        if call.caller:
            await identity.end_session(
                ports=ports,
                live=desk.sessions,
                person_id=call.actor.id,
                session_id=call.caller.session_id,
            )
        return Reply(message="Signed out.")

    @edge.endpoint(bp, Endpoint("WhoAmI", "GET", "api/v1/auth/me", SIGNED_IN, "Who the caller is"))
    async def who_am_i(call: Call) -> Reply:
        said = _user(call.caller) if call.caller else {}
        return Reply(said, top_level=said)

    @edge.endpoint(
        bp, Endpoint("PublicKeys", "GET", ".well-known/jwks.json", ANYONE, "The keys that verify our tokens")
    )
    async def public_keys(call: Call) -> Reply:
        return Reply(raw=to_json(desk.tokens.jwks()))

    return bp


def _incomplete() -> FieldsInvalid:
    needed = "Send phone (to get a code), phone and otp, or email and password."
    return FieldsInvalid(needed, faults=[Fault("phone", needed)])


def _user(caller: Caller) -> dict[str, Any]:
    return {
        "id": caller.actor.id,
        "name": caller.actor.name,
        "phone": caller.phone.e164 if caller.phone else None,
        "email": caller.email,
        "role": str(caller.actor.role),
    }


def _signed_in(done: SignedIn) -> Reply:
    """The superset that every client finds its members in (api.md)."""
    user = _user(done.caller)
    tokens = {
        "accessToken": done.access_token,
        "token": done.access_token,
        "refreshToken": done.refresh_token,
        "expiresAt": iso(done.expires_at),
        "user": user,
    }
    data = {**tokens, "userId": user["id"], "role": user["role"]}
    return Reply(data, top_level=tokens)
