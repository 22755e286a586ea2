"""The rehearsal: a primary, a copy, a standby; the primary is killed, the standby promoted, the old primary fenced."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from azure.data.tables.aio import TableClient

from domain.values import moment
from tests.conftest import ROOT, Backend, started_backend
from tests.journeys.conftest import Client, code_for

LEAD = {"customerName": "Meena Rao", "phone": "9822000001", "address": "8 River Road, Surat"}


def run(module: str, *arguments: str, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, **({"DATA": str(data)} if data else {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Instance:
    """One running instance, met by the same people: their tokens hold on every instance."""

    def __init__(self, backend: Backend, token: str = "", admin: str = "") -> None:
        self.backend = backend
        self.http = httpx.Client(base_url=backend.base, timeout=30)
        self.partner, self.admin = Client(self.http, token), Client(self.http, admin)

    def also_on(self, backend: Backend) -> Instance:
        """The same people on another instance."""
        token, admin = (c.headers["Authorization"].split()[1] for c in (self.partner, self.admin))
        return Instance(backend, token, admin)

    def command(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run("local.command", name, *arguments, data=self.backend.data)


def signed_in(backend: Backend) -> Instance:
    with httpx.Client(base_url=backend.base, timeout=30) as http:
        http.post("/api/v1/auth/login", json={"phone": "9000000001"})
        said = {"phone": "9000000001", "otp": code_for(backend, "9000000001")}
        token = http.post("/api/v1/auth/login", json=said).json()["accessToken"]
        said = {"email": "admin@example.com", "password": "Admin-Demo-1!"}
        admin = http.post("/api/v1/auth/login", json=said).json()["token"]
    return Instance(backend, token, admin)


@pytest.fixture(scope="module")
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(stack: ExitStack, folder: Path, **settings: str) -> Backend:
    folder.mkdir(exist_ok=True)
    (folder / "ready.json").unlink(missing_ok=True)
    return stack.enter_context(started_backend(folder, REQUEST_SECONDS="30", **settings))


def stop(backend: Backend, kind: signal.Signals) -> None:
    os.kill(backend.pid, kind)
    until = time.monotonic() + 60
    while Path(f"/proc/{backend.pid}/stat").exists() and time.monotonic() < until:
        if Path(f"/proc/{backend.pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)


async def forget_views(connection: str, lead_id: str) -> int:
    """Delete what the lists say of a lead; how many rows that were."""
    async with TableClient.from_connection_string(connection, "views") as table:
        found = [row async for row in table.list_entities() if row["RowKey"] == lead_id]
        for row in found:
            await table.delete_entity(row)
    return len(found)


def problem(said: httpx.Response) -> tuple[int, str]:
    return said.status_code, said.json()["error"]["code"]


class TestRehearsal:
    def test_the_loss_of_the_primary(self, stack: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> None:
        folder = tmp_path_factory.mktemp("rehearsal")
        primary = signed_in(start(stack, folder / "primary"))
        lead = primary.partner("POST", "/leads", json=LEAD)
        assert lead.status_code == 201, lead.text
        lead_id = lead.json()["data"]["id"]

        # The standby starts with a copy. What is written afterwards comes with the next one.
        home = str(primary.backend.data)
        standby = primary.also_on(start(stack, folder / "standby", STANDBY_OF=home))
        seen = standby.partner("GET", f"/leads/{lead_id}")
        assert seen.status_code == 200 and seen.json()["data"]["city"] == lead.json()["data"]["city"]
        as_of = moment(seen.headers["X-Data-As-Of"])
        assert timedelta() <= datetime.now(UTC) - as_of < timedelta(minutes=1)
        assert "X-Data-As-Of" not in primary.partner("GET", f"/leads/{lead_id}").headers
        assert primary.partner("PATCH", f"/leads/{lead_id}", json={"city": "Bhuj"}).status_code == 200
        assert standby.partner("GET", f"/leads/{lead_id}").headers["ETag"] == '"1"'
        assert run("local.replica", home, str(standby.backend.data)).returncode == 0
        again = standby.partner("GET", f"/leads/{lead_id}")
        assert (again.headers["ETag"], again.json()["data"]["city"]) == ('"2"', "Bhuj")

        self.refuses_every_write(standby, lead_id)
        said = standby.admin("GET", "/continuity/status")
        assert said.status_code == 200, said.text
        status = said.json()["data"]
        assert (status["mode"], status["instance"]) == ("standby", "standby")
        assert (status["epoch"]["number"], status["epoch"]["holder"]) == (1, "primary")
        assert 0 <= status["expectedLossSeconds"] < 120

        # While the primary answers, and without the typed name, nothing is promoted.
        url = ("--primary", primary.backend.base)
        assert "--confirm standby" in standby.command("promote", *url).stderr
        refused = standby.command("promote", *url, "--confirm", "standby")
        assert refused.returncode == 1 and "still answers" in refused.stderr

        stop(primary.backend, signal.SIGKILL)
        # What is copied comes in no order: here the lead's summaries haven't come along with it.
        assert asyncio.run(forget_views(standby.backend.storage, lead_id)) > 0
        done = standby.command("promote", *url, "--confirm", "standby")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Epoch 2: standby writes now" in done.stdout
        assert "leads in lists (1)" in done.stdout
        stop(standby.backend, signal.SIGTERM)
        promoted = primary.also_on(start(stack, folder / "standby", INSTANCE="standby"))
        assert promoted.partner("PATCH", f"/leads/{lead_id}", json={"city": "Surat"}).headers["ETag"] == '"3"'
        more = promoted.partner("POST", "/leads", json={**LEAD, "phone": "9822000002"})
        assert more.status_code == 201, more.text
        assert int(more.json()["data"]["id"][5:]) > int(lead_id[5:]) + 900  # past what a copy may have missed

        self.stays_fenced(primary, promoted, lead_id, stack)
        checked = promoted.command("check_data")
        assert checked.returncode == 0, checked.stdout
        shown = promoted.command("continuity_status")
        assert "mode            primary" in shown.stdout and "2, standby writes since" in shown.stdout

    def stays_fenced(self, primary: Instance, promoted: Instance, lead_id: str, stack: ExitStack) -> None:
        # The old primary wakes up. It reads, but nothing that it is told changes anything.
        peer = promoted.backend.storage
        old = primary.also_on(start(stack, primary.backend.data.parent, STORAGE_SECONDARY_CONNECTION=peer))
        assert old.partner("GET", f"/leads/{lead_id}").headers["ETag"] == '"2"'
        said = old.partner("PATCH", f"/leads/{lead_id}", json={"city": "Lost"})
        assert problem(said) == (503, "WRITES_FENCED") and int(said.headers["Retry-After"]) > 0
        assert problem(old.partner("POST", "/leads", json=LEAD)) == (503, "WRITES_FENCED")
        assert old.partner("GET", f"/leads/{lead_id}").headers["ETag"] == '"2"'
        assert old.admin("GET", "/continuity/status").json()["data"]["mode"] == "fenced"
        # And a copy job that goes on, knowing of nothing, doesn't overwrite what the promoted one has taken.
        late = run("local.replica", str(old.backend.data), str(promoted.backend.data))
        assert late.returncode == 1 and "standby writes there now" in late.stderr

    def refuses_every_write(self, standby: Instance, lead_id: str) -> None:
        for method, path, body in (
            ("POST", "/leads", LEAD),
            ("PATCH", f"/leads/{lead_id}", {"city": "Lost"}),
            ("POST", "/auth/login", {"phone": "9000000001"}),
            ("POST", "/continuity/backups", None),
        ):
            said = standby.partner(method, path, json=body, headers={"Idempotency-Key": "standby-1"})
            assert problem(said) == (503, "READ_ONLY_STANDBY"), path
            assert said.headers["Retry-After"] == "60" and "X-Data-As-Of" in said.headers
        log = standby.backend.data.parent / "log"
        fired = httpx.post(standby.backend.base + "/admin/functions/SweepViews", json={})
        assert fired.status_code == 202
        until = time.monotonic() + 10
        while '"outcome": "READ_ONLY_STANDBY"' not in log.read_text().partition('"SweepViews", "event": "end"')[2]:
            assert time.monotonic() < until
            time.sleep(0.05)
