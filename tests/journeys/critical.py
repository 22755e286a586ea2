"""Leads and commissions at the point at which something critical can be done, and one case per critical route.

A new critical endpoint needs a case in `Office.cases`; a test compares them with what the application says. No
tests here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.demo import CONFIGURATION
from tests.journeys.conftest import Client, a_phone

WHY = "The customer asked for it"
Made = dict[str, Any]
Case = Callable[[], tuple[str, str, Made]]
"""Prepares something and gives method, path and content of a request that would do with the current version."""


def commission_of(lead_id: str, number: int = 1) -> str:
    """The id of a lead's n-th commission."""
    return f"COMM-{lead_id[5:]}{number:02d}"


@dataclass(frozen=True)
class Office:
    """What an Admin does with leads that a partner has brought in."""

    admin: Client
    new_lead: Callable[..., Made]
    shared_quotation: Callable[[str], Made]

    def force(self, lead_id: str, status: str, **more: Any) -> Made:
        """Force a lead to a status at its present version."""
        tag = self.admin("GET", f"/leads/{lead_id}").headers["ETag"]
        body = {"status": status, "remarks": "Seen by the office", "override": True, "overrideReason": WHY, **more}
        said = self.admin("PATCH", f"/leads/{lead_id}/status", json=body, headers={"If-Match": tag})
        assert said.status_code == 200, said.text
        return said.json()["data"]

    def executed(self) -> tuple[Made, str]:
        """A lead that is Executed, and its commission's id."""
        lead = self.new_lead()
        quotation = self.shared_quotation(lead["id"])
        return self.force(lead["id"], "Executed", quotationRef=quotation["id"]), commission_of(lead["id"])

    def approved(self) -> tuple[str, str]:
        """An approved commission's id and its ETag."""
        _, commission = self.executed()
        tag = self.admin("GET", f"/commissions/{commission}").headers["ETag"]
        said = self.admin("PATCH", f"/commissions/{commission}/approve", json={}, headers={"If-Match": tag})
        assert said.status_code == 200, said.text
        return commission, said.headers["ETag"]

    def payment(self, commission: str, utr: str | None = None) -> Made:
        """The body that marks an approved commission paid, on the day of its approval."""
        day = self.admin("GET", f"/commissions/{commission}").json()["data"]["approvedAt"]
        return {"utrNumber": utr or f"UTR{commission[5:]:0>13}", "paymentDate": day, "paymentMethod": "NEFT"}

    def cases(self) -> dict[str, Case]:
        """One case per endpoint that is declared critical."""
        return {
            "ChangeLeadStatus": self._status,
            "ReassignLead": lambda: ("PATCH", f"/leads/{self.new_lead()['id']}/reassign", {"json": _NEARER}),
            "ChangeLeads": self._statuses,
            "ReassignLeads": lambda: (
                "PATCH",
                "/leads/bulk-reassign",
                {"json": {**_NEARER, "leadIds": [self.new_lead()["id"]]}},
            ),
            "ApproveCommission": lambda: ("PATCH", f"/commissions/{self.executed()[1]}/approve", {"json": {}}),
            "MarkCommissionPaid": lambda: self._pay("markPaid"),
            "PayCommission": lambda: self._pay("pay"),
            "ActivateChannelPartner": lambda: self._person("channel-partners", "activate"),
            "DeactivateChannelPartner": lambda: self._person("channel-partners", "deactivate", reason=WHY),
            "ActivateKam": lambda: self._person("kams", "activate"),
            "DeactivateKam": lambda: self._person("kams", "deactivate", reason=WHY),
            "ChangeKamStatus": lambda: self._person("kams", "status", status="deactivated", reason=WHY),
            "ChangeItem": lambda: ("PATCH", "/masterdata/panels/PANEL-1", {"json": {"unitPrice": 1}}),
            "DeactivateItem": lambda: ("PATCH", "/masterdata/panels/PANEL-1/deactivate", {"json": {"reason": WHY}}),
            "EditQuotation": self._final_price,
            "ChangeCustomerPhone": lambda: self._customer("change-phone", newPhone=a_phone()),
            "ShareCustomerPhone": lambda: self._customer("share-phone", name="Tara Rao"),
            "UnshareCustomerPhone": self._unshare,
            "MergeCustomers": lambda: self._customer("merge", otherCustomerId=self._new_customer()["id"]),
            "UnmergeCustomer": self._unmerge,
            "ChangeSettings": self._settings,
            "ImportItems": lambda: ("POST", "/masterdata/panels/import", self._sheet()),
        }

    def _status(self) -> tuple[str, str, Made]:
        body = {"status": "Not Interested", "remarks": "Seen by the office", "override": True}
        return "PATCH", f"/leads/{self.new_lead()['id']}/status", {"json": {**body, "overrideReason": WHY}}

    def _pay(self, verb: str) -> tuple[str, str, Made]:
        commission, _ = self.approved()
        return "PATCH", f"/commissions/{commission}/{verb}", {"json": self.payment(commission)}

    def _statuses(self) -> tuple[str, str, Made]:
        updates = {"status": "Not Interested", "remarks": "Seen by the office", "override": True}
        body = {"leadIds": [self.new_lead()["id"]], "updates": {**updates, "overrideReason": WHY}}
        return "PATCH", "/leads/bulk", {"json": body}

    def _person(self, kind: str, verb: str, **body: Any) -> tuple[str, str, Made]:
        number = a_phone()
        # With a password no link is mailed, whose row would come after the answer and look like a change.
        email = {"email": f"kam{number}@example.com", "password": "Kam-Test-1!"} if kind == "kams" else {}
        made = self.admin("POST", f"/{kind}", json={"name": "Tara Rao", "phone": number, **email})
        assert made.status_code == 201, made.text
        return "PATCH", f"/{kind}/{made.json()['data']['id']}/{verb}", {"json": body}

    def _final_price(self) -> tuple[str, str, Made]:
        made = self.admin("POST", "/quotations", json={"leadId": self.new_lead()["id"], **CONFIGURATION})
        assert made.status_code == 201, made.text
        body = {"dealerAddOnPerKw": 1500, "reason": WHY}
        return "PATCH", f"/quotations/{made.json()['data']['id']}", {"json": body}

    def _new_customer(self) -> Made:
        made = self.admin("POST", "/customers", json={"name": "Kavita Desai", "phone": a_phone()})
        assert made.status_code == 201, made.text
        return made.json()["data"]

    def _customer(self, verb: str, **body: Any) -> tuple[str, str, Made]:
        customer = self._new_customer()
        return "POST", f"/customers/{customer['id']}/{verb}", {"json": {"reason": WHY, **body}}

    def _done(self, verb: str, customer: str, **body: Any) -> None:
        tag = self.admin("GET", f"/customers/{customer}").headers["ETag"]
        sent = {"reason": WHY, **body}
        said = self.admin("POST", f"/customers/{customer}/{verb}", json=sent, headers={"If-Match": tag})
        assert said.status_code == 200, said.text

    def _unshare(self) -> tuple[str, str, Made]:
        other, customer = self._new_customer()["id"], self._new_customer()["id"]
        self._done("share-phone", customer, otherCustomerId=other)
        return "POST", f"/customers/{other}/unshare-phone", {"json": {"reason": WHY}}

    def _unmerge(self) -> tuple[str, str, Made]:
        loser, survivor = self._new_customer()["id"], self._new_customer()["id"]
        self._done("merge", survivor, otherCustomerId=loser)
        return "POST", f"/customers/{loser}/unmerge", {"json": {"reason": WHY}}

    def _settings(self) -> tuple[str, str, Made]:
        tag = self.admin("GET", "/settings").headers["ETag"]
        number = int(tag.strip('"')) + 1  # what is sent is a change, and the settings have been changed before
        body = {"thresholds": {"critical": number}}
        said = self.admin("PATCH", "/settings", json=body, headers={"If-Match": tag})
        assert said.status_code == 200, said.text
        return "PATCH", "/settings", {"json": {"thresholds": {"critical": number + 1}}}

    def _sheet(self) -> Made:
        sheet = self.admin("GET", "/masterdata/panels/export")
        return {"content": sheet.content, "headers": {"Content-Type": "text/csv"}}


_NEARER = {"cpId": "CP-1002", "reason": "Nearer to the site"}
