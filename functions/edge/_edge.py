"""The one wrapper around every HTTP function (design.md §4): correlation id → limits → authenticate → role →
parse → idempotency → use case → reply; refusals become problem+json, and one line is logged.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import azure.functions as func
from pydantic import BaseModel

from domain.errors import DomainError
from domain.identity import Caller, NotAuthenticated
from domain.ports import Ports
from domain.timeline import Act
from domain.values import Actor, Role, iso
from functions.edge import _parsing as parsing
from functions.edge._endpoint import Endpoint
from functions.edge._gate import Gate
from functions.edge._idempotency import Ticket, once
from functions.edge._reply import Reply, body_of, outcome_of, response, to_json
from functions.edge.errors import RoleNotAllowed, TookTooLong
from functions.problems import PROBLEM_MEDIA_TYPE, problem, unexpected

_log = logging.getLogger("solarium.requests")


class Security(Protocol):
    """Who calls: the port to tokens, sessions and KAM assignments."""

    async def caller(self, token: str) -> Caller:
        """The signed-in caller of a valid token whose session is live. Raises NotAuthenticated."""
        ...


class Post(Protocol):
    """Whether this instance is a primary or a standby (`adapters.standby`)."""

    async def refuse_writes(self) -> None:
        """Raises ReadOnlyStandby on a standby."""
        ...

    async def data_as_of(self) -> datetime | None:
        """How old a standby's data can be; None on a primary."""
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


Handler = Callable[[Call], Awaitable[Reply]]
_MARGIN = 2.5
"""Seconds that a key's lease outlives the longest request: two can never carry the same key out at once."""

ANONYMOUS = Actor("anonymous", "anonymous", Role.SYSTEM)


class Edge:
    """Registers handlers as HTTP functions and remembers what they declared, for the documentation."""

    def __init__(
        self,
        *,
        ports: Ports,
        security: Security,
        origins: frozenset[str],
        reserve: Mapping[str, Callable[[], Awaitable[str]]],
        counting: Callable[[], AbstractContextManager[Any]],
        seconds: float,
        gate: Gate,
        post: Post,
    ) -> None:
        self.ports = ports
        self.endpoints: list[Endpoint] = []
        self._security = security
        self._origins = origins
        self._reserve = reserve
        self._counting = counting
        self._seconds = seconds
        self._gate = gate
        self._post = post

    def endpoint(self, blueprint: func.Blueprint, endpoint: Endpoint) -> Callable[[Handler], Handler]:
        """Decorator: make the handler an HTTP function of the blueprint, as the endpoint declares it."""

        def register(handler: Handler) -> Handler:
            # The worker looks at the signature: it must be exactly this one, so no functools.wraps.
            async def serve(req: func.HttpRequest) -> func.HttpResponse:
                return await self._serve(req, endpoint, handler)

            self.endpoints.append(endpoint)
            route = blueprint.route(
                route=endpoint.path, methods=[endpoint.method], auth_level=func.AuthLevel.ANONYMOUS
            )
            blueprint.function_name(endpoint.name)(route(serve))
            return handler

        return register

    async def _serve(self, req: func.HttpRequest, endpoint: Endpoint, handler: Handler) -> func.HttpResponse:
        started = time.perf_counter()
        correlation = parsing.correlation_id(req, self.ports.ids.unique())
        who: list[str] = ["-"]
        with self._counting() as storage:
            answer = await self._answer(req, endpoint, handler, correlation, who)
        answer.headers["X-Correlation-ID"] = correlation
        answer.headers.update(self.cors(req))
        as_of = await self._post.data_as_of()
        if as_of is not None:
            answer.headers["X-Data-As-Of"] = iso(as_of)
        said = {
            "correlationId": correlation,
            "actor": who[0],
            "function": endpoint.name,
            "status": answer.status_code,
            "outcome": outcome_of(answer),
            "storageRequests": storage.requests,
            "ms": round((time.perf_counter() - started) * 1000, 1),
        }
        _log.info(json.dumps(said))
        return answer

    async def _answer(
        self, req: func.HttpRequest, endpoint: Endpoint, handler: Handler, correlation: str, who: list[str]
    ) -> func.HttpResponse:
        try:
            async with asyncio.timeout(self._seconds * endpoint.patience):
                return await self._dispatch(req, endpoint, handler, correlation, who)
        except DomainError as error:
            return _refusal(error, correlation)
        except TimeoutError:  # before the client gives up: it can't tell a slow server from a dead one
            return _refusal(_too_long(), correlation)
        except Exception as error:  # the last resort: the reply says nothing, the log where it happened
            frames = "".join(traceback.format_tb(error.__traceback__))
            _log.error("%s %s: %s\n%s", correlation, endpoint.name, type(error).__name__, frames)
            body = to_json(unexpected(correlation_id=correlation))
            return response(500, body, {}, PROBLEM_MEDIA_TYPE)

    async def _dispatch(
        self, req: func.HttpRequest, endpoint: Endpoint, handler: Handler, correlation: str, who: list[str]
    ) -> func.HttpResponse:
        if endpoint.method != "GET":
            await self._post.refuse_writes()
        call = await self._call(req, endpoint)
        who[0] = call.actor.id
        key = parsing.read_key(req) if endpoint.method in ("POST", "PATCH") else None
        if key is None or call.caller is None:
            return await _reply(req, await handler(call))

        async def perform(ticket: Ticket) -> func.HttpResponse:
            act = replace(call.act, write_id=ticket.write_id, proof=ticket.proof)
            try:
                return await _reply(req, await handler(replace(call, act=act, reserved=ticket.reserved)))
            except DomainError as error:
                if problem(error, correlation_id=correlation)[0] >= 500:
                    raise
                return _refusal(error, correlation)  # a refusal is an answer too, and is given again

        return await once(
            ports=self.ports,
            person=call.actor.id,
            key=key,
            fingerprint=_fingerprint(req, endpoint, call),
            reserve=self._reserve[endpoint.reserves] if endpoint.reserves else None,
            lease=timedelta(seconds=self._seconds * endpoint.patience + _MARGIN),
            perform=perform,
        )

    async def _call(self, req: func.HttpRequest, endpoint: Endpoint) -> Call:
        address = self._gate.admit(req, endpoint)
        caller = await self._caller(req, endpoint)
        body = parsing.read_body(req, endpoint.body) if endpoint.body else None
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
        caller = await self._security.caller(token.strip())
        if caller.actor.role not in endpoint.roles:
            raise RoleNotAllowed(f"As {caller.actor.role} you can't do this.")
        return caller

    def cors(self, req: func.HttpRequest) -> dict[str, str]:
        """What every answer says to a browser about its origin."""
        origin = req.headers.get("origin", "")
        if origin not in self._origins:
            return {"Vary": "Origin"}
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": "ETag, Retry-After, X-Correlation-ID, Location, Idempotent-Replayed, "
            "X-Data-As-Of",
        }

    def preflight(self, req: func.HttpRequest) -> func.HttpResponse:
        """The answer to a browser's question before a request from another origin."""
        allowed = {
            **self.cors(req),
            "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE, OPTIONS",
            "Access-Control-Allow-Headers": (
                "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Correlation-ID, "
                "X-Client-Type, X-Client-Version, X-Environment, X-User-Role, X-User-Territories"
            ),
            "Access-Control-Max-Age": "600",
        }
        return func.HttpResponse(status_code=204, headers=allowed)


def _too_long() -> TookTooLong:
    return TookTooLong(
        "This took too long, and whether it was done isn't known. Send it again with the same Idempotency-Key.",
        retry_after=5,
    )


def _refusal(error: DomainError, correlation: str) -> func.HttpResponse:
    status, body, headers = problem(error, correlation_id=correlation)
    return response(status, to_json(body), headers, PROBLEM_MEDIA_TYPE)


async def _reply(req: func.HttpRequest, reply: Reply) -> func.HttpResponse:
    headers = dict(reply.headers)
    tag = reply.tag if reply.version is None else str(reply.version)
    if tag is not None:
        headers["ETag"] = f'"{tag}"'
        tags = [t.strip().removeprefix("W/") for t in req.headers.get("if-none-match", "").split(",")]
        if req.method == "GET" and headers["ETag"] in tags:
            return func.HttpResponse(status_code=304, headers=headers)
    if reply.make:  # much, so that others shouldn't have to wait for it to become text
        body = await asyncio.to_thread(body_of, replace(reply, data=await reply.make()))
    else:
        body = body_of(reply)
    return response(reply.status, body, headers, reply.media_type)


def _fingerprint(req: func.HttpRequest, endpoint: Endpoint, call: Call) -> str:
    body = call.body.model_dump(mode="json") if isinstance(call.body, BaseModel) else None
    said = [endpoint.method, endpoint.path, dict(call.path), body, req.headers.get("if-match"), call.upload]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
