"""Who the caller is, over HTTP, under each name that one of the apps uses, and editing it."""

from __future__ import annotations

from typing import Any

import azure.functions as func

from domain import identity, leads
from domain.errors import Fault
from domain.identity import EmailAddress, LoginReadOnly, Person
from domain.values import Role, iso
from functions.edge import SIGNED_IN, Call, Edge, Endpoint, Reply
from functions.models.customers import own_profile
from functions.models.users import ProfileEdits, user_shape
from functions.replies import SessionReply, UserReply, ValidityReply

_EDITS = (
    ("EditMe", "PATCH", "auth/profile"),
    ("EditMeByPut", "PUT", "auth/profile"),  # the early customer app; it too sends only what is to change
    ("EditUser", "PATCH", "user/me"),
    ("EditProfile", "PATCH", "profile"),
)


def blueprint(edge: Edge) -> func.Blueprint:
    """The functions about oneself."""
    bp = func.Blueprint()
    _reading(bp, edge)
    _checking(bp, edge)
    _editing(bp, edge)
    return bp


def _reading(bp: func.Blueprint, edge: Edge) -> None:
    for name, path in (("WhoAmI", "auth/me"), ("ReadUser", "user/me"), ("ReadProfile", "profile")):

        @edge.endpoint(bp, Endpoint(name, "GET", f"api/v1/{path}", SIGNED_IN, "Who the caller is", reply=UserReply))
        async def who_am_i(call: Call) -> Reply:
            if call.actor.role is Role.CUSTOMER:
                return await _customer(edge, call)
            person = await _person(edge, call)
            return _reply(call, person)


def _checking(bp: func.Blueprint, edge: Edge) -> None:
    verify = Endpoint(
        "VerifySession",
        "GET",
        "api/v1/auth/verify",
        SIGNED_IN,
        "Whether the session lives, and whose it is",
        reply=ValidityReply,
    )

    @edge.endpoint(bp, verify)
    async def verify_session(call: Call) -> Reply:
        said = {"valid": True, "user": _user(call, await _person(edge, call))}
        return Reply(said, top_level=said)

    status = Endpoint(
        "SessionStatus",
        "GET",
        "api/v1/auth/status",
        SIGNED_IN,
        "Whose session it is, and when its token ends",
        reply=SessionReply,
    )

    @edge.endpoint(bp, status)
    async def session_status(call: Call) -> Reply:
        said = {"isAuthenticated": True, "user": _user(call, await _person(edge, call)), "needsRefresh": False}
        if call.caller:
            said["tokenExpiry"] = iso(call.caller.expires_at)
        return Reply(said, top_level=said)


def _editing(bp: func.Blueprint, edge: Edge) -> None:
    for name, method, path in _EDITS:
        said = "Edit one's own profile; what one signs in with stays"

        @edge.endpoint(
            bp, Endpoint(name, method, f"api/v1/{path}", SIGNED_IN, said, body=ProfileEdits, reply=UserReply)
        )
        async def edit_profile(call: Call) -> Reply:
            if call.actor.role is Role.CUSTOMER:
                return await _edited_customer(edge, call)
            me = await identity.person(store=edge.ports.store, person_id=call.actor.id)
            person = await identity.edit_person(
                ports=edge.ports,
                person_id=me.id,
                among=frozenset({me.role}),
                edits=_edits(call.body, me),
                act=call.act,
            )
            return _reply(call, person)


def _edits(body: ProfileEdits, me: Person) -> dict[str, Any]:
    """What is to change. The login may be sent along unchanged, as forms do. Raises LoginReadOnly."""
    edits = body.edits()
    if me.role is Role.CP and "phone" in edits and edits.pop("phone") != me.phone:
        raise _read_only("phone")
    if "email" in edits:
        email = EmailAddress.parse(edits["email"]) if edits["email"] else None
        if me.role is not Role.CP:
            del edits["email"]
            if email != me.email:
                raise _read_only("email")
        else:
            edits["email"] = email
    return edits


async def _customer(edge: Edge, call: Call) -> Reply:
    seen = await leads.customer_of_actor(store=edge.ports.store, customer_id=call.actor.id, actor=call.actor)
    return _customer_reply(call, seen)


async def _edited_customer(edge: Edge, call: Call) -> Reply:
    edits = {name: None if value == "" else value for name, value in call.body.edits().items()}
    seen = await leads.edit_customer(ports=edge.ports, customer_id=call.actor.id, edits=edits, act=call.act)
    return _customer_reply(call, seen)


def _customer_reply(call: Call, seen: leads.CustomerSeen) -> Reply:
    said = {**_user(call, None), **own_profile(seen)}
    return Reply(said, top_level=said, version=seen.customer.version)


def _read_only(field: str) -> LoginReadOnly:
    message = "You sign in with this, so it isn't changed here. Ask an administrator."
    return LoginReadOnly(message, faults=[Fault(field, message)])


async def _person(edge: Edge, call: Call) -> Person | None:
    if call.actor.role is Role.CUSTOMER:
        return None
    return await identity.person(store=edge.ports.store, person_id=call.actor.id)


def _user(call: Call, person: Person | None) -> dict[str, Any]:
    return user_shape(call.caller, person) if call.caller else {}


def _reply(call: Call, person: Person | None) -> Reply:
    said = _user(call, person)
    return Reply(said, top_level=said, version=person.version if person else None)
