"""domain.md "Commission" told again. No tests here."""

from __future__ import annotations

from tests.domain.model.words import Ask, Everything, Refused, day


class Commissions(Everything):
    """Commissions and the UTRs that pay them."""

    def approve(self, ask: Ask) -> None:
        lead, commission = self._commission(ask)
        if self._landed(lead, ask):
            return
        self._require(ask, commission["version"])
        if commission["status"] != "pending" or not commission["live"]:
            raise Refused("CommissionMoveNotAllowed")
        if lead["status"] != "Executed":
            raise Refused("LeadNotExecuted")
        amount = commission["amount"] if ask["amount"] is None else ask["amount"]
        if amount != commission["amount"] and not ask["reason"]:
            raise Refused("CommissionInvalid")
        commission.update(
            status="approved", approved=amount, approved_on=day(self.now), version=lead["version"] + 1
        )
        self._enter(lead, ask)

    def pay(self, ask: Ask) -> None:
        lead, commission = self._commission(ask)
        if self._landed(lead, ask):
            return
        self._require(ask, commission["version"])
        if commission["status"] != "approved" or not commission["live"]:
            raise Refused("CommissionMoveNotAllowed")
        if not commission["approved_on"] <= ask["on"] <= day(self.now):
            raise Refused("CommissionInvalid")
        if ask["utr"] in self.utrs:
            raise Refused("UtrTaken")
        self.utrs[ask["utr"]] = commission["id"]
        commission.update(status="paid", utr=ask["utr"], version=lead["version"] + 1)
        self._enter(lead, ask)
