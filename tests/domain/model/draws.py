"""What is tried next: mostly what brings a lead forward, often something else, sometimes the same again. Looks at
the model only, so a seed always gives the same walk. No tests here."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from tests.domain.model.rules import Model
from tests.domain.model.words import PARTNERS, STATUSES, Ask, Lead, day, role_of

LEADS = ("LEAD-1001", "LEAD-1002", "LEAD-1003")
PHONES = ("+919800000001", "+919800000002")
STAFF = ("CP-1001", "CP-1002", "KAM-1001", "KAM-1002", "ADMIN-1001", "ADMIN-1002")
ADMINS = ("ADMIN-1001", "ADMIN-1002")
KAMS_AND_ADMINS = ("KAM-1001", "KAM-1002", *ADMINS)
UTRS = tuple(f"SBIN52601091234{n}" for n in range(2))
WHY = "The customer asked for it"

FORWARD = {
    "Won": ("move", "Pending at Solarium"),
    "Pending at Solarium": ("move", "Under Execution"),
    "Under Execution": ("move", "Executed"),
    "Customer Accepted": ("move", "Won"),
}
ANYTHING = ("register", "register", "edit", "edit", "move", "move", "override", "override", "reassign", "quote", "finalize",
            "share", "withdraw", "reject", "reject", "accept", "accept", "approve", "pay", "wait", "wait", "expire")  # fmt: skip


class Draw:
    """One walk's chances."""

    def __init__(self, model: Model, seed: int) -> None:
        self.model, self.chance = model, Random(seed)
        self.keys = 0
        self.past: list[tuple[str, Ask]] = []
        self.registered: dict[str, Ask] = {}

    def next(self) -> tuple[str, Ask]:
        """An operation and what is asked; now and then one of the last ones again, word for word."""
        missing = [lead for lead in LEADS if lead not in self.model.leads]
        if missing and self.chance.random() < 0.5:
            drawn = self._ask("register", missing[0])
        elif self.past and self.chance.random() < 0.12:
            drawn = self.chance.choice(self.past[-4:])
        else:
            lead = self.chance.choice(sorted(self.model.leads) or LEADS[:1])
            drawn = self._drawn(lead)
        if drawn[0] not in ("wait", "expire", "register"):
            self.past.append(drawn)
        return drawn

    def _drawn(self, lead_id: str) -> tuple[str, Ask]:
        lead = self.model.leads.get(lead_id)
        if lead is None or self.chance.random() < 0.5:
            return self._ask(self.chance.choice(ANYTHING), lead_id)
        status = lead["status"]
        if status in FORWARD:
            return self._move(lead_id, FORWARD[status][1], override=False)
        if status == "Executed":
            pending = any(c["live"] and c["status"] == "pending" for c in lead["commissions"])
            return self._ask(
                "approve" if pending else self.chance.choice(("pay", "pay", "pay", "override")), lead_id
            )
        if status in ("Not Interested", "Other Territory"):
            return self._ask(self.chance.choice(("accept", "share", "quote", "override")), lead_id)
        statuses = [q["status"] for q in lead["quotations"]]
        wanted = "accept" if "Shared" in statuses else "share" if "Created" in statuses else "quote"
        if self.chance.random() < 0.2:
            return self._move(lead_id, self.chance.choice(("Not Interested", "Not Responding")), override=False)
        return self._ask(wanted, lead_id)

    def _ask(self, name: str, lead_id: str) -> tuple[str, Ask]:
        lead = self.model.leads.get(lead_id)
        if name in ("wait", "expire"):
            return name, {"hours": self.chance.choice((1, 7, 20, 30))}
        if name == "register" or lead is None:
            return "register", self.registered.setdefault(lead_id, self._registration(lead_id))
        if name in ("move", "override"):
            return self._move(lead_id, self.chance.choice(STATUSES), override=name == "override")
        return name, getattr(self, f"_{name}")(lead_id, lead)

    def _registration(self, lead_id: str) -> Ask:
        who = self.chance.choice((*STAFF, *PHONES))
        phone = who if who in PHONES else self.chance.choice(PHONES)
        partners = {"CP": [who], "KAM": ["CP-1001" if who == "KAM-1001" else "CP-1002"], "Customer": [None]}
        owner = self.chance.choice(partners.get(role_of(who), [*PARTNERS, None]))
        return {"who": who, "lead": lead_id, "phone": phone, "owner": owner}

    def _base(self, lead_id: str, who: str, version: int) -> Ask:
        said = self.chance.choices((version, None, max(1, version - 1), version + 1), (70, 12, 15, 3))[0]
        self.keys += 1
        key = f"key-{self.keys}" if self.chance.random() < 0.5 else None
        exact = said is not None and self.chance.random() < 0.5
        return {"who": who, "lead": lead_id, "version": said, "exact": exact, "key": key}

    def _of_this(self, lead: Lead, people: tuple[str, ...], also: tuple[str, ...] = ()) -> str:
        """Mostly one whose lead it is."""
        mine = {"CP-1001": "KAM-1001", "CP-1002": "KAM-1002", "CP-1003": "KAM-1001"}.get(lead["owner"])
        own = [p for p in (lead["owner"], mine, *ADMINS, lead["customer"]) if p in (*people, *also)]
        return self.chance.choice(own if own and self.chance.random() < 0.85 else (*people, *also))

    def _day(self) -> str | None:
        away = self.chance.choices((1, 0, 30, 31, -1), (60, 10, 10, 4, 4))[0]
        return (day(self.model.now) + timedelta(days=away)).isoformat()

    def _edit(self, lead_id: str, lead: Lead) -> Ask:
        values: dict[str, list[Any]] = {
            "customerName": ["Kavita", "Kavita Desai", None],
            "address": ["5 Station Road", "7 Station Road"],
            "city": ["Surat", "Rajkot", None],
            "email": ["kavita@example.com", "k@example.com", None],
            "remarks": ["Calls after six", "Wants five kilowatts", None],
            "followUpDate": [self._day(), None],
        }
        names = self.chance.sample(sorted(values), self.chance.randint(1, 3))
        base = self._base(lead_id, self._of_this(lead, STAFF, PHONES), lead["version"])
        return {**base, "edits": {name: self.chance.choice(values[name]) for name in names}}

    def _move(self, lead_id: str, status: str, *, override: bool) -> tuple[str, Ask]:
        lead = self.model.leads[lead_id]
        names = [q["id"] for q in lead["quotations"]]
        right = [q["id"] for q in lead["quotations"] if q["status"] == "Accepted"]
        right = right or [q["id"] for q in lead["quotations"] if q["status"] == "Shared"]
        others = [None, "QUOT-999901", *names]
        wants = status == "Won" or (override and not any(q["status"] == "Accepted" for q in lead["quotations"]))
        ref = (
            self.chance.choice(right)
            if right and wants and self.chance.random() < 0.85
            else self.chance.choice(others)
        )
        ask = {
            **self._base(lead_id, self._of_this(lead, STAFF), lead["version"]),
            "status": status,
            "override": override,
            "remarks": "Short" if self.chance.random() < 0.05 else f"Spoke on the phone {self.keys}",
            "reason": (None if self.chance.random() < 0.1 else WHY) if override else None,
            "followUpDate": self._day() if self.chance.random() < 0.85 else None,
            "ref": ref if wants or self.chance.random() < 0.1 else None,
            "token": f"TKN-{self.keys}" if self.chance.random() < 0.9 else None,
        }
        return "move", ask

    def _reassign(self, lead_id: str, lead: Lead) -> Ask:
        who = (
            self._of_this(lead, KAMS_AND_ADMINS)
            if self.chance.random() < 0.7
            else self.chance.choice(KAMS_AND_ADMINS)
        )
        base = self._base(lead_id, who, lead["version"])
        return {**base, "partner": self.chance.choice((*PARTNERS, "CP-1999", "CP-1004"))}

    def _quote(self, lead_id: str, lead: Lead) -> Ask:
        names = [q["id"] for q in lead["quotations"]]
        return {
            **self._base(lead_id, self._of_this(lead, STAFF), lead["version"]),
            "draft": self.chance.random() < 0.2,
            "supersedes": self.chance.choice([*names, "QUOT-999901"]) if self.chance.random() < 0.25 else None,
            "add_on": self.chance.choice((0, 2_000_00, 5_832_00, 21_47_48_364_80)),
            "days": self.chance.choice((0, 1, 2, 30)),
        }

    def _of_quotation(self, lead_id: str, lead: Lead, people: tuple[str, ...], *wanted: str) -> Ask:
        some = [q for q in lead["quotations"] if q["status"] in wanted and self.chance.random() < 0.9]
        one = self.chance.choice(some or lead["quotations"] or [{"id": "QUOT-999901", "version": 1}])
        return {**self._base(lead_id, self._of_this(lead, people), one["version"]), "quotation": one["id"]}

    def _finalize(self, lead_id: str, lead: Lead) -> Ask:
        return self._of_quotation(lead_id, lead, KAMS_AND_ADMINS, "Draft")

    def _share(self, lead_id: str, lead: Lead) -> Ask:
        return self._of_quotation(lead_id, lead, STAFF, "Created")

    def _withdraw(self, lead_id: str, lead: Lead) -> Ask:
        return self._of_quotation(
            lead_id, lead, STAFF, *self.chance.choice((("Created", "Shared"), ("Accepted",), ()))
        )

    def _reject(self, lead_id: str, lead: Lead) -> Ask:
        return self._of_quotation(lead_id, lead, PHONES, *self.chance.choice((("Shared",), ())))

    def _accept(self, lead_id: str, lead: Lead) -> Ask:
        ask = self._of_quotation(lead_id, lead, PHONES, *self.chance.choice((("Shared",), ("Shared",), ())))
        return {**ask, "other_content": self.chance.random() < 0.05}

    def _of_commission(self, lead_id: str, lead: Lead) -> Ask:
        live = [c for c in lead["commissions"] if c["live"]] if self.chance.random() < 0.9 else []
        one = self.chance.choice(live or lead["commissions"] or [{"id": f"COMM-{lead_id[5:]}01", "version": 1}])
        return {**self._base(lead_id, self.chance.choice(ADMINS), one["version"]), "commission": one["id"]}

    def _approve(self, lead_id: str, lead: Lead) -> Ask:
        amount = self.chance.choice((None, None, 1_00, 0))
        return {
            **self._of_commission(lead_id, lead),
            "amount": amount,
            "reason": self.chance.choice((None, WHY, WHY)),
        }

    def _pay(self, lead_id: str, lead: Lead) -> Ask:
        on = day(self.model.now) + timedelta(days=self.chance.choices((0, -1, 1), (80, 10, 10))[0])
        return {**self._of_commission(lead_id, lead), "utr": self.chance.choice(UTRS), "on": on}
