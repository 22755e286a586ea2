"""The end of a quotation's validity over HTTP, to the millisecond: the app's own endpoints on the local host, with
a clock that the test sets and storage in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import azure.functions as func
import httpx
import pytest

from adapters.limits import AddressLimits
from adapters.sessions import CachedSessions
from adapters.tables import counting
from domain.identity import Caller, NotAuthenticated
from domain.values import Actor
from functions import quotations, timers
from functions.clockwork import Clockwork
from functions.edge import Edge, Gate
from functions.models.pricing import PricingDesk
from local.host import Host, Options
from tests.domain.quotations.builders import PARTNER, Setting
from tests.fakes.pdf import ExampleMasterData
from tests.fakes.post import APrimary

LAST_MOMENT = datetime(2026, 3, 31, 18, 29, 59, 999_000, tzinfo=UTC)
OVER = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)


class ByName:
    """The port `functions.edge.Security`: the token is the person's id."""

    def __init__(self, *people: Actor) -> None:
        self._people = {person.id: person for person in people}

    async def caller(self, token: str) -> Caller:
        if token not in self._people:
            raise NotAuthenticated("Sign in first.")
        return Caller(self._people[token], "session", None, None, datetime(2027, 1, 1, tzinfo=UTC))


@asynccontextmanager
async def served(setting: Setting) -> AsyncIterator[httpx.AsyncClient]:
    edge = Edge(
        ports=setting.ports,
        security=ByName(PARTNER, setting.customer),
        origins=frozenset(),
        reserve={},
        counting=counting,
        seconds=20,
        gate=Gate(limits=AddressLimits(ports=setting.ports, per_minute=10_000), proxies=1),
        post=APrimary(),
    )
    clockwork = Clockwork(may_run=APrimary().may_run, counting=counting)
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    app.register_functions(quotations.blueprint(edge, PricingDesk(ExampleMasterData()), setting.press))
    app.register_functions(
        timers.blueprint(clockwork, setting.ports, setting.blobs, CachedSessions(ports=setting.ports))
    )
    async with Host(app, Options(prefix="")) as host, httpx.AsyncClient(base_url=host.base, timeout=20) as client:
        yield client


def auth(person: Actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.id}"}


class TestValidity:
    """cases.md 12: made on 1 March for 30 days, so valid until 31 March (India)."""

    @pytest.mark.parametrize(("at", "status"), [(LAST_MOMENT, 200), (OVER, 410)])
    @pytest.mark.parametrize("answer", ["accept", "reject"])
    def test_ends_at_midnight_in_india_though_no_timer_has_run(self, at, status, answer):
        async def story() -> None:
            setting = Setting()
            await setting.register()
            made = await setting.create()
            await setting.share(made.id)
            before = await setting.file()
            setting.clock.at = at
            async with served(setting) as client:
                path = f"/api/v1/quotations/{made.id}"
                said = await client.patch(f"{path}/{answer}", json={}, headers=auth(setting.customer))
                assert said.status_code == status
                if status == 200:
                    return
                assert said.json()["error"]["details"] == {"validUntil": "2026-03-31"}
                assert await setting.file() == before  # nothing changed
                for person in (setting.customer, PARTNER):
                    seen = (await client.get(path, headers=auth(person))).json()["data"]
                    assert (seen["status"], seen["closedAt"]) == ("Expired", "2026-03-31T18:30:00.000Z")

        asyncio.run(story())

    def test_looks_the_same_once_the_timer_has_entered_it(self):
        async def story() -> None:
            setting = Setting()
            await setting.register()
            made = await setting.create()
            await setting.share(made.id)
            setting.clock.at = OVER
            async with served(setting) as client:
                path = f"/api/v1/quotations/{made.id}"
                before = (await client.get(path, headers=auth(setting.customer))).json()["data"]
                assert (await client.post("/admin/functions/ExpireQuotations", json={})).status_code == 202
                for _ in range(200):
                    if await setting.statuses() == ["Expired"]:
                        break
                    await asyncio.sleep(0.01)
                said = await client.get(path, headers=auth(setting.customer))
                after = said.json()["data"]
                assert {n for n in before if before[n] != after[n]} == {"version"}
                again = await client.patch(f"{path}/accept", json={}, headers=auth(setting.customer))
                assert again.status_code == 410

        asyncio.run(story())
