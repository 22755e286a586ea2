"""What a client's call is, as a row of a table: what it sends, and what its reader reads. No tests here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from tests.journeys.clients.reading import Check, Shape, faults
from tests.journeys.clients.world import Ids, World

Given = Callable[[World], Ids]


@dataclass(frozen=True)
class Call:
    """One call of a client. `{names}` in request and body stand for what `given` has prepared.

    `request` is as the client sends it: method, and path and query from the host on. `who` is signed in; nobody
    if it is empty. `reads` is what the client's code reads of the answer. A call that isn't `met` as the client
    expects it stands in docs/clients.md, and has the status that it is answered with instead.
    """

    request: str
    reads: Check | Shape
    given: Given = World.nothing
    who: str = "partner"
    body: Mapping[str, Any] | None = None
    files: Mapping[str, Any] | None = None
    status: int = 200
    note: str = ""
    met: bool = True

    @property
    def endpoint(self) -> str:
        """Method and path, as the contract's tables name it."""
        return self.request.partition("?")[0]

    @property
    def name(self) -> str:
        """For the test's report."""
        return f"{self.endpoint} {self.note}".strip()


@dataclass(frozen=True)
class App:
    """A client application: its own headers, on every request."""

    http: httpx.Client
    world: World
    headers: Mapping[str, str]

    def send(self, call: Call) -> httpx.Response:
        """The call as the client sends it, by whoever makes it."""
        once = call.request.startswith("GET") and getattr(World, call.given.__name__, None) is call.given
        ids = dict(self.world.seen(call.given) if once else call.given(self.world))
        headers = {**self.headers, **ids.pop("headers", {}), **self.world.token_of(ids.pop("who", call.who))}
        sent: dict[str, Any] = {}
        if call.body is not None:
            sent["content"] = json.dumps(filled_in(call.body, ids))
        if call.files is not None:
            sent["files"] = call.files
            headers.pop("Content-Type", None)  # the client library writes it, with its boundary
        method, url = call.request.format(**ids).split(" ", 1)
        return self.http.request(method, url, headers=headers, follow_redirects=True, **sent)

    def check(self, call: Call) -> Any:
        """Send it, and read the answer as the client does; the body."""
        reply = self.send(call)
        assert reply.status_code == call.status, reply.text
        body = read(reply)
        assert faults(call.reads, body) == []
        return body


def read(reply: httpx.Response) -> Any:
    """The JSON of a reply with exact numbers, or its text."""
    if "json" in reply.headers.get("content-type", ""):
        return json.loads(reply.content, parse_float=Decimal)
    return reply.text


def filled_in(value: Any, ids: Mapping[str, Any]) -> Any:
    """The value with every `{name}` replaced."""
    match value:
        case str():
            return ids[value[1:-1]] if value[:1] == "{" and value[1:-1] in ids else value.format(**ids)
        case Mapping():
            return {name: filled_in(member, ids) for name, member in value.items()}
        case list():
            return [filled_in(member, ids) for member in value]
    return value
