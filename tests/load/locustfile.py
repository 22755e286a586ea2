"""What people do, for locust: 70 % channel partners, 20 % customers, 10 % staff, ten seconds between two actions.

Run by `python -m tests.load`; needs LOAD_OUT, a folder with people.json.
"""

from __future__ import annotations

import json
import random
import time
from typing import Any

from locust import LoadTestShape, events, task

from tests.load._clients import CP_APP, CUSTOMER_APP
from tests.load._person import CONFIGURATION, NOW, OUT, Person, in_days
from tests.load._staff import Staff
from tests.load._stages import SHARES, stage_at

__all__ = ["Customer", "Partner", "Shape", "Staff"]

SAMPLES = (OUT / "samples.jsonl").open("w", encoding="utf-8")


@events.request.add_listener
def keep(name: str, response_time: float, exception: Any, start_time: float, **_: Any) -> None:
    """One line for each request, with the stage that it fell into."""
    stage = NOW["stage"].name if NOW["holds"] else ""
    error = str(exception)[:300] if exception else ""
    SAMPLES.write(json.dumps([start_time, stage, name, round(response_time, 2), error]) + "\n")


@events.quit.add_listener
def close(**_: Any) -> None:
    """Nothing may be lost of the samples."""
    SAMPLES.close()


class Shape(LoadTestShape):
    """The stages."""

    def tick(self) -> tuple[int, float] | None:
        """How many users there shall be, and how fast they come."""
        found = stage_at(self.get_run_time())
        if found is None:
            return None
        NOW["stage"], NOW["holds"] = found
        stage = found[0]
        return stage.users, max(1.0, stage.users / max(stage.ramp, 1.0))


class Partner(Person):
    """The CP app."""

    kind, manner, weight = "partner", CP_APP, int(SHARES["partner"] * 100)

    @task(22)
    def poll(self) -> None:
        self.device.get(
            "notifications", "/notifications?page=1&limit=20&status=unread&sortBy=createdAt&sortOrder=desc"
        )

    @task(12)
    def home(self) -> None:
        self.device.get("home counters", "/leads/summary")

    @task(18)
    def list_leads(self) -> None:
        found = self.device.get("leads of a partner", "/leads?page=1&limit=20")
        if not found:  # what was listed before may be old by now, and isn't wrong
            return
        self.leads = found["items"]
        for lead in self.leads:
            self.checked(lead)
            if lead["assignedTo"] != self.device.person["id"]:
                self.wrong("another partner's lead in a list")

    @task(10)
    def sync(self) -> None:
        found = self.device.get("sync", "/sync", fresh=True)
        if found:
            self.offers = [q for q in found["quotations"] if q["status"] == "Created"]

    def one(self) -> dict[str, Any] | None:
        """One of the partner's leads, as its screen shows it."""
        if not self.leads:
            self.list_leads()
            return None
        return self.checked(self.device.get("one lead", f"/leads/{random.choice(self.leads)['id']}"))

    @task(16)
    def open_lead(self) -> None:
        self.one()

    @task(9)
    def edit(self) -> None:
        if not self.leads:
            self.list_leads()
            return
        body = {"remarks": f"Call at {time.time():.6f} by {self.device.person['id']}"}
        self.device.write("PATCH", "edit a lead", f"/leads/{random.choice(self.leads)['id']}", body)

    @task(5)
    def move(self) -> None:
        lead = self.one()
        to = {"New Lead": "In Discussion", "In Discussion": "Physical Meeting Assigned"}
        back = {"Physical Meeting Assigned": "In Discussion"}
        status = {**to, **back}.get(lead["status"]) if lead else None
        if lead and status:
            body = {"status": status, "remarks": "Spoke with the customer", "followUpDate": in_days(3)}
            self.device.write("PATCH", "move a lead", f"/leads/{lead['id']}/status", body)

    @task(2)
    def price(self) -> None:
        self.device.write("POST", "price", "/quotations/price", CONFIGURATION)

    @task(1)
    def quote(self) -> None:
        if not self.leads:
            self.list_leads()
            return
        body = {"leadId": random.choice(self.leads)["id"], **CONFIGURATION}
        made = self.device.write("POST", "create a quotation", "/quotations", body)
        if made:
            self.offers.append(made)

    @task(2)
    def share(self) -> None:
        if not self.offers:
            self.sync()
            return
        offer = self.offers.pop()
        self.device.write("PATCH", "share a quotation", f"/quotations/{offer['id']}/share", {})

    @task(1)
    def register(self) -> None:
        phone = f"9{random.randrange(10**9):09d}"
        body = {"customerName": "Kavita Desai", "phone": phone, "address": "5 Station Road, Surat", "services": []}
        made = self.device.write("POST", "register a lead", "/leads", body)
        if made:
            self.leads.append(made)

    @task(2)
    def earnings(self) -> None:
        self.device.get("commissions", "/commissions?limit=25&offset=0")


class Customer(Person):
    """The customer app."""

    kind, manner, weight = "customer", CUSTOMER_APP, int(SHARES["customer"] * 100)

    @task(35)
    def list_offers(self) -> None:
        found = self.device.get("quotations of a customer", "/quotations?offset=0&limit=25")
        self.offers = list(found["items"]) if found else self.offers

    @task(20)
    def open_offer(self) -> None:
        if self.offers:
            self.device.get("one quotation", f"/quotations/{random.choice(self.offers)['id']}")

    @task(20)
    def poll(self) -> None:
        self.device.get("notifications", "/notifications?page=1&limit=20")

    @task(10)
    def paper(self) -> None:
        if self.offers:
            self.device.get("link to a PDF", f"/quotations/{random.choice(self.offers)['id']}/pdf")

    @task(8)
    def list_leads(self) -> None:
        self.device.get("leads of a customer", "/leads?page=1&limit=20")

    def answer(self, verb: str, body: dict[str, Any]) -> None:
        """Answer an open quotation, if there is one."""
        still = [q for q in self.offers if q["status"] == "Shared"]
        if not still:
            self.list_offers()
            return
        done = self.device.write("PATCH", f"{verb} a quotation", f"/quotations/{still[0]['id']}/{verb}", body)
        still[0]["status"] = "answered"
        if done and done["status"] != f"{verb.capitalize()}ed":
            self.wrong(f"{done['id']} is {done['status']} after {verb}")

    @task(4)
    def accept(self) -> None:
        self.answer("accept", {})

    @task(3)
    def reject(self) -> None:
        self.answer("reject", {"reason": "Too expensive for us"})
