"""The application in the bench's own process, on an Azurite of its own: its functions called as the worker calls them,
with people who are signed in. What is measured of them is in `use_cases` and `contention`."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import azure.functions as func

from local import azurite
from local.demo import CONFIGURATION
from local.settings import local_settings
from tests.bench.recording import Bare, Recorded, Recording
from tests.domain.documents.files import a_pdf

_numbers = itertools.count(1)
PARTNER, OTHER_PARTNER = "9000000001", "9000000002"
PAPER_BYTES = 60_000
DOCUMENT = b"x" * 200_000
STAFF = {"email": "admin@example.com", "password": "Admin-Demo-1!"}


class Refused(Exception):
    """The application refused what a bench expects it to do."""


class BlankPaper:
    """The port `domain.quotations.QuotationPdf`: as large as a drawn one, and drawn in no time."""

    async def render(self, *, paper: Any) -> bytes:
        """Another one for each quotation."""
        return f"%PDF {paper!r}".encode().ljust(PAPER_BYTES)


class Application:
    """The wired application. Quotations get a paper that costs nothing: drawing has rows of its own."""

    def __init__(self, outbox: Path) -> None:
        import function_app as wiring

        self.wiring = wiring
        self.recording = Recording()
        for fenced, name, port in ((wiring.store, "_store", wiring.tables), (wiring.blobs, "_blobs", wiring.files)):
            setattr(fenced, name, Recorded(port, self.recording))
        object.__setattr__(wiring.press, "pdf", BlankPaper())
        self._outbox = outbox
        self._session: aiohttp.ClientSession | None = None
        functions = {f.get_function_name(): f.get_user_function() for f in wiring.app.get_functions()}
        # A literal segment goes before a parameter, as in the host.
        self._routes = [
            (e.method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", f"/{e.path}")), functions[e.name])
            for e in sorted(wiring.edge.endpoints, key=lambda e: len(e.path_parameters))
        ]

    async def ask(
        self, who: str, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> func.HttpResponse:
        """One request with a token (or none) and its answer. Raises Refused."""
        plain, _, query = f"/api/v1{path}".partition("?")
        reply = await self._function(method, plain)(self._request(who, method, plain, query, body, headers))
        if reply.status_code >= 400:
            raise Refused(f"{method} {path}: {reply.status_code} {reply.get_body().decode()[:300]}")
        return reply

    async def data(self, who: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The envelope's data."""
        return json.loads((await self.ask(who, method, path, body)).get_body())["data"]

    def _function(self, method: str, path: str) -> Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]:
        self._parameters: dict[str, str] = {}
        for known, pattern, function in self._routes:
            found = pattern.fullmatch(path) if known == method else None
            if found:
                self._parameters = found.groupdict()
                return function
        raise LookupError(f"{method} {path}")

    def _request(
        self, who: str, method: str, path: str, query: str, body: Any, headers: Mapping[str, str]
    ) -> func.HttpRequest:
        sent = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        return func.HttpRequest(
            method=method,
            url=f"http://localhost{path}",
            headers={"authorization": f"Bearer {who}", **sent} if who else sent,
            params=dict(pair.split("=", 1) for pair in query.split("&") if pair),
            route_params=self._parameters,
            body=b"" if body is None else json.dumps(body).encode(),
        )

    def codes(self) -> dict[str, str]:
        """The newest one-time code of each phone."""
        said = map(json.loads, (self._outbox / "sms.jsonl").read_text(encoding="utf-8").splitlines())
        return {message["to"][-10:]: message["otp"] for message in said if message.get("otp")}

    async def upload(self, link: Mapping[str, Any]) -> None:
        """What a client does with a link for a document."""
        async with self._http().put(link["sasUrl"], data=a_pdf(DOCUMENT), headers=link["headers"]) as reply:
            if reply.status >= 400:
                raise Refused(await reply.text())

    def _http(self) -> aiohttp.ClientSession:
        self._session = self._session or aiohttp.ClientSession()
        return self._session

    async def signed_in(self, phone: str) -> str:
        """Somebody's token, by a one-time code."""
        await self.ask("", "POST", "/auth/login", {"phone": phone})
        reply = await self.ask("", "POST", "/auth/login", {"phone": phone, "otp": self.codes()[phone]})
        return str(json.loads(reply.get_body())["accessToken"])

    async def staff(self) -> str:
        """An admin's token."""
        return str(json.loads((await self.ask("", "POST", "/auth/login", STAFF)).get_body())["accessToken"])

    async def lead(self, partner: str, phone: str | None = None) -> str:
        """A new lead of a partner's, of a customer whom nobody has met unless a phone is given; its id."""
        body = {
            "customerName": "Kavita Desai",
            "phone": phone or f"97{next(_numbers):08d}",
            "address": "5 Station Road, Ahmedabad",
            "state": "Gujarat",
            "services": ["Rooftop solar"],
        }
        return str((await self.data(partner, "POST", "/leads", body))["id"])

    async def quotation(self, partner: str, lead_id: str, *, shared: bool) -> str:
        """A new quotation of a lead; its id."""
        made = await self.data(partner, "POST", "/quotations", {"leadId": lead_id, **CONFIGURATION})
        if shared:
            await self.ask(partner, "PATCH", f"/quotations/{made['id']}/share", {})
        return str(made["id"])

    async def close(self) -> None:
        """What is done after the answers, then the connections."""
        from adapters.background import all_done

        await all_done()
        for part in (self.wiring.tables, self.wiring.files, self.wiring.engine.vault, self._session):
            if part:
                await part.close()


def new_phone() -> str:
    """A number that nobody has used here."""
    return f"96{next(_numbers):08d}"


async def at_once(work: Callable[[int], Awaitable[Any]], numbers: Iterable[int], most: int = 8) -> list[Any]:
    """Do it for each number, some at the same time; what came of each, in order."""
    gate = asyncio.Semaphore(most)

    async def one(number: int) -> Any:
        async with gate:
            return await work(number)

    return await asyncio.gather(*(one(number) for number in numbers))


@contextmanager
def on_azurite() -> Iterator[Path]:
    """Settings of a run on an empty Azurite in memory, with the demo data loaded; the folder of the outbox."""
    with tempfile.TemporaryDirectory() as folder, azurite.start(None, in_memory=True) as storage:
        os.environ.update(local_settings(Path(folder), storage_connection=storage.connection_string))
        os.environ["SENSITIVE_PER_MINUTE"] = "1000000"  # all of a bench's people have one address
        from local import demo_data
        from local.host import set_up_logging

        set_up_logging(verbose=False)
        _log_requests_to_nowhere()
        outbox = Path(os.environ["OUTBOX_DIR"])
        outbox.mkdir(exist_ok=True)
        asyncio.run(_loaded(demo_data))
        yield outbox


def _log_requests_to_nowhere() -> None:
    """The line for each request is made and written as ever, so that it counts, but doesn't bury the table."""
    log = logging.getLogger("solarium.requests")
    log.addHandler(logging.FileHandler(os.devnull))
    log.propagate = False


async def _loaded(demo_data: Any) -> None:
    from adapters.background import all_done

    await demo_data.main()
    await all_done()
    for part in (demo_data.wiring.tables, demo_data.wiring.files, demo_data.wiring.engine.vault):
        await part.close()


@asynccontextmanager
async def opened(outbox: Path) -> AsyncIterator[tuple[Application, Bare]]:
    """The application, and its recorded calls made bare with clients of the SDK's own; all closed at the end."""
    from azure.data.tables.aio import TableServiceClient
    from azure.storage.blob.aio import BlobServiceClient

    application, account = Application(outbox), os.environ["STORAGE_CONNECTION"]
    tables = TableServiceClient.from_connection_string(account)
    blobs = BlobServiceClient.from_connection_string(account)
    try:
        yield application, Bare(tables, blobs)
    finally:
        for part in (application, tables, blobs):
            await part.close()
