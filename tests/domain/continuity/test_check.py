"""Every invariant: it holds over what the product writes, and each way to break it is found and named."""

from __future__ import annotations

import gc
import json
import random
import tracemalloc
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain import documents, leads, pricing
from domain.continuity import Rule, Violation, plain_file, verified_timelines, violations
from domain.identity import EmailAddress, enroll
from domain.leads import LeadStatus
from domain.store import Row
from domain.timeline import fold
from domain.values import Money, PhoneNumber, Role
from local.master_data import load_master_data
from tests.domain.identity.setting import Hashing
from tests.domain.sales.world import ASHA, World, run
from tests.fakes.blobs import FakeBlobs

FIRST, SECOND = "LEAD-1001", "LEAD-1002"
PANEL = "panels:PANEL-1:2025-04-01"
Key = tuple[str, str]


async def found(world: World) -> list[Violation]:
    return [v async for v in violations(lambda table: world.store.scan(table=table))]


async def a_busy_world(world: World) -> None:
    """Leads in many states: one paid, one clawed back, one that is nobody's, one that changed hands."""
    for partner in ("CP-1001", "CP-1002"):
        await world.partner(partner, partner)
    await world.executed(1001)
    await world.approve(FIRST)
    await world.pay(FIRST)
    await world.executed(1002)
    await world.approve(SECOND, amount=Money(1_00), reason="Less than agreed")
    await world.force(SECOND, LeadStatus.CUSTOMER_ACCEPTED)
    await world.lead(1003, owner=None)
    await world.lead(1004)
    version = (await world.file("LEAD-1004")).lead.version
    await leads.reassign_lead(
        ports=world.ports, lead_id="LEAD-1004", partner_id="CP-1002", reason="Moved", act=world.act(ASHA, version)
    )
    await world.quotation("LEAD-1004")
    await begin_upload(world, "LEAD-1004")
    await people_with_sign_ins(world)
    await world.settle()
    await load_master_data(world.store)
    seen = rows_of(world, "masterdata")["catalogue", PANEL].values["revision"]
    act = replace(world.act(ASHA, int(str(seen))), at=datetime.now(UTC))
    await pricing.deactivate_item(ports=world.ports, kind="panels", item_id="PANEL-1", reason="Sold out", act=act)


async def begin_upload(world: World, lead_id: str) -> None:
    blobs = FakeBlobs(now=world.clock.now)
    await blobs.create_container(container="documents")
    await documents.add_lead_document(
        ports=world.ports, blobs=blobs, lead_id=lead_id, doc_type="GENERAL", act=world.act(ASHA)
    )


async def people_with_sign_ins(world: World) -> None:
    for person_id, role, how in (
        ("CP-1009", Role.CP, {"phone": PhoneNumber("+919000000009")}),
        ("KAM-1001", Role.KAM, {"email": EmailAddress("kabir@example.com"), "password": "Kam-Demo-1!"}),
    ):
        await enroll(
            ports=world.ports,
            passwords=Hashing(),
            act=world.act(ASHA),
            person_id=person_id,
            name="Somebody",
            role=role,
            **how,
        )


def awaited(world: World) -> str:
    """The marker of the upload that is out."""
    return next(key for place, key in rows_of(world, "views") if place == "uploads")


def rows_of(world: World, table: str) -> dict[Key, Row]:
    return world.store._tables[table]


def change(world: World, table: str, partition: str, key: str, **values: Any) -> None:
    """Change some columns behind the product's back; None removes one."""
    row = rows_of(world, table)[partition, key]
    new = {n: v for n, v in {**row.values, **values}.items() if v is not None}
    rows_of(world, table)[partition, key] = replace(row, values=new)


def remove(world: World, table: str, partition: str, key: str) -> None:
    del rows_of(world, table)[partition, key]


def phone_of(world: World, lead_id: str) -> str:
    return str(rows_of(world, "leads")[lead_id, "lead"].values["phone"])


def customer_of(world: World, lead_id: str) -> str:
    return str(rows_of(world, "leads")[lead_id, "lead"].values["customerId"])


def entry(version: int) -> str:
    return f"timeline:{version:010d}:00"


def among_all(lead_id: str) -> str:
    return leads.shard_of(lead_id)


Break = Callable[[World], object]

BREAKS: dict[str, tuple[Break, set[tuple[Rule, str]]]] = {
    "a second quotation is Accepted": (
        lambda w: rows_of(w, "leads").__setitem__(
            (FIRST, "quotation:QUOT-100102"),
            replace(rows_of(w, "leads")[FIRST, "quotation:QUOT-100101"], key="quotation:QUOT-100102"),
        ),
        {(Rule.ONE_ACCEPTED, FIRST), (Rule.FOLDS, FIRST), (Rule.VIEWS, FIRST)},
    ),
    "the Accepted quotation isn't": (
        lambda w: change(w, "leads", FIRST, "quotation:QUOT-100101", status="Withdrawn"),
        {(Rule.ACCEPTANCE, FIRST), (Rule.FOLDS, FIRST), (Rule.VIEWS, FIRST)},
    ),
    "the lead is back to New": (
        lambda w: change(w, "leads", SECOND, "lead", status="New Lead"),
        {(Rule.ACCEPTANCE, SECOND), (Rule.FOLDS, SECOND), (Rule.VIEWS, SECOND)},
    ),
    "the commission is gone": (
        lambda w: remove(w, "leads", FIRST, "commission:COMM-100101"),
        {(Rule.COMMISSION, FIRST), (Rule.FOLDS, FIRST), (Rule.VIEWS, FIRST)},
    ),
    "a clawed-back commission lives again": (
        lambda w: change(w, "leads", SECOND, "commission:COMM-100201", endedAt=None, endedReason=None),
        {(Rule.COMMISSION, SECOND), (Rule.CLAWBACK, SECOND), (Rule.FOLDS, SECOND), (Rule.VIEWS, SECOND)},
    ),
    "a clawback has another amount": (
        lambda w: change(w, "leads", SECOND, "clawback:CLAW-100201", amountPaise=-99),
        {(Rule.CLAWBACK, SECOND), (Rule.FOLDS, SECOND)},
    ),
    "the approved amount was raised": (
        lambda w: change(w, "leads", FIRST, "commission:COMM-100101", approvedAmountPaise=1),
        {(Rule.FOLDS, FIRST), (Rule.VIEWS, FIRST)},
    ),
    "a quotation's price was changed": (
        lambda w: change(w, "leads", FIRST, "quotation:QUOT-100101", price='{"lines":[1]}'),
        {(Rule.FOLDS, FIRST), (Rule.VIEWS, FIRST)},
    ),
    "an entry is gone": (lambda w: remove(w, "leads", FIRST, entry(3)), {(Rule.TIMELINE, FIRST)}),
    "an entry was edited": (
        lambda w: change(w, "leads", FIRST, entry(3), message="nothing happened"),
        {(Rule.TIMELINE, FIRST)},
    ),
    "an entry can't be read": (
        lambda w: change(w, "leads", FIRST, entry(3), changes="{"),
        {(Rule.TIMELINE, FIRST)},
    ),
    "the lead's row is gone": (
        lambda w: remove(w, "leads", "LEAD-1003", "lead"),
        {(Rule.TIMELINE, "LEAD-1003"), (Rule.READABLE, "LEAD-1003"), (Rule.VIEWS, "LEAD-1003")},
    ),
    "the lead's row can't be read": (
        lambda w: change(w, "leads", "LEAD-1003", "lead", status="Lost"),
        {(Rule.READABLE, "LEAD-1003"), (Rule.VIEWS, "LEAD-1003")},
    ),
    "a customer's entry was edited": (
        lambda w: change(w, "customers", customer_of(w, FIRST), entry(1), actorName="Nobody"),
        {(Rule.TIMELINE, "CUST of LEAD-1001")},
    ),
    "a phone isn't claimed": (
        lambda w: remove(w, "phones", phone_of(w, FIRST), "customer"),
        {(Rule.PHONE, "CUST of LEAD-1001")},
    ),
    "a phone is claimed by another customer": (
        lambda w: change(w, "phones", phone_of(w, FIRST), "customer", customerId=customer_of(w, SECOND)),
        {(Rule.PHONE, "CUST of LEAD-1001")},
    ),
    "two customers have one phone": (
        lambda w: change(w, "customers", customer_of(w, FIRST), "customer", phone=phone_of(w, SECOND)),
        {(Rule.PHONE, "CUST of LEAD-1001")},
    ),
    "an entry of the master data was edited": (
        lambda w: change(w, "masterdata", "catalogue", entry(2), message="nothing happened"),
        {(Rule.TIMELINE, "catalogue")},
    ),
    "an entry of the master data is gone": (
        lambda w: remove(w, "masterdata", "catalogue", entry(1)),
        {(Rule.TIMELINE, "catalogue")},
    ),
    "a price was changed behind the timeline's back": (
        lambda w: change(w, "masterdata", "catalogue", PANEL, unitPricePaise=1),
        {(Rule.FOLDS, "catalogue")},
    ),
    "a price is gone": (
        lambda w: remove(w, "masterdata", "catalogue", PANEL),
        {(Rule.FOLDS, "catalogue")},
    ),
    "master data can't be read": (
        lambda w: change(w, "masterdata", "catalogue", PANEL, unitPricePaise="dear"),
        {(Rule.READABLE, "catalogue")},
    ),
    "a view is behind": (
        lambda w: change(w, "views", among_all(FIRST), FIRST, version=3),
        {(Rule.VIEWS, FIRST)},
    ),
    "a view says something else": (
        lambda w: change(w, "views", "cp|CP-1002", "LEAD-1004", lead=json.dumps({"id": "LEAD-1004"})),
        {(Rule.VIEWS, "LEAD-1004")},
    ),
    "a view lacks a lead": (lambda w: remove(w, "views", "cp|CP-1001", FIRST), {(Rule.VIEWS, FIRST)}),
    "a view shows a lead to whom it was taken from": (
        lambda w: rows_of(w, "views").__setitem__(
            ("cp|CP-1001", "LEAD-1004"),
            replace(rows_of(w, "views")["cp|CP-1002", "LEAD-1004"], partition="cp|CP-1001"),
        ),
        {(Rule.VIEWS, "LEAD-1004")},
    ),
    "a UTR isn't claimed": (
        lambda w: remove(w, "utrs", "SBIN526010912345", "commission"),
        {(Rule.UTR, "COMM-100101")},
    ),
    "a quotation that is out isn't in the index": (
        lambda w: remove(w, "expiries", "2026-04-01", "QUOT-100401"),
        {(Rule.EXPIRY, "LEAD-1004")},
    ),
    "a quotation is in the index under another day": (
        lambda w: rows_of(w, "expiries").__setitem__(
            ("2026-04-02", "QUOT-100401"),
            replace(rows_of(w, "expiries").pop(("2026-04-01", "QUOT-100401")), partition="2026-04-02"),
        ),
        {(Rule.EXPIRY, "LEAD-1004")},
    ),
    "a customer has no link to its lead": (
        lambda w: remove(w, "customers", customer_of(w, FIRST), f"lead:{FIRST}"),
        {(Rule.LINK, FIRST)},
    ),
    "nobody looks after an upload": (
        lambda w: remove(w, "views", "uploads", awaited(w)),
        {(Rule.UPLOAD, "LEAD-1004")},
    ),
    "a partner's phone isn't claimed": (
        lambda w: remove(w, "phones", "+919000000009", "partner"),
        {(Rule.SIGN_IN, "CP-1009")},
    ),
    "a partner's phone is claimed by another": (
        lambda w: change(w, "phones", "+919000000009", "partner", personId="CP-1001"),
        {(Rule.SIGN_IN, "CP-1009")},
    ),
    "an address of staff isn't claimed": (
        lambda w: remove(w, "emails", "kabir@example.com", "staff"),
        {(Rule.SIGN_IN, "KAM-1001")},
    ),
    "a lead of an import is missing": (
        lambda w: w.store._tables.setdefault("jobs", {}).__setitem__(
            ("JOB-1", "stored:0000"), Row("JOB-1", "stored:0000", {"ids": '["LEAD-1999"]'}, "1")
        ),
        {(Rule.IMPORT, "LEAD-1999")},
    ),
    "a UTR is claimed by another commission": (
        lambda w: change(w, "utrs", "SBIN526010912345", "commission", commissionId="COMM-100201"),
        {(Rule.UTR, "COMM-100101")},
    ),
}


class TestCheck:
    def test_finds_nothing_in_what_the_product_writes(self):
        async def story(world: World) -> None:
            await a_busy_world(world)
            for row in ("CP-1001", "CP-1002"):  # these two were put there by the test, without a timeline
                remove(world, "people", row, "person")
            assert await found(world) == []

        run(story)

    @pytest.mark.parametrize("name", BREAKS)
    def test_finds_and_names(self, name):
        async def story(world: World) -> None:
            await a_busy_world(world)
            for row in ("CP-1001", "CP-1002"):
                remove(world, "people", row, "person")
            breaks, expected = BREAKS[name]
            ids = {"CUST of LEAD-1001": customer_of(world, FIRST)}
            breaks(world)
            told = await found(world)
            assert {(v.rule, v.ids[0]) for v in told} == {(rule, ids.get(who, who)) for rule, who in expected}
            assert not any(phone in str(told) for phone, _ in rows_of(world, "phones"))

        run(story)

    def test_lets_be_what_a_crash_may_leave(self):
        """A claim without payment, a claim without customer, a view behind a marker that the sweep will handle."""

        async def story(world: World) -> None:
            await a_busy_world(world)
            for row in ("CP-1001", "CP-1002"):
                remove(world, "people", row, "person")
            for table, key, values in (
                ("utrs", ("UTR000000000001", "commission"), {"commissionId": "COMM-100201"}),
                ("phones", ("+919811111111", "customer"), {"customerId": "CUST-9999"}),
                ("phones", ("+919811111112", "partner"), {"personId": "CP-1001"}),
                ("views", ("pending", f"{FIRST}:w1"), {"at": "2026-03-02T06:00:00.000Z"}),
            ):
                rows_of(world, table)[key] = Row(*key, values, "1")
            change(world, "views", among_all(FIRST), FIRST, version=3)
            assert await found(world) == []

        run(story)

    def test_takes_no_change_that_is_made_meanwhile_for_a_fault(self):
        async def story(world: World) -> None:
            await a_busy_world(world)
            for row in ("CP-1001", "CP-1002"):
                remove(world, "people", row, "person")
            number = 0

            async def busy(table: str) -> AsyncIterator[Row]:
                nonlocal number
                async for row in world.store.scan(table=table):
                    yield row
                number += 1
                await leads.edit_lead(
                    ports=world.ports, lead_id=FIRST, edits={"city": f"C{number}"}, act=world.act(ASHA)
                )
                await world.settle()

            assert [v async for v in violations(busy)] == []

        run(story)

    def test_needs_no_more_memory_for_more_leads(self):
        async def story(world: World) -> None:
            await world.lead()
            await world.move(FIRST, LeadStatus.NOT_RESPONDING)
            await world.settle()
            seed = {t: list(rows_of(world, t).values()) for t in ("leads", "customers", "phones")}
            head = rows_of(world, "leads")[FIRST, "lead"]

            def copies_of(table: str, name: str) -> list[Row]:
                if table == "leads":
                    return [replace(row, partition=name) for row in seed["leads"]]
                lead = leads.lead_from_row(replace(head, partition=name))
                return [Row(place, name, values, "") for place, values in leads.view_rows(lead, {}).items()]

            async def held(copies: int) -> int:
                """Bytes that are held when a table has come by, without what the interpreter keeps for reuse."""
                most = 0

                async def tables(table: str) -> AsyncIterator[Row]:
                    nonlocal most
                    if table not in ("leads", "views"):
                        for row in seed.get(table, ()):
                            yield row
                            if row.key == f"lead:{FIRST}":
                                for number in range(2000, 2000 + copies):
                                    yield replace(row, key=f"lead:LEAD-{number}")
                        if table == "customers":  # one partition is held until the next comes by
                            yield Row("CUST-9999", "busy", {"job": "JOB-1"}, "")
                        return
                    for number in range(2000, 2000 + copies):
                        for row in copies_of(table, f"LEAD-{number}"):
                            yield row
                    gc.collect()
                    most = max(most, tracemalloc.get_traced_memory()[0])

                tracemalloc.start()
                assert [v async for v in violations(tables)] == []
                tracemalloc.stop()
                return most

            few, many = await held(20), await held(400)
            assert many - few < 380 * 100  # bytes; the rows of one lead are some thousands

        run(story)


class TestVerifiedTimelines:
    def test_name_the_first_broken_entry(self):
        async def story(world: World) -> None:
            await a_busy_world(world)
            change(world, "leads", FIRST, entry(4), reason="another")
            change(world, "leads", FIRST, entry(6), reason="another")
            rows = world.store.scan(table="leads")
            outcomes = {v.id: v async for v in verified_timelines(rows, "lead")}
            broken = {name: (v.broken.version, v.broken.sequence) for name, v in outcomes.items() if v.broken}
            assert broken == {FIRST: (4, 0)}
            assert outcomes["LEAD-1003"].entries == 1 and len(outcomes) == 4

        run(story)


class TestFold:
    def test_equals_the_lead_after_each_of_200_random_edits(self):
        """cases.md 8."""

        async def story(world: World) -> None:
            chance = random.Random(8)
            await world.lead()
            quotation = await world.quotation(FIRST)
            words = ["", "Surat", "कोलकाता", "called twice", "😀", "x" * 600]
            for step in range(200):
                names = chance.sample(["city", "state", "remarks", "requirements", "email", "address"], 2)
                edits: dict[str, Any] = {n: chance.choice(words) or None for n in names}
                if "address" in edits:
                    edits["address"] = f"{step} Station Road"
                if chance.random() < 0.3:
                    edits["services"] = tuple(
                        chance.sample(["Rooftop", "Cleaning", "Battery"], chance.randrange(3))
                    )
                await leads.edit_lead(ports=world.ports, lead_id=FIRST, edits=edits, act=world.act(ASHA))
                if step == 100:
                    await world.accept(quotation)
                    await world.move(FIRST, LeadStatus.WON, quotation_ref=quotation)
                file = await world.file(FIRST)
                entries = await leads.timeline_of(store=world.store, lead_id=FIRST, actor=ASHA)
                assert {n: v for n, v in fold(entries).items() if v is not None} == plain_file(file)
            assert file.lead.version > 150

        run(story)
