"""domain.md and api.md told again in the simplest way: leads, quotations, commissions and UTRs as plain dicts.

Nothing of the product is imported here. Each operation changes the dicts, or raises `Refused` with the name of the
refusal and changes nothing. Money is in paise, days are days in India. No tests here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.domain.model.commission_rules import Commissions
from tests.domain.model.quotation_rules import Quotations
from tests.domain.model.words import (
    ACCEPTED,
    FREE,
    PARTNERS,
    PEOPLE,
    TERMINAL,
    TYPED,
    WON,
    Ask,
    Lead,
    Refused,
    role_of,
)


class Model(Quotations, Commissions):
    """Leads, and all else with them."""

    def do(self, name: str, ask: Ask) -> str | None:
        """Carry an operation out; the refusal's name, or None."""
        self.overwrote = set()
        try:
            operation: Callable[[Ask], None] = getattr(self, name)
            operation(ask)
        except Refused as refused:
            return str(refused)
        return None

    def register(self, ask: Ask) -> None:
        if ask["lead"] in self.leads:
            self._own(ask)  # the same request again
            return
        lead: Lead = {
            "status": "New Lead", "owner": ask["owner"], "customer": ask["phone"], "version": 1,
            "fields": {}, "set_by": {}, "quotations": [], "commissions": [], "clawbacks": {}, "landed": set(),
        }  # fmt: skip
        said = {"customerName": "Kavita", "address": "5 Station Road", "followUpDate": self._tomorrow()}
        self._put(lead, ask["who"], said, told=())
        self.leads[ask["lead"]] = lead

    def edit(self, ask: Ask) -> None:
        lead, said = self._own(ask), ask["edits"]
        if self._landed(lead, ask):
            return
        if any(name in said and not said[name] for name in ("customerName", "address")):
            raise Refused("LeadInvalid")
        if said.get("followUpDate") and not self._follow_up_possible(said["followUpDate"]):
            raise Refused("LeadInvalid")
        self._honour(ask, lead["version"])
        if any(lead["fields"].get(name) != value for name, value in said.items()):
            self._put(lead, ask["who"], said, told=tuple(said))
            self._enter(lead, ask)

    def move(self, ask: Ask) -> None:
        lead, target, forced = self._own(ask), ask["status"], ask["override"]
        if self._landed(lead, ask):
            return
        if forced and role_of(ask["who"]) not in ("KAM", "Admin"):
            raise Refused("OverrideNotAllowed")  # "critical writes: role, then If-Match"
        if forced or target == "Won":
            self._require(ask, lead["version"])
        self._honour(ask, lead["version"])
        if not forced and target not in FREE[lead["status"]]:
            raise Refused("StatusChangeNotAllowed")
        self._check_complete(ask)
        accepted = self._accepted_after(lead, ask)
        live = self._live(lead)
        if target in WON and not live and lead["owner"] is None:
            raise Refused("LeadUnassigned")
        self._carry_out(lead, ask, accepted, live)
        self._enter(lead, ask)

    def _check_complete(self, ask: Ask) -> None:
        on, target = ask["followUpDate"], ask["status"]
        faults = [
            len(ask["remarks"]) < 10,
            on is None and target in ("In Discussion", "Physical Meeting Assigned"),
            on is not None and not self._follow_up_possible(on),
            target == "Won" and not ask["ref"],
            target == "Under Execution" and not ask["token"],
            ask["override"] and len(ask["reason"] or "") < 10,
        ]
        if any(faults):
            raise Refused("LeadInvalid")

    def _accepted_after(self, lead: Lead, ask: Ask) -> dict[str, Any] | None:
        """The quotation that is Accepted after a move: only one can be, and only past Customer Accepted."""
        if ask["status"] not in ACCEPTED:
            return None
        accepted: list[dict[str, Any]] = [q for q in lead["quotations"] if q["status"] == "Accepted"]
        named = ask["ref"]
        if accepted:
            if (ask["override"] or ask["status"] == "Won") and named not in (None, accepted[0]["id"]):
                raise Refused("LeadInvalid")
            return accepted[0]
        shared = [q for q in lead["quotations"] if self.status(q) == "Shared"]
        if not shared:
            raise Refused("AcceptedQuotationMissing")
        chosen = [q for q in shared if q["id"] == named]
        if not chosen:
            raise Refused("LeadInvalid")
        return chosen[0]

    def _carry_out(
        self, lead: Lead, ask: Ask, accepted: dict[str, Any] | None, live: dict[str, Any] | None
    ) -> None:
        target, version = ask["status"], lead["version"] + 1
        if accepted is None:
            for quotation in lead["quotations"]:
                if quotation["status"] == "Accepted":
                    quotation.update(status="Withdrawn", version=version)
        elif accepted["status"] != "Accepted":
            self._accept(lead, accepted)
        if target in WON and not live and accepted:
            number = f"{len(lead['commissions']) + 1:02d}"
            commission = {"id": f"COMM-{ask['lead'][5:]}{number}", "partner": lead["owner"], "status": "pending",
                          "amount": accepted["add_on"], "approved": None, "utr": None, "live": True,
                          "version": version}  # fmt: skip
            lead["commissions"].append(commission)
        if target not in WON and live:
            self._end(lead, live, version)
        lead["status"] = target
        ref = lead["fields"].get("quotationRef") if accepted else None
        said = {
            "remarks": ask["remarks"],
            "followUpDate": None if target in TERMINAL else ask["followUpDate"] or self._tomorrow(),
            "quotationRef": accepted["id"] if accepted and target in WON else ref,
            "tokenNumber": ask["token"] if target == "Under Execution" else lead["fields"].get("tokenNumber"),
        }
        self._put(lead, ask["who"], said, told=TYPED)

    def _end(self, lead: Lead, commission: dict[str, Any], version: int) -> None:
        commission.update(live=False, version=version)
        if commission["status"] == "pending":
            commission["status"] = "voided"
            return
        lead["clawbacks"]["CLAW" + commission["id"][4:]] = -int(commission["approved"])

    def reassign(self, ask: Ask) -> None:
        lead = self._own(ask)
        if self._landed(lead, ask):
            return
        self._require(ask, lead["version"])
        own = role_of(ask["who"]) == "Admin" or ask["partner"] in PEOPLE[ask["who"]]["partners"]
        if ask["partner"] not in PARTNERS or not own:
            raise Refused("PartnerNotAssignable")
        if lead["owner"] != ask["partner"]:
            lead["owner"] = ask["partner"]
            self._enter(lead, ask)
