"""The portal's people: lists with filters, search, figures, and bringing accepted leads to their end. For locust."""

from __future__ import annotations

import random
from typing import Any

from locust import task

from tests.load._clients import WEB
from tests.load._person import Person, in_days
from tests.load._stages import SHARES

_FILTERS = ("status=New%20Lead", "state=Gujarat", "status=In%20Discussion&state=Kerala", "search=customer", "")
_ORDERS = ("createdAt", "updatedAt", "followUpDate", "customerName", "status")
_NEXT: dict[str, dict[str, Any]] = {
    "Won": {"status": "Pending at Solarium"},
    "Pending at Solarium": {"status": "Under Execution"},
    "Under Execution": {"status": "Executed"},
}


class Staff(Person):
    """Admins and KAMs at the portal."""

    kind, manner, weight = "staff", WEB, int(SHARES["staff"] * 100)

    def on_start(self) -> None:
        super().on_start()
        self.case: str | None = None
        self.admin = self.device.person["role"] == "Admin"

    def found(self, name: str, query: str) -> list[dict[str, Any]]:
        """A page of the list of leads."""
        data = self.device.get(name, f"/leads?offset=0&limit=25&{query}")
        return data["items"] if data else []

    @task(28)
    def list_leads(self) -> None:
        order = f"sortBy={random.choice(_ORDERS)}&sortOrder={random.choice(('asc', 'desc'))}"
        self.leads = [
            x for x in self.found("leads of staff", f"{order}&{random.choice(_FILTERS)}") if self.checked(x)
        ]

    @task(12)
    def search(self) -> None:
        self.found("search of staff", f"search=customer%20{random.randrange(100):02d}")

    @task(15)
    def open_lead(self) -> None:
        if not self.leads:
            self.list_leads()
            return
        self.checked(self.device.get("one lead", f"/leads/{random.choice(self.leads)['id']}"))

    @task(4)
    def history(self) -> None:
        if self.leads:
            self.device.get("timeline", f"/leads/{random.choice(self.leads)['id']}/timeline?limit=50")

    @task(18)
    def poll(self) -> None:
        self.device.get("notifications", "/notifications?page=1&limit=20")

    @task(8)
    def dashboard(self) -> None:
        self.device.get("dashboard", "/dashboard/metrics?includeDetails=true&limit=10")

    @task(4)
    def funnel(self) -> None:
        self.device.get("report of the funnel", "/reports/funnel")

    @task(3)
    def earnings(self) -> None:
        self.device.get("report of commissions", "/reports/commissions")

    @task(4)
    def commissions(self) -> None:
        self.device.get("commissions", "/commissions?offset=0&limit=25&status=pending")

    @task(10)
    def bring_on(self) -> None:
        """One step of the case in hand: Won, then on to Executed, then its commission."""
        if self.case is None:
            accepted = self.found("leads of staff", "status=Customer%20Accepted")
            self.case = random.choice(accepted)["id"] if accepted else None
            return
        lead = self.checked(self.device.get("one lead", f"/leads/{self.case}"))
        if lead is None or not self._step(lead):
            self.case = None

    def _step(self, lead: dict[str, Any]) -> bool:
        """Whether there is more to do."""
        if lead["status"] == "Executed":
            return self.admin and self._approve(lead)
        if lead["status"] == "Customer Accepted":
            chosen = next((q["id"] for q in lead["quotations"] if q["status"] == "Accepted"), None)
            change = {"status": "Won", "quotationRef": chosen, "followUpDate": in_days(5)}
        elif lead["status"] in _NEXT:
            change = {**_NEXT[lead["status"]], "followUpDate": in_days(5)}
        else:
            return False
        if change["status"] == "Under Execution":
            change["tokenNumber"] = f"TKN-{random.randrange(10**9)}"
        if change["status"] == "Executed":
            del change["followUpDate"]
        name = "finalize to Won" if change["status"] == "Won" else "move a lead"
        body = {**change, "remarks": "Verified with the customer by phone"}
        path = f"/leads/{lead['id']}/status"
        return self.device.write("PATCH", name, path, body, version=lead["version"]) is not None

    def _approve(self, lead: dict[str, Any]) -> bool:
        """The commission of an executed lead; nothing is left after that."""
        of_lead = self.device.get("one commission", f"/commissions/COMM-{lead['id'][5:]}01")
        if of_lead and of_lead["status"] == "pending":
            path = f"/commissions/{of_lead['id']}/approve"
            self.device.write("PATCH", "approve a commission", path, {}, version=of_lead["version"])
        return False
