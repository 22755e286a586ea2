"""One backend inside the test: the real edge and domain on a storage, with a wire between that can fail.

A `Process` stands for one worker process: when it is killed, nothing of it reaches the storage any more, and
the next `Process` knows only what is stored. No tests here.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import azure.functions as func

from adapters.catalogue import CachedCatalogue
from adapters.cursors import HmacCursors
from adapters.ids import CounterIds
from adapters.limits import AddressLimits
from adapters.sessions import CachedSessions
from adapters.tables import counting
from domain import customer_exceptions as exceptions
from domain import documents as domain_documents
from domain import leads as domain_leads
from domain import notifications
from domain import quotations as domain_quotations
from domain.blobs import Blobs
from domain.customer_exceptions import reserve_job_id
from domain.customers import new_customer_id
from domain.identity import Caller, ResetPage, reserve_person_id
from domain.leads import reserve_lead_id
from domain.ports import Ports
from domain.quotations import Press
from domain.store import Store
from domain.values import Actor, PhoneNumber, Role
from functions import (
    admin_settings,
    assignments,
    auth,
    bulk,
    commissions,
    customer_exceptions,
    customers,
    documents,
    kyc,
    leads,
    masterdata_admin,
    people,
    quotation_edits,
    quotations,
)
from functions.edge import Edge, Gate
from functions.models.pricing import PricingDesk
from tests.fakes.clock import FakeClock
from tests.fakes.messages import FakeMessages
from tests.fakes.pdf import FakePdf
from tests.fakes.post import APrimary

Send = Callable[[], Awaitable[Any]]
WireFault = Callable[["Wire", Any, Send], Awaitable[Any]]


EVERY = -1
"""Instead of a number: each request meets the fault."""


class Killed(BaseException):
    """The process is gone; not an Exception, since no code of a dead process handles anything."""


@dataclass
class Wire:
    """Between a process and the storage. Meets the `at`-th request after `arm` with the fault. `told` is the
    fault's own: what it has seen so far."""

    at: int = 0
    fault: WireFault | None = None
    seen: int = 0
    dead: bool = False
    told: bool = False

    def arm(self, at: int, fault: WireFault) -> None:
        """From now on count, and meet request number `at` (from 1) with `fault`."""
        self.at, self.fault, self.seen = at, fault, 0

    async def __call__(self, request: Any, send: Send) -> Any:
        if self.dead:
            raise Killed
        if self.fault is None:
            return await send()
        self.seen += 1
        return await (self.fault(self, request, send) if self.at in (self.seen, EVERY) else send())

    @property
    def struck(self) -> bool:
        """Whether there was a request number `at` at all."""
        return self.fault is not None and self.seen >= self.at


class Storage(Protocol):
    """Where processes keep their data."""

    def opened(self, wire: Wire) -> tuple[Store, Blobs, Callable[[], Awaitable[None]]]:
        """A process's own way to it, over its wire, and how to close that."""
        ...

    async def upload(self, url: str, content: bytes) -> None:
        """What a client does with an upload link."""
        ...


class TokensAreNames:
    """`functions.edge.Security`: the token is whoever it names, as `Role:id:name:phone`."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    async def caller(self, token: str) -> Caller:
        """The person the token names."""
        role, person, name, phone = token.split(":")
        partners = frozenset({"CP-1001"}) if role == "KAM" else frozenset()
        actor = Actor(person, name, Role(role), partners=partners)
        return Caller(actor, "session", PhoneNumber(phone) if phone else None, None, self._clock.now())


@dataclass(frozen=True)
class Answer:
    """What a client got."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def data(self) -> Any:
        """The envelope's data."""
        return self.body["data"]


class Office:
    """`domain.ports.Directory` without storage: who else is told of a channel partner's leads."""

    async def kam_of(self, partner_id: str) -> str | None:
        """Ravi's key account manager."""
        return {"CP-1001": "KAM-1001"}.get(partner_id)

    async def partner_of(self, lead_id: str) -> str | None:
        """Ravi has brought all leads."""
        return "CP-1001"

    async def admins(self) -> tuple[str, ...]:
        """Whoever else is in the office."""
        return "ADMIN-1001", "ADMIN-1002"


@dataclass
class Process:
    """A worker process on a storage."""

    storage: Storage
    clock: FakeClock
    wire: Wire = field(default_factory=Wire)

    def __post_init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.store, self.blobs, self._close = self.storage.opened(self.wire)
        self.ports = Ports(
            store=self.store,
            clock=self.clock,
            ids=CounterIds(self.store),
            pause=_pause,
            later=self._later,
            directory=Office(),
        )
        self.live = CachedSessions(ports=self.ports)
        self._edge = self._made_edge()
        catalogue = CachedCatalogue(self.store, self.clock)
        pricing, press = PricingDesk(catalogue), Press(FakePdf(), self.blobs, catalogue)
        nothing = cast(Any, None)  # what only signing in needs
        desk = auth.Desk(nothing, FakeMessages(), nothing, nothing, nothing, self.live, ResetPage("http://portal"))
        edge, cursors = self._edge, HmacCursors(key=b"k" * 32)
        self._blueprints: dict[str, list[Callable[[], func.Blueprint]]] = {
            "leads": [lambda: leads.blueprint(edge), lambda: bulk.blueprint(edge)],
            "commissions": [lambda: commissions.blueprint(edge)],
            "quotations": [
                lambda: quotations.blueprint(edge, pricing, press),
                lambda: quotation_edits.blueprint(edge, pricing, press),
            ],
            "leadDocuments": [lambda: documents.blueprint(edge, self.blobs)],
            "documents": [lambda: documents.blueprint(edge, self.blobs)],
            "kycDocuments": [lambda: kyc.blueprint(edge, self.blobs)],
            "customers": [
                lambda: customers.blueprint(edge),
                lambda: customer_exceptions.blueprint(edge, self.live),
            ],
            "channel-partners": [
                lambda: people.blueprint(edge, desk, cursors),
                lambda: assignments.blueprint(edge, desk, cursors),
            ],
            "kams": [lambda: people.blueprint(edge, desk, cursors)],
            "masterdata": [lambda: masterdata_admin.blueprint(edge, catalogue)],
            "settings": [lambda: admin_settings.blueprint(edge)],
        }
        self._functions: dict[str, Any] = {}

    def _made_edge(self) -> Edge:
        return Edge(
            ports=self.ports,
            security=TokensAreNames(self.clock),
            origins=frozenset(),
            reserve={
                "lead": lambda: reserve_lead_id(self.ports),
                "cp": lambda: reserve_person_id(self.ports, Role.CP),
                "kam": lambda: reserve_person_id(self.ports, Role.KAM),
                "customer": lambda: new_customer_id(self.ports),
                "job": lambda: reserve_job_id(self.ports),
            },
            counting=counting,
            seconds=20,
            gate=Gate(limits=AddressLimits(ports=self.ports, per_minute=10_000), proxies=1),
            post=APrimary(),
        )

    async def sweep(self) -> None:
        """What the timers do that make good what a crash has left."""
        await exceptions.finish_open_jobs(ports=self.ports, live=self.live)
        await domain_leads.sweep(ports=self.ports, afterwork=domain_quotations.note_expiries)
        await notifications.sweep(ports=self.ports)
        await domain_documents.sweep_uploads(ports=self.ports, blobs=self.blobs)
        await self.settle()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def call(
        self, who: str, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> Answer:
        """One request, and what the process does after the answer. Raises Killed."""
        function, parameters = self._route(method, path)
        sent = {"authorization": f"Bearer {who}", **{n.replace("_", "-"): v for n, v in headers.items()}}
        request = func.HttpRequest(
            method=method,
            url=f"http://test/{path}",
            headers=sent,
            route_params=parameters,
            body=json.dumps(body or {}).encode(),
        )
        reply = await function(request)
        await self.settle()
        return Answer(reply.status_code, json.loads(reply.get_body() or b"{}"), dict(reply.headers))

    async def settle(self) -> None:
        """Wait for the work beside the answers."""
        while self._tasks:
            done = await asyncio.gather(*self._tasks, return_exceptions=True)
            for outcome in done:
                if isinstance(outcome, Killed):
                    raise outcome

    async def end(self) -> None:
        """The process is over, however far it got."""
        self.wire.dead = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._close()

    def _route(self, method: str, path: str) -> tuple[Any, dict[str, str]]:
        # To register all of the app's functions would take longer than what is tried with them.
        for blueprint in self._blueprints.pop(path.split("/")[1], []):
            app = func.FunctionApp()
            app.register_functions(blueprint())
            self._functions |= {f.get_function_name(): f.get_user_function() for f in app.get_functions()}
        # A literal segment goes before a parameter, as in the host.
        for endpoint in sorted(self._edge.endpoints, key=lambda e: len(e.path_parameters)):
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", endpoint.path.removeprefix("api/v1"))
            found = re.fullmatch(pattern, path)
            if found and endpoint.method == method:
                return self._functions[endpoint.name], found.groupdict()
        raise LookupError(f"{method} {path}")


async def _pause(attempt: int) -> None:
    await asyncio.sleep(0.002 * (attempt + 1))
