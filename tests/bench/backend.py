"""The app in this process, on a data folder that `make fill` has filled, and people who are signed in to it.

A request goes the whole way: token, query, storage over the wire, reply as text. Only the host is left out.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

from adapters.tables import counting
from local import azurite, tables
from local.settings import local_settings

ROUNDS = 7
Cost = dict[str, float]


@contextmanager
def storage(data: Path) -> Iterator[None]:
    """The storage of a filled folder, with the demo's people in it; the app's settings say where it is."""
    with azurite.start(None, in_memory=True) as blobs, tables.start(data / "tables") as rows:
        connection = rows.in_place_of(blobs.connection_string)
        os.environ.update(local_settings(data, storage_connection=connection))
        os.environ.update(SENSITIVE_PER_MINUTE="100000", REQUEST_SECONDS="60")
        (data / "outbox").mkdir(exist_ok=True)
        subprocess.run([sys.executable, "-m", "local.demo_data"], check=True)
        yield


@dataclass
class Backend:
    """The app's functions, and the tokens of whoever asks."""

    data: Path
    functions: dict[str, Callable[..., Any]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    async def start(self) -> Any:
        """Load the app; its wiring. Sign in the demo's Admin, its KAM, and two partners: one with 2,000 leads."""
        import function_app as wiring

        self.functions = {f.get_function_name(): f.get_user_function() for f in wiring.app.get_functions()}
        self.tokens["Admin"] = await self._staff("admin@example.com", "Admin-Demo-1!")
        self.tokens["KAM"] = await self._staff("kam-1002@example.com", "Kam-Demo-1!")
        self.tokens["big partner"] = await self._by_phone("9000000001")
        self.tokens["partner"] = await self._by_phone("9000000099")
        return wiring

    async def customer(self, phone: str) -> None:
        """Sign in a customer too."""
        self.tokens["customer"] = await self._by_phone(phone)

    async def ask(self, who: str, name: str, url: str = "", **headers: str) -> func.HttpResponse:
        """The reply to a GET of one of the functions; parameters of the route are written as `{leadId}=…`."""
        said = dict(parse_qsl(urlsplit(url).query))
        route = {key[1:-1]: said.pop(key) for key in list(said) if key.startswith("{")}
        headers = {"Authorization": f"Bearer {self.tokens[who]}", **headers}
        request = func.HttpRequest(
            method="GET", url="http://bench/api", headers=headers, params=said, route_params=route, body=b""
        )
        return await self.functions[name](request)

    async def _staff(self, email: str, password: str) -> str:
        return str((await self._login({"email": email, "password": password}))["token"])

    async def _by_phone(self, phone: str) -> str:
        await self._login({"phone": phone})
        lines = (self.data / "outbox" / "sms.jsonl").read_text(encoding="utf-8").splitlines()
        code = next(m["otp"] for m in map(json.loads, reversed(lines)) if m["to"].endswith(phone))
        return str((await self._login({"phone": phone, "otp": code}))["token"])

    async def _login(self, body: dict[str, str]) -> dict[str, Any]:
        content = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = func.HttpRequest(method="POST", url="http://bench/api", headers=headers, body=content)
        reply = await self.functions["SignIn"](request)
        assert reply.status_code == 200, reply.get_body()
        return dict(json.loads(reply.get_body()))


async def cost(ask: Callable[[], Any], rounds: int = ROUNDS) -> tuple[Cost, Any]:
    """What it costs: the fewest storage requests and hops (a look at the caller's session, each half minute, isn't
    the list's), the first time and the median of the others, CPU of this process,
    and for how long at a time everybody else had to wait. And what it answered."""
    took, cpu, waits, answer = [], [], [], None
    storage: list[tuple[int, int]] = []
    for _ in range(rounds):
        gap = Gap()
        watch = asyncio.create_task(gap.watch())
        await asyncio.sleep(0)
        used, began = time.process_time(), time.perf_counter()
        with counting() as count:
            answer = await ask()
        took.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)
        await asyncio.sleep(0.002)  # lets the watch see how long it was
        watch.cancel()
        waits.append(gap.longest * 1000)
        storage.append((count.hops, count.requests))
    hops, requests = min(storage)
    found = {"requests": requests, "hops": hops, "first_ms": took[0], "p50_ms": statistics.median(took[1:] or took)}
    return {**found, "cpu_ms": statistics.median(cpu), "waits_ms": statistics.median(waits)}, answer


class Gap:
    """The longest time for which this task, which always wants to go on, couldn't: in CPU time of the event loop's
    thread, so that what else the machine does isn't counted."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        """Go on until cancelled."""
        last = time.thread_time()
        while True:
            await asyncio.sleep(0.0005)
            now = time.thread_time()
            self.longest, last = max(self.longest, now - last), now
