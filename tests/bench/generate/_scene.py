"""Where a story is played: stores in memory, the product's own use cases, and people with names of no meaning,
which the copies of the story get others for."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta

from domain import commissions, documents, leads, quotations
from domain.commissions import Payment, PaymentMethod, Utr
from domain.leads import LeadStatus, NewLead
from domain.ports import Ports
from domain.pricing import price
from domain.quotations import Offer, Press, offer_of
from domain.timeline import Act
from domain.values import Actor, Money, PhoneNumber, Role, day_in_india
from tests.domain.documents.files import A_JPEG
from tests.domain.quotations.builders import CATALOGUE, CONFIGURATION
from tests.domain.sales.world import World
from tests.fakes.blobs import FakeBlobs
from tests.fakes.directory import FakeDirectory
from tests.fakes.pauses import no_pause
from tests.fakes.pdf import a_press

NUMBERS = (7654321, 7654322)
"""Of the leads in a story. What stands for something is found in texts, so it occurs nowhere else."""

FIRST_CUSTOMER = 7650000
PHONE, UTR = "+917654000001", "SBIN765400000001"
CUSTOMER_NAME, EMAIL, ADDRESS = "Zzcustomer", "zzcustomer@example.com", "Zzaddress"
CITY, STATE, SOURCE = "Zzcity", "Zzstate", "Zzsource"
ONE = Actor("CP-76511", "Zzpartnerone", Role.CP)
TWO = Actor("CP-76512", "Zzpartnertwo", Role.CP)
KAM = Actor("KAM-76521", "Zzkam", Role.KAM, frozenset({ONE.id, TWO.id}))
ADMIN = Actor("ADMIN-1001", "Asha Admin", Role.ADMIN)
OFFERS = tuple(
    offer_of(price(replace(CONFIGURATION, panel_count=count), CATALOGUE), validity_days=30) for count in (5, 6)
)
REMARKS = (
    "Called, wants to think about it",
    "Asked for a visit",
    "Wants 3 kW on the roof",
    "Call again after Diwali",
)


@dataclass
class Scene(World):
    """One story in the making. Time goes on by chance, at most by some days a step."""

    rng: random.Random = field(default_factory=random.Random)
    press: Press | None = None
    blobs: FakeBlobs = field(default_factory=FakeBlobs)

    @property
    def ports(self) -> Ports:
        whose = FakeDirectory(
            {ONE.id: KAM.id, TWO.id: KAM.id}, {f"LEAD-{number}": ONE.id for number in NUMBERS}, (ADMIN.id,)
        )
        return Ports(
            store=self.store,
            clock=self.clock,
            ids=self.ids,
            pause=no_pause,
            later=self.work.append,
            directory=whose,
        )

    async def opened(self) -> None:
        """Partners, and somewhere for files. The day has begun at some time."""
        self.ids.last = FIRST_CUSTOMER
        self.blobs.now = self.clock.now
        for container in ("documents", "quarantine"):
            await self.blobs.create_container(container=container)
        self.press = await a_press()
        for partner in (ONE, TWO):
            await self.partner(partner.id, partner.name)
        self.later(minutes=600)

    def later(self, *, days: int = 0, minutes: int = 0) -> None:
        """Some time goes by, up to so much."""
        self.clock.advance(
            minutes=self.rng.randrange(days * 1_440 + minutes + 1), milliseconds=self.rng.randrange(60_000)
        )

    async def arrived(self, *, number: int = 0, to: Actor | None = ONE, by: Actor | None = None) -> str:
        """A lead, registered by its partner unless said otherwise."""
        lead_id, today = f"LEAD-{NUMBERS[number]}", leads.follow_up_range(self.clock.now())[0]
        new = NewLead(
            customer_name=CUSTOMER_NAME,
            phone=PhoneNumber(PHONE),
            address=ADDRESS,
            email=EMAIL,
            city=CITY,
            state=STATE,
            pin_code="380001",
            services=("Rooftop solar",),
            source=SOURCE,
            follow_up_date=today + timedelta(days=self.rng.randrange(30)),
            assigned_to=to.id if to else None,
            assigned_name=to.name if to else None,
        )
        await leads.register_lead(ports=self.ports, lead_id=lead_id, new=new, act=self.act(by or to or ADMIN))
        return lead_id

    async def remarked(self, lead_id: str, *, by: Actor, times: int) -> None:
        """Edits, each of a field or two."""
        for number in range(times):
            self.later(minutes=240)
            edits = {"remarks": f"{self.rng.choice(REMARKS)} ({number + 1})"}
            who = self.rng.choice((by, by, KAM, ADMIN))
            await leads.edit_lead(ports=self.ports, lead_id=lead_id, edits=edits, act=self.act(who))

    async def talked(self, lead_id: str, status: LeadStatus, *, by: Actor = ONE) -> None:
        """Moved, and to be followed up some day."""
        self.later(days=3)
        day = leads.tomorrow(self.clock.now()) + timedelta(days=self.rng.randrange(25))
        await self.move(lead_id, status, by=by, follow_up_date=day)

    async def offered(self, lead_id: str, times: int, *, by: Actor = ONE, share: bool = True) -> list[str]:
        """Quotations, all of them shared or none."""
        made = []
        for _ in range(times):
            self.later(days=1)
            made.append(await self._offered(lead_id, self.rng.choice(OFFERS), by, share=share))
        return made

    async def _offered(self, lead_id: str, offer: Offer, by: Actor, *, share: bool) -> str:
        rated = replace(offer, add_on_total=Money(self.rng.randrange(1_000_00, 20_000_00)))
        press = self.press or await a_press()
        _, made = await quotations.create_quotation(
            ports=self.ports, press=press, lead_id=lead_id, offer=rated, act=self.act(by)
        )
        if share:
            await quotations.share_quotation(ports=self.ports, quotation_id=made.id, act=self.act(by))
        return made.id

    async def customer(self, lead_id: str) -> Actor:
        """Whoever the lead is about."""
        return Actor((await self.file(lead_id)).lead.customer_id, CUSTOMER_NAME, Role.CUSTOMER)

    async def accepted(self, quotation_id: str) -> str:
        """By the customer, who is then found to have a lead of this id."""
        self.later(days=2)
        lead_id = f"LEAD-{quotation_id[5:-2]}"
        act = self.act(await self.customer(lead_id))
        await quotations.accept_quotation(ports=self.ports, quotation_id=quotation_id, act=act)
        return lead_id

    async def refused(self, quotation_id: str) -> None:
        """By the customer."""
        self.later(days=2)
        act = self.act(await self.customer(f"LEAD-{quotation_id[5:-2]}"))
        await quotations.reject_quotation(
            ports=self.ports, quotation_id=quotation_id, reason="Too dear for us", act=act
        )

    async def documented(self, lead_id: str, times: int, *, by: Actor = ONE) -> None:
        """Documents that were uploaded and checked."""
        for _ in range(times):
            self.later(minutes=30)
            added = await documents.add_lead_document(
                ports=self.ports, blobs=self.blobs, lead_id=lead_id, doc_type="GENERAL", act=self.act(by)
            )
            self.blobs.follow_put(added.link.url, A_JPEG, "image/jpeg")
            await documents.complete_document(
                ports=self.ports, blobs=self.blobs, document_id=added.document.id, act=self.act(by)
            )

    async def paid_out(self, lead_id: str) -> None:
        """Its commission, by the office, on the day that it is in India."""
        last, act = (await self.commissions(lead_id))[-1], self.act(ADMIN)
        payment = Payment(Utr.parse(UTR), day_in_india(act.at), PaymentMethod.NEFT)
        await commissions.pay_commission(
            ports=self.ports, commission_id=last.id, payment=payment, act=replace(act, version=last.version)
        )

    def act(self, actor: Actor, version: int | None = None) -> Act:
        self.clock.advance(milliseconds=self.rng.randrange(1, 30_000))
        return Act(actor=actor, at=self.clock.now(), write_id=self.ids.unique(), version=version)
