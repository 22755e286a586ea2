"""Putting a lead back: a change on its timeline for a reason, and never across an acceptance."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain import customers, leads, lists, sales
from domain.continuity import put_back_as_of, put_back_customer, put_back_from
from domain.continuity.errors import RestoreConflict, RestoreInvalid
from domain.leads import LEAD_ROW, Lead, LeadStatus, StatusChange, plain, timeline_of
from domain.ports import Ports
from domain.store import Row
from domain.timeline import Act, entry_from_row, fold, verify
from domain.values import Actor, PhoneNumber, Role, system
from tests.domain.continuity.setting import at_once
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import no_pause
from tests.fakes.store import FakeStore

ADMIN = Actor("ADMIN-1001", "Asha Admin", Role.ADMIN)
WHY = "Wrong import of Tuesday"


class Desk:
    """One lead that an admin works on, an hour apart."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = FakeStore()
        self.ports = Ports(store=self.store, clock=self.clock, ids=FakeIds(), pause=no_pause, later=at_once)
        new = leads.NewLead(
            customer_name="Kavita Desai",
            phone=PhoneNumber.parse("9876543210"),
            address="5 Station Road",
            services=("Rooftop", "Pump"),
        )
        register = leads.register_lead(ports=self.ports, lead_id="LEAD-1001", new=new, act=self.act())
        asyncio.run(register)

    def act(self, version: int | None = None) -> Act:
        write_id = self.ports.ids.unique()
        return Act(actor=ADMIN, at=self.clock.now(), write_id=write_id, version=version)

    def edit(self, **edits: Any) -> None:
        self.clock.advance(hours=1)
        asyncio.run(leads.edit_lead(ports=self.ports, lead_id="LEAD-1001", edits=edits, act=self.act()))

    def force(self, status: LeadStatus) -> None:
        self.clock.advance(hours=1)
        change = StatusChange(
            status=status, remarks="As agreed on the phone", override=True, override_reason="Agreed on the phone"
        )
        version = self.lead().version
        asyncio.run(
            sales.change_status(ports=self.ports, lead_id="LEAD-1001", change=change, act=self.act(version))
        )

    def lead(self) -> Lead:
        row = asyncio.run(self.store.get(table="leads", partition="LEAD-1001", key=LEAD_ROW))
        assert row
        return leads.lead_from_row(row)

    def put_back(self, hours: float, *, reason: str = WHY, dry_run: bool = False) -> Any:
        at = self.clock.now() - timedelta(hours=hours)
        return asyncio.run(
            put_back_as_of(ports=self.ports, lead_id="LEAD-1001", at=at, reason=reason, dry_run=dry_run)
        )

    def check(self) -> list[Any]:
        """The timeline: unbroken, and folding to the lead."""
        entries = asyncio.run(timeline_of(store=self.store, lead_id="LEAD-1001", actor=system("check")))
        lead = self.lead()
        assert verify(entries, last_hash=lead.last_hash, version=lead.version) is None
        now = plain(lead)
        assert {**dict.fromkeys(now), **fold(entries)} == now
        return list(entries)


class TestPutBack:
    def test_sets_the_fields_to_what_they_were_and_says_so(self) -> None:
        desk = Desk()
        desk.edit(city="Surat", services=("Rooftop",))
        before = plain(desk.lead())
        desk.edit(city="Rajkot", remarks="Wrong", services=())
        desk.edit(address="Nowhere")
        desk.clock.advance(minutes=30)
        done = desk.put_back(2)
        assert {change.field for change in done.changes} == {"city", "remarks", "services", "address"}
        assert (plain(desk.lead()), done.version) == (before, 5)
        entries = [entry for entry in desk.check() if entry.version == 5]
        assert {entry.actor.id for entry in entries} == {"system:restore"}
        assert (entries[0].action, entries[0].reason) == ("PutBack", WHY)
        assert entries[0].message == "Put back to what it was at 2026-03-31T13:30:00.000Z, version 2"
        assert {e.message for e in entries[1:]} == {"Overwritten by restore at 2026-03-31T15:30:00.000Z"}

    def test_of_a_lead_that_is_like_that_leaves_no_entry(self) -> None:
        desk = Desk()
        assert desk.put_back(0).changes == ()
        assert desk.lead().version == 1

    def test_first_says_what_would_happen(self) -> None:
        desk = Desk()
        desk.edit(city="Surat")
        done = desk.put_back(1, dry_run=True)
        assert [(c.field, c.before, c.after) for c in done.changes] == [("city", "Surat", None)]
        assert desk.lead().city == "Surat"

    def test_needs_a_reason_and_a_time_at_which_the_lead_was_there(self) -> None:
        desk = Desk()
        desk.edit(city="Surat")
        with pytest.raises(RestoreInvalid, match="10 characters"):
            desk.put_back(1, reason="because")
        with pytest.raises(RestoreInvalid, match="wasn't there yet"):
            desk.put_back(2)
        assert desk.lead().version == 2

    def test_moves_the_status_back_but_never_across_an_acceptance(self) -> None:
        desk = Desk()
        desk.force(LeadStatus.NOT_INTERESTED)
        desk.put_back(1)
        assert desk.lead().status is LeadStatus.NEW
        desk.check()
        later = plain(desk.lead()) | {"status": "Won"}
        with pytest.raises(RestoreConflict, match="acceptance lies between"):
            leads_changed(desk, later)

    def test_from_a_backup_keeps_the_history_and_names_the_backup(self) -> None:
        desk = Desk()
        desk.edit(city="Surat")
        row = asyncio.run(desk.store.get(table="leads", partition="LEAD-1001", key=LEAD_ROW))
        assert row
        desk.edit(city="Rajkot")
        asyncio.run(put_back_from(ports=desk.ports, row=row, backup_id="2026-03-31", reason=WHY, dry_run=False))
        assert (desk.lead().city, desk.lead().version) == ("Surat", 4)
        entry = next(e for e in desk.check() if e.action == "RestoredFromBackup")
        assert (entry.facts, entry.reason) == ({"backup": "2026-03-31", "version": 2}, WHY)

    def test_view_shows_it(self) -> None:
        desk = Desk()
        desk.edit(city="Surat")
        desk.put_back(1)
        listed = asyncio.run(lists.all_leads(store=desk.store, now=desk.ports.clock.now()))
        assert [(lead.id, lead.lead["city"], lead.version) for lead in listed] == [("LEAD-1001", None, 3)]


def leads_changed(desk: Desk, values: dict[str, Any]) -> None:
    from domain.continuity._putback import changed_back

    changed_back(desk.lead(), values)


class TestPutBackCustomer:
    def test_sets_the_profile_back_and_not_the_phone(self) -> None:
        desk = Desk()
        customer = desk.lead().customer_id
        row = asyncio.run(desk.store.get(table="customers", partition=customer, key="customer"))
        assert row
        edit = customers.edit_profile(
            ports=desk.ports, customer_id=customer, edits={"city": "Rajkot", "name": "Wrong"}, act=desk.act()
        )
        asyncio.run(edit)
        what = {"ports": desk.ports, "row": row, "backup_id": "2026-03-31", "reason": WHY}
        said = asyncio.run(put_back_customer(**what, dry_run=True))
        assert {change.field for change in said.changes} == {"city", "name"}
        asyncio.run(put_back_customer(**what, dry_run=False))
        now = asyncio.run(customers.customer_by_id(store=desk.store, customer_id=customer))
        assert (now.profile.name, now.profile.city, now.phone) == (
            "Kavita Desai",
            None,
            PhoneNumber("+919876543210"),
        )
        rows = asyncio.run(scanned(desk.store, customer))
        entries = [entry_from_row(row) for row in rows if row.key.startswith("timeline:")]
        assert verify(entries, last_hash=now.last_hash, version=now.version) is None
        assert next(e.action for e in entries if e.version == now.version) == "RestoredFromBackup"

    def test_needs_a_reason(self) -> None:
        desk = Desk()
        customer = desk.lead().customer_id
        row = asyncio.run(desk.store.get(table="customers", partition=customer, key="customer"))
        assert row
        asyncio.run(
            customers.edit_profile(ports=desk.ports, customer_id=customer, edits={"city": "X"}, act=desk.act())
        )
        with pytest.raises(RestoreInvalid, match="10 characters"):
            asyncio.run(
                put_back_customer(ports=desk.ports, row=row, backup_id="b", reason="because", dry_run=False)
            )


async def scanned(store: FakeStore, customer: str) -> list[Row]:
    return [row async for row in store.scan(table="customers", partition=customer)]
