"""A lead, its people and its offers, as the tests of quotations meet them: the real catalogue on a fake store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from domain import leads, quotations
from domain.leads import LeadFile
from domain.ports import Ports
from domain.pricing import CatalogueOfDay, Configuration, Phase, price
from domain.quotations import Edit, Offer, Quotation, offer_of
from domain.timeline import Act, fold, verify
from domain.values import Actor, PhoneNumber, Role
from local.master_data import example_catalogue
from tests.fakes.blobs import FakeBlobs
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import no_pause
from tests.fakes.pdf import FakePdf, a_press
from tests.fakes.store import FakeStore

MADE = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
LEAD = "LEAD-1001"
PARTNER = Actor("CP-1001", "Ravi", Role.CP)
STRANGER = Actor("CP-1002", "Sunil", Role.CP)
KAM = Actor("KAM-1001", "Meena", Role.KAM, partners=frozenset({"CP-1001"}))
ADMIN = Actor("ADMIN-1001", "Asha", Role.ADMIN)
REASON = "Agreed with the customer on the phone"

CATALOGUE: CatalogueOfDay = example_catalogue().on(MADE.date())
CONFIGURATION = Configuration(
    state="Gujarat",
    discom="PGVCL",
    phase=Phase.SINGLE,
    smart_meter=True,
    panel="PANEL-1",
    panel_count=6,
    inverter="INVERTER-1",
    structure_height=Decimal(1),
)


def an_offer(validity_days: int = 30) -> Offer:
    """Of 6 panels of 540 W: 3.24 kW."""
    return offer_of(price(CONFIGURATION, CATALOGUE), validity_days=validity_days)


@dataclass
class Setting:
    """One lead of PARTNER's; every operation as a short call. Time stands still unless told to go on."""

    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=lambda: FakeClock(MADE))
    numbers: FakeIds = field(default_factory=FakeIds)
    blobs: FakeBlobs = field(default_factory=FakeBlobs)
    pdf: FakePdf = field(default_factory=FakePdf)
    customer: Actor = ADMIN
    work: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ports = Ports(
            store=self.store, clock=self.clock, ids=self.numbers, pause=no_pause, later=self.work.append
        )

    def __del__(self) -> None:
        self.die()

    async def settle(self) -> None:
        """Do the work that comes after the answers."""
        while self.work:
            await self.work.pop(0)

    def die(self) -> None:
        """The process is gone, and with it what it had still to do."""
        while self.work:
            self.work.pop().close()

    async def sweep(self) -> None:
        """What the timer makes good of a process that died, once that is long enough ago."""
        self.clock.advance(seconds=10)
        await leads.sweep(ports=self.ports, afterwork=quotations.note_expiries)

    def act(self, actor: Actor, *, version: int | None = None, proof: str | None = None) -> Act:
        unique = self.numbers.unique()
        return Act(
            actor=actor,
            at=self.clock.now(),
            write_id=unique,
            version=version,
            exact=version is not None,
            proof=proof,
        )

    async def register(self, name: str = "Kavita") -> None:
        self.press = await a_press(self.pdf, self.blobs)
        new = leads.NewLead(
            customer_name=name,
            phone=PhoneNumber("+919800000001"),
            address="x",
            assigned_to=PARTNER.id,
            assigned_name=PARTNER.name,
        )
        file = await leads.register_lead(ports=self.ports, lead_id=LEAD, new=new, act=self.act(PARTNER))
        self.customer = Actor(file.lead.customer_id, name, Role.CUSTOMER)

    async def create(self, actor: Actor = PARTNER, *, proof: str | None = None, **more: Any) -> Quotation:
        offer = more.pop("offer", None) or an_offer()
        act = self.act(actor, proof=proof)
        _, made = await quotations.create_quotation(
            ports=self.ports, press=self.press, lead_id=LEAD, offer=offer, act=act, **more
        )
        await self.settle()
        return made

    async def edit(
        self, quotation_id: str, edit: Edit, actor: Actor = KAM, *, version: int | None = None
    ) -> Quotation:
        _, after = await quotations.edit_quotation(
            ports=self.ports,
            press=self.press,
            quotation_id=quotation_id,
            edit=edit,
            catalogue=CATALOGUE,
            act=self.act(actor, version=version),
        )
        await self.settle()
        return after

    async def share(self, quotation_id: str, actor: Actor = PARTNER) -> Quotation:
        _, after = await quotations.share_quotation(
            ports=self.ports, quotation_id=quotation_id, act=self.act(actor)
        )
        return after

    async def withdraw(self, quotation_id: str, actor: Actor = PARTNER) -> Quotation:
        _, after = await quotations.withdraw_quotation(
            ports=self.ports, quotation_id=quotation_id, reason=REASON, act=self.act(actor)
        )
        return after

    async def accept(self, quotation_id: str, actor: Actor | None = None) -> Quotation:
        _, after = await quotations.accept_quotation(
            ports=self.ports, quotation_id=quotation_id, act=self.act(actor or self.customer)
        )
        return after

    async def reject(self, quotation_id: str, actor: Actor | None = None) -> Quotation:
        _, after = await quotations.reject_quotation(
            ports=self.ports, quotation_id=quotation_id, reason=None, act=self.act(actor or self.customer)
        )
        return after

    async def expire(self) -> int:
        return await quotations.expire_quotations(ports=self.ports)

    async def file(self) -> LeadFile:
        return await leads.lead_of_actor(store=self.store, lead_id=LEAD, actor=ADMIN)

    @staticmethod
    def quotations_of(file: LeadFile) -> list[Quotation]:
        return quotations.quotations_in(file)

    async def version_of(self, quotation_id: str) -> int:
        """What somebody who has just read it knows; 0 if there is none."""
        return next((q.version for q in quotations.quotations_in(await self.file()) if q.id == quotation_id), 0)

    async def statuses(self) -> list[str]:
        """As they are stored, oldest first."""
        return [str(q.status) for q in quotations.quotations_in(await self.file())]

    async def checked_entries(self) -> list[Any]:
        """The timeline, after checking that it is whole and folds to what is stored (cases.md 8)."""
        file = await self.file()
        entries = await leads.timeline_of(store=self.store, lead_id=LEAD, actor=ADMIN)
        assert verify(entries, last_hash=file.lead.last_hash, version=file.lead.version) is None
        stored = {
            f"{q.id}.{name}": value
            for q in quotations.quotations_in(file)
            for name, value in quotations.plain(q).items()
            if value is not None
        }
        folded = {n: v for n, v in fold(entries).items() if n.startswith("QUOT-") and v is not None}
        assert folded == stored
        return list(entries)
