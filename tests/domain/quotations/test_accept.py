"""Accepting a quotation: the validity's last moment, repeats, and a lost process between storage calls."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain import leads, quotations
from domain.leads import LeadStatus
from domain.ports import Ports
from domain.quotations import Offer, QuotationStatus
from domain.quotations.errors import QuotationExpired
from domain.timeline import Act, fold, verify
from domain.values import Actor, Money, PhoneNumber, Role
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import no_pause
from tests.fakes.pdf import a_press
from tests.fakes.store import FakeStore

MADE = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
PARTNER = Actor("CP-1001", "Ravi", Role.CP)


def an_offer(validity_days: int = 30) -> Offer:
    return Offer({"panelCount": 6}, {"lines": []}, Money(100_00), Money(10_00), Money(90_00), 1, validity_days)


def the_ports(store: FakeStore) -> Ports:
    return Ports(store=store, clock=FakeClock(MADE), ids=FakeIds(), pause=no_pause, later=lambda work: work.close())


def act(ports: Ports, actor: Actor, at: datetime = MADE) -> Act:
    return Act(actor=actor, at=at, write_id=ports.ids.unique())


async def a_shared_quotation(ports: Ports) -> tuple[str, str, Actor]:
    new = leads.NewLead(
        customer_name="Kavita",
        phone=PhoneNumber("+919800000001"),
        address="x",
        assigned_to=PARTNER.id,
        assigned_name=PARTNER.name,
    )
    file = await leads.register_lead(ports=ports, lead_id="LEAD-1001", new=new, act=act(ports, PARTNER))
    _, made = await quotations.create_quotation(
        ports=ports, press=await a_press(), lead_id="LEAD-1001", offer=an_offer(), act=act(ports, PARTNER)
    )
    await quotations.share_quotation(ports=ports, quotation_id=made.id, act=act(ports, PARTNER))
    return file.lead.id, made.id, Actor(file.lead.customer_id, "Kavita", Role.CUSTOMER)


async def state(ports: Ports, lead_id: str) -> tuple[LeadStatus, QuotationStatus, int]:
    file = await leads.lead_of_actor(store=ports.store, lead_id=lead_id, actor=PARTNER)
    entries = await leads.timeline_of(store=ports.store, lead_id=lead_id, actor=PARTNER)
    assert verify(entries, last_hash=file.lead.last_hash, version=file.lead.version) is None
    folded = {n: v for n, v in fold(entries).items() if "." not in n}
    present = {n: v for n, v in leads.plain(file.lead).items() if v is not None}
    assert {n: v for n, v in folded.items() if v is not None} == present
    [quotation] = quotations.quotations_in(file)
    return file.lead.status, quotation.status, sum(e.action == "QuotationAccepted" for e in entries)


class TestValidity:
    """cases.md 12: valid until 31 March (India), made 1 March with 30 days."""

    @pytest.mark.parametrize(
        ("at", "accepted"),
        [
            (datetime(2026, 3, 31, 18, 29, 59, 999_000, tzinfo=UTC), True),
            (datetime(2026, 3, 31, 18, 30, tzinfo=UTC), False),
            (datetime(2026, 3, 31, 18, 30, tzinfo=UTC) + timedelta(days=9), False),
        ],
    )
    def test_ends_with_its_last_day_in_india(self, at, accepted):
        async def story() -> None:
            ports = the_ports(FakeStore())
            lead_id, quotation_id, customer = await a_shared_quotation(ports)
            work = quotations.accept_quotation(ports=ports, quotation_id=quotation_id, act=act(ports, customer, at))
            if accepted:
                await work
                assert await state(ports, lead_id) == (LeadStatus.CUSTOMER_ACCEPTED, QuotationStatus.ACCEPTED, 1)
            else:
                with pytest.raises(QuotationExpired):
                    await work
                assert await state(ports, lead_id) == (LeadStatus.NEW, QuotationStatus.SHARED, 0)

        asyncio.run(story())


class Killed(BaseException):
    """The process dies here."""


class TestCrash:
    """cases.md 14: killed before or after any commit, then repeated, accept has happened exactly once."""

    @pytest.mark.parametrize("moment", ["before", "after"])
    @pytest.mark.parametrize("nth", range(1, 6))
    def test_leaves_all_or_nothing_and_a_repeat_finishes(self, moment, nth):
        async def story() -> None:
            store = FakeStore()
            ports = the_ports(store)
            lead_id, quotation_id, customer = await a_shared_quotation(ports)
            attempt = act(ports, customer, MADE + timedelta(hours=1))
            count = 0

            def hook(commit: object) -> None:
                nonlocal count
                count += 1
                if count == nth:
                    raise Killed

            setattr(store, f"{moment}_commit", hook)
            with contextlib.suppress(Killed):
                await quotations.accept_quotation(ports=ports, quotation_id=quotation_id, act=attempt)
            setattr(store, f"{moment}_commit", lambda commit: None)
            found = await state(ports, lead_id)
            assert found in (
                (LeadStatus.NEW, QuotationStatus.SHARED, 0),
                (LeadStatus.CUSTOMER_ACCEPTED, QuotationStatus.ACCEPTED, 1),
            )
            again = replace(attempt, write_id=ports.ids.unique())
            await quotations.accept_quotation(ports=ports, quotation_id=quotation_id, act=again)
            assert await state(ports, lead_id) == (LeadStatus.CUSTOMER_ACCEPTED, QuotationStatus.ACCEPTED, 1)

        asyncio.run(story())
