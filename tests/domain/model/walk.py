"""The people and the operations of a walk, done with the product on a fake store. No tests here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from domain import commissions, customers, leads, quotations, sales
from domain.commissions import Payment, PaymentMethod, Utr
from domain.leads import LeadStatus, NewLead, StatusChange
from domain.quotations import Edit
from domain.timeline import Act
from domain.values import Actor, Money, PhoneNumber, Role, system
from tests.domain.model.draws import PHONES
from tests.domain.model.words import PEOPLE, Ask, role_of
from tests.domain.quotations.builders import CATALOGUE, an_offer
from tests.domain.sales.world import START, World
from tests.fakes.pdf import a_press

FIELDS = {
    "customerName": "customer_name", "address": "address", "city": "city", "email": "email", "remarks": "remarks",
    "followUpDate": "follow_up_date",
}  # fmt: skip


class People:
    """The model's people as the product knows them; customers by the account that signing in made."""

    def __init__(self) -> None:
        self.customers: dict[str, str] = {}

    def __getitem__(self, who: str) -> Actor:
        if who in PHONES:
            return Actor(self.customers[who], "Kavita", Role.CUSTOMER)
        return Actor(who, f"Name of {who}", Role(role_of(who)), frozenset(PEOPLE[who].get("partners", ())))


class Walk:
    """The product's operations on a fake store, each as the model's ask says it."""

    def __init__(self) -> None:
        self.world, self.people = World(), People()
        self.marks: dict[str, str] = {}

    async def begin(self) -> None:
        for number in ("1001", "1002", "1003"):
            await self.world.partner(f"CP-{number}", f"Name of CP-{number}")
        self.press = await a_press()
        for phone in PHONES:
            act = Act(system("sign-in"), START, self.world.ids.unique())
            account = await customers.account_for(ports=self.world.ports, phone=PhoneNumber(phone), act=act)
            self.people.customers[phone] = account.id

    def act(self, ask: Ask) -> Act:
        key = ask.get("key")
        unique = self.marks.setdefault(key, self.world.ids.unique()) if key else self.world.ids.unique()
        return Act(
            self.people[ask["who"]],
            self.world.clock.now(),
            unique,
            key,
            ask.get("version"),
            ask.get("exact", False),
        )

    async def register(self, ask: Ask) -> None:
        owner = ask["owner"]
        name = f"Name of {owner}" if owner else None
        new = NewLead("Kavita", PhoneNumber(ask["phone"]), "5 Station Road", assigned_to=owner, assigned_name=name)
        await leads.register_lead(ports=self.world.ports, lead_id=ask["lead"], new=new, act=self.act(ask))

    async def edit(self, ask: Ask) -> None:
        edits = {FIELDS[n]: _day(v) if n == "followUpDate" else v for n, v in ask["edits"].items()}
        await leads.edit_lead(ports=self.world.ports, lead_id=ask["lead"], edits=edits, act=self.act(ask))

    async def move(self, ask: Ask) -> None:
        change = StatusChange(
            LeadStatus(ask["status"]), ask["remarks"], _day(ask["followUpDate"]), ask["ref"], ask["token"],
            ask["override"], ask["reason"],
        )  # fmt: skip
        await sales.change_status(ports=self.world.ports, lead_id=ask["lead"], change=change, act=self.act(ask))

    async def reassign(self, ask: Ask) -> None:
        await leads.reassign_lead(
            ports=self.world.ports,
            lead_id=ask["lead"],
            partner_id=ask["partner"],
            reason="Moved",
            act=self.act(ask),
        )

    async def quote(self, ask: Ask) -> None:
        await quotations.create_quotation(
            ports=self.world.ports,
            press=self.press,
            lead_id=ask["lead"],
            offer=replace(an_offer(ask["days"]), add_on_total=Money(ask["add_on"])),
            draft=ask["draft"],
            supersedes=ask["supersedes"],
            act=self.act(ask),
        )

    async def finalize(self, ask: Ask) -> None:
        await quotations.edit_quotation(
            ports=self.world.ports,
            press=self.press,
            quotation_id=ask["quotation"],
            edit=Edit(finalize=True),
            catalogue=CATALOGUE,
            act=self.act(ask),
        )

    async def share(self, ask: Ask) -> None:
        await quotations.share_quotation(**self._quotation(ask))

    async def withdraw(self, ask: Ask) -> None:
        await quotations.withdraw_quotation(**self._quotation(ask), reason="Not wanted any more")

    async def reject(self, ask: Ask) -> None:
        await quotations.reject_quotation(**self._quotation(ask), reason="Too dear")

    async def accept(self, ask: Ask) -> None:
        seen = "0" * 64 if ask["other_content"] else None
        await quotations.accept_quotation(**self._quotation(ask), content_hash=seen)

    def _quotation(self, ask: Ask) -> dict[str, Any]:
        return {"ports": self.world.ports, "quotation_id": ask["quotation"], "act": self.act(ask)}

    async def approve(self, ask: Ask) -> None:
        amount = None if ask["amount"] is None else Money(ask["amount"])
        await commissions.approve_commission(**self._commission(ask), amount=amount, reason=ask["reason"])

    async def pay(self, ask: Ask) -> None:
        payment = Payment(Utr(ask["utr"]), ask["on"], PaymentMethod.NEFT)
        await commissions.pay_commission(**self._commission(ask), payment=payment)

    def _commission(self, ask: Ask) -> dict[str, Any]:
        return {"ports": self.world.ports, "commission_id": ask["commission"], "act": self.act(ask)}

    async def expire(self, ask: Ask) -> None:
        await quotations.expire_quotations(ports=self.world.ports)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
