"""An instance that is asked too much refuses what it can't do in time, before it has begun with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import azure.functions as func
import pytest

from adapters.limits import AddressLimits
from adapters.tables import counting
from domain.identity import Caller, NotAuthenticated
from functions.edge import ANYONE, SIGNED_IN, Call, Edge, Endpoint, Gate, Reply, _room
from functions.edge._room import READS, WRITES
from tests.domain.quotations.builders import PARTNER, Setting
from tests.fakes.post import APrimary


class OnlyThePartner:
    """The port `functions.edge.Security`; who isn't the partner isn't known."""

    async def caller(self, token: str) -> Caller:
        if token != PARTNER.id:
            raise NotAuthenticated("Sign in first.")
        return Caller(PARTNER, "session", None, None, Setting().clock.at)


class Instance:
    """An edge whose handlers work until they are told to end."""

    def __init__(self, seconds: float = 20) -> None:
        ports = Setting().ports
        self.edge = Edge(
            ports=ports,
            security=OnlyThePartner(),
            origins=frozenset(),
            reserve={},
            counting=counting,
            seconds=seconds,
            gate=Gate(limits=AddressLimits(ports=ports, per_minute=10_000), proxies=1),
            post=APrimary(),
        )
        self.go_on = asyncio.Event()
        self.begun, self._wanted, self._there = 0, 0, asyncio.Event()
        app, blueprint = func.FunctionApp(), func.Blueprint()
        self._add(blueprint, Endpoint("Look", "GET", "look", SIGNED_IN, "Looks"))
        self._add(blueprint, Endpoint("Decide", "POST", "decide", SIGNED_IN, "Decides"))
        self._add(blueprint, Endpoint("Health", "GET", "health", ANYONE, "Is up"))
        app.register_functions(blueprint)
        self._functions = {each.get_function_name(): each.get_user_function() for each in app.get_functions()}

    def _add(self, blueprint: func.Blueprint, endpoint: Endpoint) -> None:
        @self.edge.endpoint(blueprint, endpoint)
        async def work(call: Call) -> Reply:
            self.begun += 1
            if self.begun == self._wanted:
                self._there.set()
            await self.go_on.wait()
            return Reply({"done": True})

    def ask(self, name: str, token: str = PARTNER.id) -> asyncio.Task[func.HttpResponse]:
        method = "POST" if name == "Decide" else "GET"
        headers = {"authorization": f"Bearer {token}"}
        request = func.HttpRequest(method=method, url="http://test/x", headers=headers, body=b"{}")
        asked: Coroutine[Any, Any, func.HttpResponse] = self._functions[name](request)
        return asyncio.get_running_loop().create_task(asked)

    async def fill(self, name: str, count: int) -> list[asyncio.Task[func.HttpResponse]]:
        """So many requests under way."""
        self._wanted, self._there = self.begun + count, asyncio.Event()
        asked = [self.ask(name) for _ in range(count)]
        await self._there.wait()
        return asked


def played(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), 20))


class TestRoom:
    @pytest.fixture(autouse=True)
    def _short_wait(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_room, "WAIT", 0.1)

    def test_a_burst_of_three_times_as_many_is_answered_in_turn(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def story() -> None:
            monkeypatch.setattr(_room, "WAIT", 10)
            instance = Instance()
            inside = await instance.fill("Look", READS)
            waiting = [instance.ask("Look") for _ in range(2 * READS)]
            await asyncio.sleep(0.01)
            assert instance.begun == READS, "no more at once"
            instance.go_on.set()
            assert {reply.status_code for reply in await asyncio.gather(*inside, *waiting)} == {200}

        played(story)

    def test_who_gives_up_waiting_leaves_the_place_to_others(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def story() -> None:
            monkeypatch.setattr(_room, "WAIT", 10)
            instance = Instance()
            inside = await instance.fill("Look", READS)
            gone, staying = [instance.ask("Look") for _ in range(READS)], instance.ask("Look")
            await asyncio.sleep(0.01)
            for each in gone:
                each.cancel()
            instance.go_on.set()
            assert {reply.status_code for reply in await asyncio.gather(*inside, staying)} == {200}
            assert {r.status_code for r in await asyncio.gather(*[instance.ask("Look") for _ in gone])} == {200}

        played(story)

    def test_one_read_more_than_fit_is_refused_before_anything_is_done(self) -> None:
        async def story() -> None:
            instance = Instance()
            inside = await instance.fill("Look", READS)
            refused = await instance.ask("Look")
            said = json.loads(refused.get_body())
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
            assert (said["type"], said["error"]["code"]) == ("/api/problems/too-busy", "TOO_BUSY")
            assert instance.begun == READS
            instance.go_on.set()
            assert {reply.status_code for reply in await asyncio.gather(*inside)} == {200}
            assert (await instance.ask("Look")).status_code == 200, "who has left leaves room"

        played(story)

    def test_decisions_find_room_where_looks_no_longer_do(self) -> None:
        async def story() -> None:
            instance = Instance()
            inside = await instance.fill("Look", READS)
            inside += await instance.fill("Decide", WRITES - READS)
            assert (await instance.ask("Decide")).status_code == 503
            instance.go_on.set()
            assert {reply.status_code for reply in await asyncio.gather(*inside)} == {200}

        played(story)

    def test_health_is_told_all_the_same(self) -> None:
        async def story() -> None:
            instance = Instance()
            inside = await instance.fill("Decide", WRITES)
            health = await instance.fill("Health", 1)
            instance.go_on.set()
            assert {reply.status_code for reply in await asyncio.gather(*inside, *health)} == {200}

        played(story)

    def test_refusals_and_time_outs_leave_room_too(self) -> None:
        async def story() -> None:
            instance = Instance(seconds=0.05)
            unknown = [instance.ask("Look", token="nobody") for _ in range(WRITES * 2)]
            assert 401 in {reply.status_code for reply in await asyncio.gather(*unknown)}
            late = await instance.fill("Look", READS)
            assert {reply.status_code for reply in await asyncio.gather(*late)} == {503}
            instance.go_on.set()
            assert (await instance.ask("Look")).status_code == 200

        played(story)
