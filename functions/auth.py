"""Registering, signing in, refreshing and signing out over HTTP (api.md, the auth rows).

Passwords that are forgotten or changed are in `functions.passwords`.
"""

from __future__ import annotations

from dataclasses import dataclass

import azure.functions as func

from domain import identity
from domain.errors import Fault
from domain.identity import EmailAddress, SignedIn
from domain.timeline import Act
from domain.values import Role
from functions.edge import ANYONE, SIGNED_IN, Call, Edge, Endpoint, Reply, to_json
from functions.edge.errors import FieldsInvalid
from functions.models.auth import LoginBody, RefreshBody
from functions.models.people import person_shape
from functions.models.quotations import Nothing
from functions.models.users import RegisterBody, signed_in_shape
from functions.replies import CodeSentReply, KeySetReply, PartnerRegisteredReply, SignedInReply

CODE_SENT = "If this number can sign in, a code is on its way."
SENDING = 3
"""The patience of what sends an SMS: three attempts of five seconds each, and the pauses between (domain.md)."""


@dataclass(frozen=True)
class Desk:
    """What signing in needs besides the common ports."""

    codes: identity.OneTimeCodes
    messages: identity.Messages
    passwords: identity.Passwords
    tokens: identity.AccessTokens
    customers: identity.CustomerAccounts
    sessions: identity.LiveSessions
    reset_page: identity.ResetPage
    external: identity.ExternalTokens | None = None


def blueprint(edge: Edge, desk: Desk) -> func.Blueprint:
    """The functions of signing in and out."""
    bp = func.Blueprint()
    _sign_in(bp, edge, desk)
    _register(bp, edge, desk)
    _refresh(bp, edge, desk)
    _sign_out(bp, edge, desk)

    @edge.endpoint(
        bp,
        Endpoint(
            "PublicKeys",
            "GET",
            ".well-known/jwks.json",
            ANYONE,
            "The keys that verify our tokens",
            reply=KeySetReply,
            bare=True,
        ),
    )
    async def public_keys(call: Call) -> Reply:
        return Reply(raw=to_json(desk.tokens.jwks()))

    return bp


def _sign_in(bp: func.Blueprint, edge: Edge, desk: Desk) -> None:
    said = "Ask for a code (phone), or sign in (phone and otp; email and password)"

    # The CP app leaves the prefix out when it asks for a code: served as an alias.
    for name, path in (("SignIn", "api/v1/auth/login"), ("SignInWithoutPrefix", "auth/login")):
        endpoint = Endpoint(
            name,
            "POST",
            path,
            ANYONE,
            said,
            body=LoginBody,
            sensitive="sign-in",
            patience=SENDING,
            reply=SignedInReply | CodeSentReply,
            refuses=(423,),
        )

        @edge.endpoint(bp, endpoint)
        async def sign_in(call: Call) -> Reply:
            body: LoginBody = call.body
            if body.email is not None and body.password is not None:
                return signed_in(await _by_password(edge, desk, body.email, body.password), call.act)
            if body.phone is None:
                raise _incomplete()
            if body.otp is None:
                await identity.request_code(
                    ports=edge.ports, codes=desk.codes, messages=desk.messages, phone=body.phone
                )
                return Reply({"otpSent": True}, message=CODE_SENT)
            return signed_in(await _by_code(edge, desk, body, body.otp), call.act)


def _register(bp: func.Blueprint, edge: Edge, desk: Desk) -> None:
    said = "Register as a channel partner or a customer; without otp a code is sent"
    path = "api/v1/auth/register"

    endpoint = Endpoint(
        "Register",
        "POST",
        path,
        ANYONE,
        said,
        body=RegisterBody,
        reply=SignedInReply | PartnerRegisteredReply | CodeSentReply,
        status=201,
        also=(200,),
        refuses=(423,),
        sensitive="sign-in",
        patience=SENDING,
    )

    @edge.endpoint(bp, endpoint)
    async def register(call: Call) -> Reply:
        body: RegisterBody = call.body
        if body.otp is None:
            await identity.request_code(
                ports=edge.ports, codes=desk.codes, messages=desk.messages, phone=body.phone
            )
            return Reply({"otpSent": True}, message=CODE_SENT)
        if body.role == "Customer" or (body.role is None and call.app):
            return await _register_customer(edge, desk, body, body.otp, call.act)
        return await _register_partner(edge, desk, body, body.otp, call.act)


def _refresh(bp: func.Blueprint, edge: Edge, desk: Desk) -> None:
    said = "New tokens for a live session"
    for name, path in (("RefreshSession", "refresh"), ("RefreshToken", "refresh-token")):
        endpoint = Endpoint(
            name,
            "POST",
            f"api/v1/auth/{path}",
            ANYONE,
            said,
            body=RefreshBody,
            sensitive="refresh",
            reply=SignedInReply,
        )

        @edge.endpoint(bp, endpoint)
        async def refresh(call: Call) -> Reply:
            done = await identity.refresh_session(
                ports=edge.ports, tokens=desk.tokens, live=desk.sessions, refresh_token=call.body.refresh_token
            )
            return signed_in(done, call.act)


def _sign_out(bp: func.Blueprint, edge: Edge, desk: Desk) -> None:
    @edge.endpoint(
        bp, Endpoint("SignOut", "POST", "api/v1/auth/logout", SIGNED_IN, "End this session", body=Nothing)
    )
    async def sign_out(call: Call) -> Reply:
        if call.caller:
            await identity.end_session(
                ports=edge.ports,
                live=desk.sessions,
                person_id=call.actor.id,
                session_id=call.caller.session_id,
            )
        return Reply(message="Signed out.")


async def _by_password(edge: Edge, desk: Desk, email: str, password: str) -> SignedIn:
    return await identity.sign_in_with_password(
        ports=edge.ports,
        passwords=desk.passwords,
        tokens=desk.tokens,
        email=EmailAddress.parse(email),
        password=password,
    )


async def _by_code(edge: Edge, desk: Desk, body: LoginBody, otp: str) -> SignedIn:
    if body.phone is None:
        raise _incomplete()
    return await identity.sign_in_with_code(
        ports=edge.ports,
        codes=desk.codes,
        tokens=desk.tokens,
        customers=desk.customers,
        phone=body.phone,
        code=otp,
        as_role=Role.CUSTOMER if body.role == "Customer" else None,
    )


async def _register_customer(edge: Edge, desk: Desk, body: RegisterBody, otp: str, act: Act) -> Reply:
    done = await identity.register_customer(
        ports=edge.ports,
        codes=desk.codes,
        tokens=desk.tokens,
        customers=desk.customers,
        said=_registration(body, otp),
    )
    return signed_in(done, act, status=201)


async def _register_partner(edge: Edge, desk: Desk, body: RegisterBody, otp: str, act: Act) -> Reply:
    made = await identity.register_partner(
        ports=edge.ports, codes=desk.codes, passwords=desk.passwords, said=_registration(body, otp), act=act
    )
    shape = person_shape(made).model_dump(by_alias=True)
    message = "You are registered. You can sign in once an administrator has activated your account."
    return Reply({"userId": made.id, "user": shape, **shape}, status=201, message=message)


def _registration(body: RegisterBody, otp: str) -> identity.Registration:
    return identity.Registration(body.phone, otp, body.name, body.email, body.place())


def _incomplete() -> FieldsInvalid:
    needed = "Send phone (to get a code), phone and otp, or email and password."
    return FieldsInvalid(needed, faults=[Fault("phone", needed)])


def signed_in(done: SignedIn, act: Act, *, status: int = 200) -> Reply:
    """The answer to every way of signing in: the superset that every client finds its members in (api.md)."""
    said = signed_in_shape(done, int((done.expires_at - act.at).total_seconds()))
    data = {**said, "userId": done.caller.actor.id, "role": str(done.caller.actor.role)}
    return Reply(data, status=status, top_level=said)
