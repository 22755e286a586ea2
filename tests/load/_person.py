"""Somebody with a client: who it is, how long it thinks, and what of a reply can't be right. For locust."""

from __future__ import annotations

import json
import math
import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import gevent
from locust import FastHttpUser

from tests.load._clients import CP_APP, Device, Ledger
from tests.load._stages import THINK, planned

OUT = Path(os.environ["LOAD_OUT"])
CONFIGURATION = json.loads((OUT / "configuration.json").read_text(encoding="utf-8"))
LEDGER = Ledger(OUT / "acknowledged.jsonl")
FREE: dict[str, list[dict[str, Any]]] = {"partner": [], "customer": [], "staff": []}
KINDS = {"CP": "partner", "Customer": "customer", "Admin": "staff", "KAM": "staff"}
for each in json.loads((OUT / "people.json").read_text(encoding="utf-8")):
    FREE[KINDS[each["role"]]].append(each)
NOW: dict[str, Any] = {"stage": planned()[0], "holds": False}


class Person(FastHttpUser):
    """Somebody from the list, for as long as this user lives."""

    abstract = True
    kind, manner = "", CP_APP

    def on_start(self) -> None:
        """Take a person's place."""
        self.device = Device(self.client, FREE[self.kind].pop(), self.manner, LEDGER)
        self.leads: list[dict[str, Any]] = []
        self.offers: list[dict[str, Any]] = []
        gevent.sleep(random.uniform(0, THINK))  # people don't begin on one word of command

    def on_stop(self) -> None:
        """Give it to the next one."""
        FREE[self.kind].append(self.device.person)

    def wait_time(self) -> float:
        """About ten seconds; in a burst all that are due in a second act at its beginning."""
        pause = random.uniform(0.5, 1.5) * THINK
        if NOW["stage"].bunched:
            now = time.time()
            return math.ceil(now + pause) - now
        return pause

    def wrong(self, what: str) -> None:
        """Tell of a wrong result as a failure of its own."""
        self.environment.events.request.fire(
            request_type="CHECK", name="wrong result", response_time=0, response_length=0,
            exception=AssertionError(what), start_time=time.time(), context={},
        )  # fmt: skip

    def checked(self, lead: dict[str, Any] | None) -> dict[str, Any] | None:
        """The lead, unless it is older than what this person knows, or another's."""
        if lead and self.device.behind(lead["id"], lead["version"]):
            self.wrong(f"{lead['id']} at {lead['version']}")
        return lead


def in_days(days: int) -> str:
    """A day that a follow-up may have."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
