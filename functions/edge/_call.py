"""From a request to a call: who calls, whether they may, and what they say. What is done with it isn't here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import azure.functions as func
from pydantic import BaseModel

from domain.identity import Caller, NotAuthenticated
from domain.ports import Ports
from domain.timeline import Act
from domain.values import Actor, Role
from functions.edge import _parsing as parsing
from functions.edge._endpoint import Endpoint
from functions.edge._gate import Gate
from functions.edge.errors import RoleNotAllowed

ANONYMOUS = Actor("anonymous", "anonymous", Role.SYSTEM)


class Security(Protocol):
    """Who calls: the port to tokens, sessions and KAM assignments."""

    async def caller(self, token: str) -> Caller:
        """The signed-in caller of a valid token whose session is live. Raises NotAuthenticated."""
        ...


@dataclass(frozen=True)
class Call:
    """What a handler is given: who calls, what they sent (already parsed), and the act to perform.

    `app` is the header `X-Platform`, which the customer apps send and the others don't; never proof of anything.
    """

    act: Act
    path: Mapping[str, str]
    body: Any = None
    query: Any = None
    upload: str = ""
    caller: Caller | None = None
    reserved: str | None = None
    address: str = ""
    app: str = ""

    @property
    def actor(self) -> Actor:
        """Who calls."""
        return self.act.actor


@dataclass(frozen=True)
class Reception:
    """Lets requests in: limits, then who calls, then their role, then what they say."""

    ports: Ports
    security: Security
    gate: Gate

    async def call(self, req: func.HttpRequest, endpoint: Endpoint) -> Call:
        """The call that a request makes. Raises the refusals of all that is checked."""
        address = self.gate.admit(req, endpoint)
        caller = await self._caller(req, endpoint)
        role = caller.actor.role if caller else None
        body = parsing.read_body(req, endpoint.body, role) if endpoint.body else None
        version = parsing.read_version(req)
        act = Act(
            actor=caller.actor if caller else ANONYMOUS,
            at=self.ports.clock.now(),
            write_id=self.ports.ids.unique(),
            version=version if version is not None else getattr(body, "version", None),
            exact=version is not None,
        )
        return Call(
            act=act,
            path=dict(req.route_params),
            body=body,
            query=parsing.read_query(req, endpoint.query) if endpoint.query else None,
            upload=parsing.read_upload(req, endpoint.upload) if endpoint.upload else "",
            caller=caller,
            app=req.headers.get("x-platform", ""),
            address=address,
        )

    async def _caller(self, req: func.HttpRequest, endpoint: Endpoint) -> Caller | None:
        if endpoint.roles is None:
            return None
        scheme, _, token = req.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated("Sign in first: send Authorization: Bearer <token>.")
        caller = await self.security.caller(token.strip())
        if caller.actor.role not in endpoint.roles:
            raise RoleNotAllowed(f"As {caller.actor.role} you can't do this.")
        return caller


def fingerprint(req: func.HttpRequest, endpoint: Endpoint, call: Call) -> str:
    """The same for two requests that ask for the same: what an Idempotency-Key stands for."""
    body = call.body.model_dump(mode="json") if isinstance(call.body, BaseModel) else None
    said = [endpoint.method, endpoint.path, dict(call.path), body, req.headers.get("if-match"), call.upload]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
