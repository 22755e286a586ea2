"""domain.md "Quotation" told again. No tests here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.domain.model.words import (
    ACCEPTED,
    CUSTOMER_MAY_ACCEPT,
    DRAFT_ADD_ON,
    TERMINAL,
    Ask,
    Everything,
    Lead,
    Refused,
    day,
    role_of,
)


class Quotations(Everything):
    """Quotations and what becomes of them."""

    def quote(self, ask: Ask) -> None:
        if ask["draft"] and role_of(ask["who"]) == "CP":
            raise Refused("DraftNotAllowed")
        lead = self._own(ask)
        if self._landed(lead, ask):
            return
        if lead["status"] in ACCEPTED + TERMINAL:
            raise Refused("LeadNotQuotable")
        former = ask["supersedes"]
        if former and self.status(self._named(lead, former)) not in ("Created", "Shared", "Expired"):
            raise Refused("QuotationInvalid")
        number, until = len(lead["quotations"]) + 1, day(self.now) + timedelta(days=ask["days"])
        quotation = {"id": f"QUOT-{ask['lead'][5:]}{number:02d}", "status": "Draft" if ask["draft"] else "Created",
                     "until": until, "shown": False, "supersedes": former, "add_on": ask["add_on"],
                     "version": lead["version"] + 1}  # fmt: skip
        lead["quotations"].append(quotation)
        self._enter(lead, ask)

    def finalize(self, ask: Ask) -> None:
        lead, quotation = self._own_quotation(ask)
        if self._landed(lead, ask):
            return
        if quotation["status"] not in ("Draft", "Created"):
            raise Refused("QuotationNotEditable")
        if quotation["status"] == "Draft":
            self._honour(ask, quotation["version"])
            until = day(self.now) + timedelta(days=30)  # domain.md: default validity
            quotation.update(status="Created", add_on=DRAFT_ADD_ON, until=until, version=lead["version"] + 1)
            self._enter(lead, ask)

    def share(self, ask: Ask) -> None:
        lead, quotation = self._own_quotation(ask)
        if self._landed(lead, ask):
            return
        self._honour(ask, quotation["version"])
        if self.status(quotation) == "Shared":
            return
        if quotation["status"] != "Created":
            raise Refused("QuotationNotShareable")
        if day(self.now) > quotation["until"]:
            raise Refused("QuotationExpired")
        if lead["status"] in ACCEPTED + TERMINAL:
            raise Refused("LeadNotQuotable")
        quotation.update(status="Shared", shown=True, version=lead["version"] + 1)
        former = self._named(lead, quotation["supersedes"])
        if former and self.status(former) in ("Draft", "Created", "Shared"):
            former.update(status="Withdrawn", version=lead["version"] + 1)
        self._enter(lead, ask)

    def withdraw(self, ask: Ask) -> None:
        lead, quotation = self._own_quotation(ask)
        if self._landed(lead, ask):
            return
        self._honour(ask, quotation["version"])
        if self.status(quotation) in ("Accepted", "Rejected", "Expired"):
            raise Refused("QuotationNotWithdrawable")
        self._close(lead, ask, quotation, "Withdrawn")

    def reject(self, ask: Ask) -> None:
        lead, quotation = self._own_quotation(ask)
        if self._landed(lead, ask):
            return
        if quotation["status"] != "Rejected":
            self._check_open(quotation)
        self._close(lead, ask, quotation, "Rejected")

    def accept(self, ask: Ask) -> None:
        lead, quotation = self._own_quotation(ask)
        if self._landed(lead, ask):
            return
        if ask["other_content"]:
            raise Refused("QuotationChanged")
        if quotation["status"] == "Accepted":
            return  # the same customer's repeat is answered as the first was
        self._check_open(quotation)
        if lead["status"] not in CUSTOMER_MAY_ACCEPT:
            raise Refused("LeadNotAcceptable")
        self._accept(lead, quotation)
        lead["status"] = "Customer Accepted"
        self._enter(lead, ask)

    def _accept(self, lead: Lead, quotation: dict[str, Any]) -> None:
        for other in lead["quotations"]:
            if other["status"] in ("Draft", "Created", "Shared"):
                over = self.status(other) == "Expired"
                other.update(status="Expired" if over else "Rejected", version=lead["version"] + 1)
        quotation.update(status="Accepted", version=lead["version"] + 1)

    def _close(self, lead: Lead, ask: Ask, quotation: dict[str, Any], status: str) -> None:
        if quotation["status"] != status:
            quotation.update(status=status, version=lead["version"] + 1)
            self._enter(lead, ask)

    def _check_open(self, quotation: dict[str, Any]) -> None:
        status = self.status(quotation)
        if status != "Shared":
            raise Refused("QuotationExpired" if status == "Expired" else "QuotationNotOpen")

    def expire(self, ask: Ask) -> None:
        """The timer, which only enters what is so already."""
        for lead in self.leads.values():
            for quotation in lead["quotations"]:
                if quotation["status"] != self.status(quotation):
                    lead["version"] += 1
                    quotation.update(status="Expired", version=lead["version"])
