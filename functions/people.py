"""Channel partners and key account managers over HTTP: bringing in, reading, editing, letting in and out.

Who looks after whom is in `functions.assignments`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import azure.functions as func
from pydantic import BaseModel

from domain import identity, lists
from domain.identity import EmailAddress, Person, PersonStatus, reserve_person_id
from domain.values import Role
from functions.auth import Desk
from functions.edge import Call, Edge, Endpoint, Reply
from functions.models.pages import page_of
from functions.models.paging import Cursors, page_reply, wish
from functions.models.people import (
    KamEdits,
    KamsQuery,
    NewKamBody,
    NewPartnerBody,
    PartnerEdits,
    PartnersQuery,
    PeopleQuery,
    PersonShape,
    StatusBody,
    edits_of,
    person_key,
    person_shape,
)
from functions.models.timelines import EntriesQuery, entry_shape
from functions.replies import PageReply, TimelineReply

ADMIN, OVERSEERS = frozenset({Role.ADMIN}), frozenset({Role.ADMIN, Role.KAM})


@dataclass(frozen=True)
class Kind:
    """One of the two kinds of people that Admins manage, and what its endpoints are called."""

    role: Role
    noun: str
    said: str
    path: str
    new: type[BaseModel]
    edits: type[BaseModel]
    query: type[PeopleQuery]

    @property
    def roles(self) -> frozenset[Role]:
        """The one role that the people of this kind have."""
        return frozenset({self.role})


PARTNERS = Kind(
    Role.CP, "ChannelPartner", "channel partner", "channel-partners", NewPartnerBody, PartnerEdits, PartnersQuery
)
KAMS = Kind(Role.KAM, "Kam", "key account manager", "kams", NewKamBody, KamEdits, KamsQuery)


def blueprint(edge: Edge, desk: Desk, cursors: Cursors) -> func.Blueprint:
    """The functions of /channel-partners and /kams."""
    bp = func.Blueprint()
    for kind in (PARTNERS, KAMS):
        _reading(bp, edge, kind, cursors)
        _writing(bp, edge, desk, kind)
        _letting_in_and_out(bp, edge, desk, kind)
    return bp


def _reading(bp: func.Blueprint, edge: Edge, kind: Kind, cursors: Cursors) -> None:
    store, path = edge.ports.store, f"api/v1/{kind.path}"

    @edge.endpoint(
        bp,
        Endpoint(
            f"List{kind.noun}s",
            "GET",
            path,
            OVERSEERS,
            f"The {kind.said}s",
            query=kind.query,
            reply=PageReply[PersonShape],
        ),
    )
    async def list_people(call: Call) -> Reply:
        seen = await identity.people_of_actor(store=store, role=kind.role, actor=call.actor)
        return Reply(people_page(call, cursors, seen))

    one = Endpoint(
        f"Read{kind.noun}", "GET", f"{path}/{{personId}}", OVERSEERS, f"One {kind.said}", reply=PersonShape
    )

    @edge.endpoint(bp, one)
    async def read_person(call: Call) -> Reply:
        return reply(
            await identity.person_of_actor(
                store=store, person_id=call.path["personId"], among=kind.roles, actor=call.actor
            )
        )

    timeline = Endpoint(
        f"Read{kind.noun}Timeline",
        "GET",
        f"{path}/{{personId}}/timeline",
        OVERSEERS,
        f"The timeline of a {kind.said}, newest first",
        query=EntriesQuery,
        reply=TimelineReply,
    )

    @edge.endpoint(bp, timeline)
    async def read_timeline(call: Call) -> Reply:
        person_id = call.path["personId"]
        entries = await identity.timeline_of_person(
            store=store, person_id=person_id, among=kind.roles, actor=call.actor
        )
        newest = [_entry(person_id, entry) for entry in page_of(entries[::-1], call.query)]
        return Reply({"timeline": newest, "total": len(entries), "id": person_id})


def _writing(bp: func.Blueprint, edge: Edge, desk: Desk, kind: Kind) -> None:
    path = f"api/v1/{kind.path}"
    new = Endpoint(
        f"Enroll{kind.noun}",
        "POST",
        path,
        ADMIN,
        f"Bring a {kind.said} in",
        body=kind.new,
        reply=PersonShape,
        status=201,
        reserves=kind.role.lower(),
    )

    @edge.endpoint(bp, new)
    async def enroll(call: Call) -> Reply:
        person_id = call.reserved or await reserve_person_id(edge.ports, kind.role)
        made = await _enroll(edge, desk, person_id, call)
        place = {"Location": f"/{path}/{made.id}"}
        return Reply(person_shape(made), status=201, version=made.version, headers=place)

    edits = Endpoint(
        f"Edit{kind.noun}",
        "PATCH",
        f"{path}/{{personId}}",
        ADMIN,
        f"Edit a {kind.said}'s ordinary fields: the last write wins, field by field",
        body=kind.edits,
        reply=PersonShape,
    )

    @edge.endpoint(bp, edits)
    async def edit(call: Call) -> Reply:
        return reply(
            await identity.edit_person(
                ports=edge.ports,
                person_id=call.path["personId"],
                among=kind.roles,
                edits=edits_of(call.body),
                act=call.act,
            )
        )


def _letting_in_and_out(bp: func.Blueprint, edge: Edge, desk: Desk, kind: Kind) -> None:
    def endpoint(verb: str) -> Endpoint:
        return Endpoint(
            f"{verb}{kind.noun}",
            "PATCH",
            f"api/v1/{kind.path}/{{personId}}/{verb.lower()}",
            ADMIN,
            f"{verb} a {kind.said}; needs If-Match",
            body=StatusBody,
            reply=PersonShape,
            critical=True,
        )

    @edge.endpoint(bp, endpoint("Activate"))
    async def activate(call: Call) -> Reply:
        return reply(await with_status(edge, desk, kind, call, PersonStatus.ACTIVE))

    @edge.endpoint(bp, endpoint("Deactivate"))
    async def deactivate(call: Call) -> Reply:
        return reply(await with_status(edge, desk, kind, call, PersonStatus.DEACTIVATED))


async def with_status(edge: Edge, desk: Desk, kind: Kind, call: Call, status: PersonStatus) -> Person:
    """Let somebody in, or shut somebody out with the reason of the body."""
    change: Callable[..., Any] = identity.activate_person
    more: dict[str, Any] = {"messages": desk.messages}
    if status is not PersonStatus.ACTIVE:
        change = identity.deactivate_person
        more = {"live": desk.sessions, "reason": call.body.reason or call.body.remarks or ""}
    person_id = call.path["personId"]
    done: Person = await change(ports=edge.ports, person_id=person_id, among=kind.roles, act=call.act, **more)
    return done


async def _enroll(edge: Edge, desk: Desk, person_id: str, call: Call) -> Person:
    body = call.body
    password = getattr(body, "password", None)
    kam_id = getattr(body, "kam_id", None)
    if kam_id is not None:
        await identity.assignable_kam(store=edge.ports.store, kam_id=kam_id)
    made = await identity.enroll(
        ports=edge.ports,
        passwords=desk.passwords,
        act=call.act,
        person_id=person_id,
        name=body.name,
        role=Role.CP if isinstance(body, NewPartnerBody) else Role.KAM,
        phone=body.phone,
        email=EmailAddress.parse(body.email) if body.email else None,
        kam_id=kam_id,
        password=password,
        invited=isinstance(body, NewKamBody),
        status=PersonStatus(getattr(body, "status", PersonStatus.ACTIVE)),
        place=body.place(),
    )
    if made.role is Role.KAM and made.password_hash is None:
        edge.ports.later(
            identity.send_reset_link(ports=edge.ports, messages=desk.messages, page=desk.reset_page, person=made)
        )
    return made


def people_page(call: Call, cursors: Cursors, seen: Iterable[Person]) -> dict[str, Any]:
    """A page of those of the people that the call asks for, newest first."""
    found = lists.page_of(call.query.of(seen), wish(call, cursors), key=person_key, reverse=True)
    return page_reply(call, cursors, found, person_shape)


def reply(person: Person) -> Reply:
    """One person, with its version as the ETag."""
    return Reply(person_shape(person), version=person.version)


def _entry(person_id: str, entry: Any) -> dict[str, Any]:
    said = entry_shape(person_id, entry)
    said.pop("leadId")
    return {**said, "personId": person_id}
