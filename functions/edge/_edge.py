"""The one wrapper around every HTTP function (design.md §4): correlation id → room → limits → authenticate → role →
parse → idempotency → use case → reply; refusals become problem+json, and one line is logged.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import azure.functions as func

from domain.errors import DomainError
from domain.ports import Ports
from domain.values import iso
from functions.edge import _parsing as parsing
from functions.edge._call import Call, Reception, Security, fingerprint
from functions.edge._endpoint import Endpoint
from functions.edge._gate import Gate
from functions.edge._idempotency import Ticket, once
from functions.edge._origins import Origins
from functions.edge._reply import Reply, body_of, outcome_of, response, to_json, without_body
from functions.edge._room import Room
from functions.edge.errors import TookTooLong
from functions.problems import PROBLEM_MEDIA_TYPE, problem, unexpected

_log = logging.getLogger("solarium.requests")


class Post(Protocol):
    """Whether this instance is a primary or a standby (`adapters.standby`)."""

    async def refuse_writes(self) -> None:
        """Raises ReadOnlyStandby on a standby."""
        ...

    async def data_as_of(self) -> datetime | None:
        """How old a standby's data can be; None on a primary."""
        ...


Handler = Callable[[Call], Awaitable[Reply]]
_MARGIN = 2.5
"""Seconds that a key's lease outlives the longest request: two can never carry the same key out at once."""


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
        self.origins = Origins(origins)
        self._reception = Reception(ports, security, gate)
        self._reserve = reserve
        self._counting = counting
        self._seconds = seconds
        self._post = post
        self._room = Room()

    def endpoint(self, blueprint: func.Blueprint, endpoint: Endpoint) -> Callable[[Handler], Handler]:
        """Decorator: make the handler an HTTP function of the blueprint, as the endpoint declares it."""

        def register(handler: Handler) -> Handler:
            # The worker looks at the signature: it must be exactly this one, so no functools.wraps.
            async def serve(req: func.HttpRequest) -> func.HttpResponse:
                return await self._serve(req, endpoint, handler)

            self.endpoints.append(endpoint)
            route = blueprint.route(
                route=endpoint.path, methods=endpoint.methods, auth_level=func.AuthLevel.ANONYMOUS
            )
            blueprint.function_name(endpoint.name)(route(serve))
            return handler

        return register

    def methods_at(self, path: str) -> list[str]:
        """What may be asked at a path, without its first slash; empty if nothing is there."""
        there = [e for e in self.endpoints if "*" not in e.path and e.stands_at(path)]
        return sorted({"OPTIONS", *(method for e in there for method in e.methods)}) if there else []

    async def _serve(self, req: func.HttpRequest, endpoint: Endpoint, handler: Handler) -> func.HttpResponse:
        started = time.perf_counter()
        correlation = parsing.correlation_id(req, self.ports.ids.unique())
        who: list[str] = ["-"]
        with self._counting() as storage:
            answer = await self._answer(req, endpoint, handler, correlation, who)
        answer.headers["X-Correlation-ID"] = correlation
        answer.headers.update(self.origins.headers(req))
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
            "storageHops": storage.hops,
            "ms": round((time.perf_counter() - started) * 1000, 1),
        }
        _log.info(json.dumps(said))
        return answer

    async def _answer(
        self, req: func.HttpRequest, endpoint: Endpoint, handler: Handler, correlation: str, who: list[str]
    ) -> func.HttpResponse:
        try:
            async with asyncio.timeout(self._seconds * endpoint.patience), self._room.taken(endpoint):
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
        call = await self._reception.call(req, endpoint)
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
            fingerprint=fingerprint(req, endpoint, call),
            reserve=self._reserve[endpoint.reserves] if endpoint.reserves else None,
            lease=timedelta(seconds=self._seconds * endpoint.patience + _MARGIN),
            perform=perform,
        )


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
        if req.method in ("GET", "HEAD") and headers["ETag"] in tags:
            return without_body(304, headers)
    if reply.make:  # much, so that others shouldn't have to wait for it to become text
        body = await asyncio.to_thread(body_of, replace(reply, data=await reply.make()))
    else:
        body = body_of(reply)
    return response(reply.status, body, headers, reply.media_type)
