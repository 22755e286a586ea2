"""People at work while the backend is killed under them, again and again: nothing that was answered is lost, and
nothing is done twice.

A real process of `local.run` gets SIGKILL at random moments and is started anew on the same storage. The clients do
what the real ones do: they send a request again, with the same Idempotency-Key, until it is answered.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from adapters.background import later, pause
from adapters.ids import CounterIds
from adapters.tables import AzureTableStore
from domain import leads, notifications, quotations
from domain.continuity import violations
from domain.ports import Ports
from domain.timeline import Entry
from domain.values import Actor, Role
from local import azurite
from local.demo import CONFIGURATION
from tests.conftest import ROOT
from tests.fakes.clock import FakeClock
from tests.journeys.conftest import a_phone

PEOPLE, KILLS, PATIENCE = 5, 3, 60.0
ASHA = Actor("ADMIN-1001", "Asha Admin", Role.ADMIN)


@dataclass
class Killable:
    """The backend on one port and one storage, whichever process it is at the moment."""

    folder: Path
    storage: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *arguments: str) -> None:
        """A new process; returns once it is up."""
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "local.run", "--ready-file", str(ready), "--storage", self.storage]
        settings = {"PORT": str(self.port), "DATA": str(self.folder / "data"), "REQUEST_SECONDS": "2.5"}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *arguments],
                cwd=ROOT,
                env={**os.environ, **settings, "SENSITIVE_PER_MINUTE": "1000000"},
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + 60
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > until:
                pytest.fail("the backend didn't start:\n" + (self.folder / "log").read_text()[-3000:])
            time.sleep(0.02)

    def end(self, kind: signal.Signals) -> None:
        """End the process."""
        assert self.process
        self.process.send_signal(kind)
        self.process.wait(60)

    def code_for(self, phone: str) -> str:
        """The one-time code that was sent last."""
        said = (self.folder / "data" / "outbox" / "sms.jsonl").read_text().splitlines()
        return str([m["otp"] for m in map(json.loads, said) if m["to"].endswith(phone) and "otp" in m][-1])


@dataclass
class Person:
    """Somebody who repeats each request until it is answered."""

    backend: Killable
    token: str = ""
    repeats: int = 0

    def sign_in(self, **said: str) -> Person:
        """With a phone or with a password."""
        if "phone" in said:
            self.ask("POST", "/auth/login", said)
            said["otp"] = self.backend.code_for(said["phone"])
        self.token = self.ask("POST", "/auth/login", said).json()["token"]
        return self

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """The answer. Fails if it is a refusal."""
        sent = {"Idempotency-Key": uuid4().hex, **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                url = f"{self.backend.base}/api/v1{path}"
                said = httpx.request(method, url, json=body, headers=sent, timeout=8)
            except (httpx.NetworkError, httpx.RemoteProtocolError, httpx.TimeoutException):
                said = None
            if said is not None and said.status_code < 500 and not still_running(said):
                assert said.status_code < 300, said.text
                return said
            self.repeats += 1
            time.sleep(0.1)
        raise AssertionError(f"{method} {path} was never answered")


def still_running(said: httpx.Response) -> bool:
    return said.status_code == 409 and said.json()["error"]["code"] == "REQUEST_IN_PROGRESS"


@dataclass
class Record:
    """What was answered with success: per lead the actions, and texts that were written into a field."""

    actions: dict[str, Counter[str]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, lead_id: str, action: str, text: str | None = None) -> None:
        """It was answered."""
        with self.lock:
            self.actions.setdefault(lead_id, Counter())[action] += 1
            if text is not None:
                self.texts.setdefault(lead_id, []).append(text)


def work(partner: Person, customer: Person, phone: str, common: str, record: Record) -> str:
    """One lead from its registration to Won, and edits of a lead that all work on; the lead's id."""
    body = {"customerName": "Kavita Desai", "phone": phone, "address": f"{uuid4()}, Surat"}
    lead_id = str(partner.ask("POST", "/leads", body).json()["data"]["id"])
    record.note(lead_id, "LeadCreated", body["address"])
    for place in (lead_id, common):
        text = f"said {uuid4()}"
        partner.ask("PATCH", f"/leads/{place}", {"remarks": text})
        record.note(place, "edit", text)
    made = partner.ask("POST", "/quotations", {"leadId": lead_id, **CONFIGURATION}).json()["data"]
    record.note(lead_id, "QuotationCreated")
    partner.ask("PATCH", f"/quotations/{made['id']}/share")
    record.note(lead_id, "QuotationShared")
    customer.ask("PATCH", f"/quotations/{made['id']}/accept")
    record.note(lead_id, "QuotationAccepted")
    tag = partner.ask("GET", f"/leads/{lead_id}").headers["ETag"]
    won = {"status": "Won", "remarks": "Looked at the papers", "quotationRef": made["id"]}
    partner.ask("PATCH", f"/leads/{lead_id}/status", won, **{"If-Match": tag})
    record.note(lead_id, "CommissionCreated")
    return lead_id


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Killable]:
    with azurite.start(None, in_memory=True) as storage, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        running = Killable(tmp_path, storage.connection_string, probe.getsockname()[1])
        probe.close()
        running.start()
        yield running
        running.end(signal.SIGTERM)


class TestKilled:
    def test_nothing_answered_is_lost_and_nothing_is_done_twice(self, backend: Killable) -> None:
        seed = random.randrange(10_000)
        print(f"moments of seed {seed}")
        partner = Person(backend).sign_in(phone="9000000001")
        phones = [a_phone() for _ in range(PEOPLE)]
        customers = [Person(backend).sign_in(phone=phone) for phone in phones]
        body = {"customerName": "All of us", "phone": a_phone(), "address": "1 Ring Road"}
        common = str(partner.ask("POST", "/leads", body).json()["data"]["id"])
        record, over = Record(), threading.Event()

        def go_on(number: int) -> list[str]:
            done = []
            while not over.is_set():
                mine = Person(backend, partner.token)
                done.append(work(mine, customers[number], phones[number], common, record))
            return done

        with ThreadPoolExecutor(PEOPLE) as office:
            people = [office.submit(go_on, number) for number in range(PEOPLE)]
            for moment in (random.Random(seed).uniform(0.2, 1.2) for _ in range(KILLS)):
                time.sleep(moment)
                backend.end(signal.SIGKILL)
                backend.start("--demo-data", "tests.local.no_demo_data")
            over.set()
            finished = [lead_id for person in people for lead_id in person.result()]

        assert len(finished) >= PEOPLE
        asyncio.run(self.check(backend.storage, {*finished, common}, record))

    async def check(self, connection: str, lead_ids: set[str], record: Record) -> None:
        store = AzureTableStore(connection)
        clock = FakeClock(datetime.now(UTC))
        clock.advance(minutes=6)  # no marker can be a slow request's any more
        ports = Ports(store, clock, CounterIds(store), pause, later)
        await leads.sweep(ports=ports, afterwork=quotations.note_expiries)
        assert [v async for v in violations(lambda table: store.scan(table=table))] == []
        assert [row.key async for row in store.scan(table="views", partition="pending")] == []
        stored = {row.partition async for row in store.scan(table="leads") if row.key == "lead"}
        assert lead_ids <= stored
        told = Counter(
            notice.notice.about.get("leadId")
            for notice in (await notifications.inbox_of(store=store, person="CP-1001")).notifications
            if notice.notice.about["action"] == "QuotationAccepted"
        )
        for lead_id in sorted(lead_ids):
            entries = await leads.timeline_of(store=store, lead_id=lead_id, actor=ASHA)
            check_entries(entries, record.actions[lead_id], record.texts[lead_id])
            assert told[lead_id] == record.actions[lead_id]["QuotationAccepted"]
        addresses = [row.values["address"] async for row in store.scan(table="leads") if row.key == "lead"]
        ours = [text for lead_id in lead_ids for text in record.texts[lead_id] if text.endswith(", Surat")]
        assert Counter(a for a in addresses if a in ours) == Counter(ours)  # none registered twice
        await store.close()


def check_entries(entries: tuple[Entry, ...], actions: Counter[str], texts: list[str]) -> None:
    """Each write that was answered is on the timeline, and none is there twice."""
    found = Counter(entry.action for entry in entries)
    for action in ("QuotationCreated", "QuotationShared", "QuotationAccepted", "CommissionCreated"):
        assert found[action] == actions[action]
    written = Counter(str(change.after) for entry in entries for change in entry.changes)
    assert {text: written[text] for text in texts} == dict.fromkeys(texts, 1)
