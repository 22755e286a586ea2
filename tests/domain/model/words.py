"""What all rules of the model share: the words, who sees what, versions, and who set which value. No tests here."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

FREE = {  # domain.md "Statuses and who may move what"
    "New Lead": [
        "In Discussion",
        "Physical Meeting Assigned",
        "Not Responding",
        "Not Interested",
        "Other Territory",
    ],
    "In Discussion": ["Physical Meeting Assigned", "Not Responding", "Not Interested", "Other Territory"],
    "Physical Meeting Assigned": ["In Discussion", "Not Responding", "Not Interested", "Other Territory"],
    "Customer Accepted": ["Won"],
    "Won": ["Pending at Solarium"],
    "Pending at Solarium": ["Under Execution"],
    "Under Execution": ["Executed"],
    "Not Responding": [],
    "Not Interested": [],
    "Other Territory": [],
    "Executed": [],
}
STATUSES = list(FREE)
WON = ["Won", "Pending at Solarium", "Under Execution", "Executed"]
ACCEPTED = ["Customer Accepted", *WON]
TERMINAL = ["Not Interested", "Other Territory", "Executed"]
CUSTOMER_MAY_ACCEPT = ["New Lead", "In Discussion", "Physical Meeting Assigned", "Not Responding"]
TYPED = ("remarks", "followUpDate", "quotationRef", "tokenNumber")
PEOPLE: dict[str, dict[str, Any]] = {
    "CP-1001": {"role": "CP"},
    "CP-1002": {"role": "CP"},
    "KAM-1001": {"role": "KAM", "partners": ["CP-1001", "CP-1003"]},
    "KAM-1002": {"role": "KAM", "partners": ["CP-1002"]},
    "ADMIN-1001": {"role": "Admin"},
    "ADMIN-1002": {"role": "Admin"},
}
PARTNERS = ["CP-1001", "CP-1002", "CP-1003"]  # that are active
DRAFT_ADD_ON = 5832_00  # of a draft that is finalized: 6 × 540 W = 3.24 kW, × ₹1,800

Lead = dict[str, Any]
Ask = dict[str, Any]


class Refused(Exception):
    """What the caller has to be told, by its name."""


def day(at: datetime) -> date:
    return (at + timedelta(hours=5, minutes=30)).date()


def role_of(who: str) -> str:
    return str(PEOPLE[who]["role"]) if who in PEOPLE else "Customer"


class Everything:
    """All that there is, as plain dicts. `overwrote` has the fields whose values of somebody else's the last operation changed."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.leads: dict[str, Lead] = {}
        self.utrs: dict[str, str] = {}
        self.overwrote: set[str] = set()

    def _own(self, ask: Ask, missing: str = "LeadNotFound") -> Lead:
        lead = self.leads.get(ask["lead"])
        if lead is None or not self._sees(ask["who"], lead):
            raise Refused(missing)
        return lead

    def _sees(self, who: str, lead: Lead) -> bool:
        match role_of(who):
            case "Admin":
                return True
            case "Customer":
                return bool(lead["customer"] == who)
            case "CP":
                return bool(lead["owner"] == who)
        return lead["owner"] in PEOPLE[who]["partners"]

    def _own_quotation(self, ask: Ask) -> tuple[Lead, dict[str, Any]]:
        lead = self._own(ask, "QuotationNotFound")
        quotation = self._named(lead, ask["quotation"])
        if quotation is None or (role_of(ask["who"]) == "Customer" and not quotation["shown"]):
            raise Refused("QuotationNotFound")
        return lead, quotation

    def _named(self, lead: Lead, name: str | None) -> dict[str, Any] | None:
        return next((q for q in lead["quotations"] if q["id"] == name), None)

    def _commission(self, ask: Ask) -> tuple[Lead, dict[str, Any]]:
        lead = self._own(ask, "CommissionNotFound")
        commission = next((c for c in lead["commissions"] if c["id"] == ask["commission"]), None)
        if commission is None:
            raise Refused("CommissionNotFound")
        return lead, commission

    def _live(self, lead: Lead) -> dict[str, Any] | None:
        return next((c for c in lead["commissions"] if c["live"]), None)

    def _landed(self, lead: Lead, ask: Ask) -> bool:
        return ask["key"] is not None and ask["key"] in lead["landed"]

    def _require(self, ask: Ask, version: int) -> None:
        if ask["version"] is None:
            raise Refused("VersionRequired")
        if ask["version"] != version:
            raise Refused("VersionStale")

    def _honour(self, ask: Ask, version: int) -> None:
        if ask["exact"]:
            self._require(ask, version)

    def _put(self, lead: Lead, who: str, said: dict[str, Any], told: tuple[str, ...]) -> None:
        """Set fields, remember who set each, and note what was somebody else's."""
        for name, value in said.items():
            if lead["fields"].get(name) == value:
                continue
            before = lead["set_by"].get(name)
            if name in told and before not in (None, who):
                self.overwrote.add(name)
            if value is not None or before is not None:
                lead["set_by"][name] = who
            lead["fields"][name] = value

    def _enter(self, lead: Lead, ask: Ask) -> None:
        lead["version"] += 1
        if ask["key"]:
            lead["landed"].add(ask["key"])

    def _tomorrow(self) -> str:
        return (day(self.now) + timedelta(days=1)).isoformat()

    def _follow_up_possible(self, on: str) -> bool:
        return day(self.now) <= date.fromisoformat(on) <= day(self.now) + timedelta(days=30)

    def status(self, quotation: dict[str, Any] | None) -> str | None:
        """As it is to be taken at this moment: a shared one is over when its last day in India is."""
        if quotation is None:
            return None
        over = quotation["status"] == "Shared" and day(self.now) > quotation["until"]
        return "Expired" if over else str(quotation["status"])
