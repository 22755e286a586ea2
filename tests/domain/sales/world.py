"""A small business on the fakes, for tests of what touches leads, quotations and commissions. No tests here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain import commissions, leads, quotations, sales
from domain.commissions import Commission, Payment, PaymentMethod, Utr
from domain.leads import Changed, LeadFile, LeadStatus, StatusChange
from domain.ports import Ports
from domain.quotations import Quotation
from domain.store import Create
from domain.timeline import Act
from domain.values import Actor, Money, PhoneNumber, Role
from tests.domain.quotations.builders import an_offer
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import no_pause
from tests.fakes.pdf import a_press
from tests.fakes.store import FakeStore

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
RAVI = Actor("CP-1001", "Ravi", Role.CP)
MEERA = Actor("CP-1002", "Meera", Role.CP)
KABIR = Actor("KAM-1001", "Kabir", Role.KAM, frozenset({"CP-1001", "CP-1003"}))
ASHA = Actor("ADMIN-1001", "Asha", Role.ADMIN)
WHY = "The customer asked for it"


@dataclass
class World:
    """The store, the clock and what people do there; all of it through the product's own operations."""

    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=lambda: FakeClock(START))
    ids: FakeIds = field(default_factory=FakeIds)
    work: list[Any] = field(default_factory=list)

    @property
    def ports(self) -> Ports:
        return Ports(store=self.store, clock=self.clock, ids=self.ids, pause=no_pause, later=self.work.append)

    async def settle(self) -> None:
        """Do the work that comes after the answers."""
        while self.work:
            await self.work.pop(0)

    def __del__(self) -> None:  # most tests don't care; without this Python warns of work that was never begun
        for work in self.work:
            work.close()

    def act(self, actor: Actor, version: int | None = None) -> Act:
        self.clock.advance(seconds=1)
        return Act(actor=actor, at=self.clock.now(), write_id=self.ids.unique(), version=version)

    async def partner(self, partner_id: str, name: str) -> None:
        """A channel partner that leads can be assigned to."""
        row = {
            "name": name,
            "role": "CP",
            "status": "Active",
            "phone": f"+9190000{int(partner_id[3:]):05d}",
            "createdAt": "2026-01-01T00:00:00.000Z",
            "version": 1,
            "lastHash": "",
            "provenance": "{}",
        }
        await self.store.commit(
            table="people", partition=partner_id, writes=[Create("person", row)], write_id=self.ids.unique()
        )

    async def lead(self, number: int = 1001, owner: Actor | None = RAVI) -> str:
        new = leads.NewLead(
            customer_name="Kavita",
            phone=PhoneNumber(f"+9198{number:08d}"),
            address="5 Station Road",
            assigned_to=owner.id if owner else None,
            assigned_name=owner.name if owner else None,
        )
        lead_id = f"LEAD-{number}"
        await leads.register_lead(ports=self.ports, lead_id=lead_id, new=new, act=self.act(owner or ASHA))
        return lead_id

    async def quotation(self, lead_id: str, *, add_on: int = 5832_00, share: bool = True) -> str:
        offer = replace(an_offer(), add_on_total=Money(add_on))
        _, made = await quotations.create_quotation(
            ports=self.ports, press=await a_press(), lead_id=lead_id, offer=offer, act=self.act(ASHA)
        )
        if share:
            await quotations.share_quotation(ports=self.ports, quotation_id=made.id, act=self.act(ASHA))
        return made.id

    async def accept(self, quotation_id: str) -> None:
        file = await self.file("LEAD-" + quotation_id[5:-2])
        customer = Actor(file.lead.customer_id, "Kavita", Role.CUSTOMER)
        await quotations.accept_quotation(ports=self.ports, quotation_id=quotation_id, act=self.act(customer))

    async def move(self, lead_id: str, status: LeadStatus, *, by: Actor = ASHA, **more: Any) -> Changed:
        """A move by the rules, or with `override_reason` an override; at the present version."""
        version = (await self.file(lead_id)).lead.version
        forced = {"override": "override_reason" in more}
        change = StatusChange(**{"status": status, "remarks": "Spoke on the phone", **forced, **more})
        return await sales.change_status(
            ports=self.ports, lead_id=lead_id, change=change, act=self.act(by, version)
        )

    async def force(self, lead_id: str, status: LeadStatus, *, by: Actor = ASHA, **more: Any) -> Changed:
        if status in (LeadStatus.IN_DISCUSSION, LeadStatus.MEETING):
            more.setdefault("follow_up_date", leads.tomorrow(self.clock.now()))
        if status is LeadStatus.UNDER_EXECUTION:
            more.setdefault("token_number", "TKN-77")
        return await self.move(lead_id, status, by=by, override_reason=WHY, **more)

    async def won(self, number: int = 1001, add_on: int = 5832_00) -> str:
        lead_id = await self.lead(number)
        quotation_id = await self.quotation(lead_id, add_on=add_on)
        await self.accept(quotation_id)
        await self.move(lead_id, LeadStatus.WON, quotation_ref=quotation_id)
        return lead_id

    async def executed(self, number: int = 1001, add_on: int = 5832_00) -> str:
        lead_id = await self.won(number, add_on)
        await self.move(lead_id, LeadStatus.PENDING)
        await self.move(lead_id, LeadStatus.UNDER_EXECUTION, token_number="TKN-1")
        await self.move(lead_id, LeadStatus.EXECUTED)
        return lead_id

    async def approve(self, lead_id: str, **more: Any) -> Commission:
        last = (await self.commissions(lead_id))[-1]
        act = self.act(ASHA, last.version)
        return await commissions.approve_commission(ports=self.ports, commission_id=last.id, act=act, **more)

    async def pay(self, lead_id: str, utr: str = "SBIN526010912345", **more: Any) -> Commission:
        last = (await self.commissions(lead_id))[-1]
        act = replace(self.act(ASHA, last.version), **more)
        payment = a_payment(utr, on=act.at.date())
        return await commissions.pay_commission(ports=self.ports, commission_id=last.id, payment=payment, act=act)

    async def file(self, lead_id: str) -> LeadFile:
        return await leads.lead_of_actor(store=self.store, lead_id=lead_id, actor=ASHA)

    async def commissions(self, lead_id: str) -> list[Commission]:
        return commissions.commissions_in(await self.file(lead_id))

    async def quotations(self, lead_id: str) -> list[Quotation]:
        return quotations.quotations_in(await self.file(lead_id))

    async def actions(self, lead_id: str) -> list[str]:
        entries = await leads.timeline_of(store=self.store, lead_id=lead_id, actor=ASHA)
        return [entry.action for entry in entries]

    async def rows(self, *tables: str) -> dict[Any, Any]:
        """All rows of these tables, or of all, once the work beside the answers is done."""
        await self.settle()
        return {
            (table, *key): row
            for table, rows in self.store._tables.items()
            if not tables or table in tables
            for key, row in rows.items()
            if key[0] != "pending"
        }


def run(story: Callable[[World], Awaitable[None]]) -> None:
    """Let a story happen in a new world."""

    async def whole() -> None:
        world = World()
        try:
            await story(world)
        finally:
            await world.settle()

    asyncio.run(whole())


def a_payment(utr: str = "SBIN526010912345", on: date | None = None) -> Payment:
    return Payment(Utr.parse(utr), on or (START + timedelta(days=1)).date(), PaymentMethod.NEFT)
