"""The table of who is told what: every row with its whole outcome, worked out by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from domain import notifications
from domain.notifications import inbox_of
from domain.notifications._rules import RULES, To
from domain.ports import Ports
from domain.timeline import Act, Change, Note, append
from domain.values import Actor, Role, system
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import short_pause
from tests.fakes.store import FakeStore

ADMIN = Actor("ADMIN-1001", "Asha", Role.ADMIN)
KAM = Actor("KAM-1001", "Kiran", Role.KAM)
RAVI = Actor("CP-1001", "Ravi", Role.CP)
CUSTOMER = Actor("CUST-1001", "Kavita", Role.CUSTOMER)
SYSTEM = system("expire-quotations")
ANOTHER = Actor("ADMIN-1003", "Om", Role.ADMIN)

LEAD: dict[str, Any] = {
    "customerId": "CUST-1001",
    "customerName": "Kavita",
    "assignedTo": "CP-1001",
    "status": "In Discussion",
    "QUOT-100101.systemPricePaise": 21474836480,
    "COMM-100101.cpId": "CP-1009",
    "COMM-100101.amountPaise": 1080050,
}
PERSON = {"name": "Mira", "status": "Pending"}
KYC = {
    "KYC-DOC-1.docType": "PAN",
    "KYC-DOC-1.requestedBy": "CP-1008",
    "KYC-DOC-1.leadId": "LEAD-1001",
}
OF_QUOTATION = (Change("QUOT-100101.status", "a", "b"),)
OF_COMMISSION = (Change("COMM-100101.status", "a", "b"),)
OF_DOCUMENT = (Change("KYC-DOC-1.status", "a", "b"),)

Told = dict[str, tuple[str, str, str, str]]


def told_of(
    action: str,
    actor: Actor,
    *,
    source: str = "LEAD-1001",
    changes: tuple[Change, ...] = (),
    reason: str | None = None,
    also: tuple[str, ...] = (),
    **state: Any,
) -> Told:
    """Who is told what of one entry, and where several were told, of the first entry only."""

    async def story() -> Told:
        store, clock = FakeStore(), FakeClock()
        ports = Ports(store, clock, FakeIds(), short_pause, lambda work: work.close(), FakeDirectory())
        act = Act(actor=actor, at=clock.now(), write_id="w")
        notes = [Note(action, "said", changes, reason), *(Note(other, "said") for other in also)]
        entries = append(previous="", version=7, act=act, notes=notes)
        await notifications.tell(ports=ports, source=source, entries=entries, state=state or LEAD)
        told: Told = {}
        for person in {row.partition async for row in store.scan(table="notifications")}:
            inbox = await inbox_of(store=store, person=person)
            own = [n.notice for n in inbox.notifications if n.notice.about["action"] == action]
            assert len(own) <= 1
            for n in own:
                told[person] = (n.kind, n.severity, n.title, n.message)
        return told

    return asyncio.run(story())


def admins(*said: str) -> Told:
    return dict.fromkeys(("ADMIN-1001", "ADMIN-1002"), (said[0], said[1], said[2], said[3]))


REASSIGNED = (Change("assignedTo", "CP-1002", "CP-1001"),)

EXAMPLES: list[tuple[Callable[[], Told], Told]] = [
    (
        partial(told_of, "LeadCreated", KAM),
        {"CP-1001": ("lead", "info", "New lead", "Kiran registered LEAD-1001 (Kavita) for you.")},
    ),
    (partial(told_of, "LeadCreated", RAVI), {}),
    (
        partial(told_of, "LeadCreated", CUSTOMER, customerName="Kavita", customerId="CUST-1001"),
        admins(
            "lead", "info", "Lead to assign", "Kavita asked for a service: LEAD-1001 has no channel partner yet."
        ),
    ),
    (
        partial(told_of, "LeadReassigned", ANOTHER, changes=REASSIGNED),
        {
            "CP-1001": ("lead", "info", "Lead assigned to you", "Om assigned LEAD-1001 (Kavita) to you."),
            "CP-1002": (
                "lead",
                "warning",
                "Lead assigned to somebody else",
                "Om assigned LEAD-1001 (Kavita) to somebody else.",
            ),
        },
    ),
    (
        partial(told_of, "StatusChanged", RAVI),
        {
            "CUST-1001": (
                "lead",
                "info",
                "Your request is In Discussion",
                "Your request LEAD-1001 is now: In Discussion.",
            ),
            "KAM-1001": (
                "lead",
                "info",
                "Lead moved to In Discussion",
                "Ravi moved LEAD-1001 (Kavita) to In Discussion.",
            ),
        },
    ),
    (
        partial(told_of, "StatusChanged", ANOTHER, **{**LEAD, "status": "Executed"}),
        {
            "CUST-1001": (
                "lead",
                "success",
                "Your request is Executed",
                "Your request LEAD-1001 is now: Executed.",
            ),
            **dict.fromkeys(
                ("CP-1001", "KAM-1001"),
                ("lead", "info", "Lead moved to Executed", "Om moved LEAD-1001 (Kavita) to Executed."),
            ),
            **admins(
                "commission",
                "info",
                "Commission to approve",
                "LEAD-1001 (Kavita) is Executed: its commission can be approved.",
            ),
        },
    ),
    (
        partial(told_of, "QuotationShared", RAVI, changes=OF_QUOTATION),
        {
            "CUST-1001": (
                "quotation",
                "info",
                "A quotation for you",
                "Ravi shared quotation QUOT-100101 with you. Look at it, and accept or reject it.",
            )
        },
    ),
    (
        partial(told_of, "QuotationAccepted", CUSTOMER, changes=OF_QUOTATION, also=("QuotationRejected",)),
        {
            **dict.fromkeys(
                ("CP-1001", "KAM-1001"),
                (
                    "quotation",
                    "success",
                    "Quotation accepted",
                    "Kavita accepted quotation QUOT-100101. Verify the details, then finalize LEAD-1001 to Won.",
                ),
            ),
            **admins(
                "quotation",
                "info",
                "Lead to finalize",
                "Kavita accepted quotation QUOT-100101: LEAD-1001 waits to be finalized to Won.",
            ),
        },
    ),
    (
        partial(told_of, "AcceptanceForced", KAM, changes=OF_QUOTATION, reason="Signed on paper"),
        {
            "CUST-1001": (
                "quotation",
                "info",
                "Your acceptance was entered",
                "Kiran entered that you accepted quotation QUOT-100101. If you didn't, tell us.",
            ),
            "CP-1001": (
                "quotation",
                "info",
                "Acceptance entered",
                "Kiran entered that Kavita accepted quotation QUOT-100101 of LEAD-1001. Reason: Signed on paper",
            ),
        },
    ),
    (
        partial(told_of, "AcceptanceWithdrawn", ANOTHER, changes=OF_QUOTATION, reason="internal reason"),
        {
            "CUST-1001": (
                "quotation",
                "warning",
                "Your acceptance was withdrawn",
                "Om withdrew your acceptance of quotation QUOT-100101.",
            )
        },
    ),
    (
        partial(told_of, "QuotationRejected", CUSTOMER, changes=OF_QUOTATION, reason="Too dear"),
        dict.fromkeys(
            ("CP-1001", "KAM-1001"),
            (
                "quotation",
                "warning",
                "Quotation rejected",
                "Kavita rejected quotation QUOT-100101 of LEAD-1001. Reason: Too dear",
            ),
        ),
    ),
    (partial(told_of, "QuotationRejected", CUSTOMER, changes=OF_QUOTATION, also=("QuotationAccepted",)), {}),
    (partial(told_of, "QuotationRejected", KAM, changes=OF_QUOTATION, also=("AcceptanceForced",)), {}),
    (
        partial(told_of, "QuotationExpired", SYSTEM, changes=OF_QUOTATION),
        {
            "CP-1001": (
                "quotation",
                "warning",
                "Quotation expired",
                "Quotation QUOT-100101 of LEAD-1001 (Kavita) expired without an answer.",
            )
        },
    ),
    (
        partial(told_of, "CommissionCreated", Actor("CP-1009", "Anu", Role.CP), changes=OF_COMMISSION),
        {
            "CP-1009": (
                "commission",
                "success",
                "Commission earned",
                "COMM-100101 of ₹10,800.50 for LEAD-1001 is pending. It is approved once the lead is Executed.",
            )
        },
    ),
    (
        partial(
            told_of,
            "CommissionApproved",
            ADMIN,
            changes=OF_COMMISSION,
            reason="Shared with another",
            **LEAD,
            **{"COMM-100101.approvedAmountPaise": 500000},
        ),
        {
            "CP-1009": (
                "commission",
                "success",
                "Commission approved",
                "COMM-100101 of ₹5,000.00 for LEAD-1001 was approved. Reason: Shared with another",
            )
        },
    ),
    (
        partial(told_of, "CommissionPaid", ADMIN, changes=OF_COMMISSION),
        {
            "CP-1009": (
                "commission",
                "success",
                "Commission paid",
                "COMM-100101 of ₹10,800.50 for LEAD-1001 was paid.",
            )
        },
    ),
    (
        partial(told_of, "CommissionVoided", ADMIN, changes=OF_COMMISSION, reason="Won by mistake"),
        {
            "CP-1009": (
                "commission",
                "warning",
                "Commission voided",
                "COMM-100101 of ₹10,800.50 for LEAD-1001 was voided. Reason: Won by mistake",
            )
        },
    ),
    (
        partial(told_of, "CommissionClawedBack", ADMIN, changes=OF_COMMISSION, reason="Won by mistake"),
        {
            "CP-1009": (
                "commission",
                "warning",
                "Commission clawed back",
                "COMM-100101 of ₹10,800.50 for LEAD-1001 was clawed back. Reason: Won by mistake",
            )
        },
    ),
    (
        partial(told_of, "KycApproved", KAM, source="CUST-1001", changes=OF_DOCUMENT, **KYC),
        dict.fromkeys(
            ("CUST-1001", "CP-1001", "CP-1008"),
            ("user", "success", "Document approved", "KYC document KYC-DOC-1 (PAN) was approved."),
        ),
    ),
    (
        partial(told_of, "KycRejected", KAM, source="CUST-1001", changes=OF_DOCUMENT, reason="Blurred", **KYC),
        dict.fromkeys(
            ("CUST-1001", "CP-1001", "CP-1008"),
            (
                "user",
                "warning",
                "Document rejected",
                "KYC document KYC-DOC-1 (PAN) was rejected; upload another. Reason: Blurred",
            ),
        ),
    ),
    (
        partial(told_of, "PersonEnrolled", Actor("CP-1007", "Mira", Role.CP), source="CP-1007", **PERSON),
        admins(
            "user", "info", "Channel partner to activate", "Mira (CP-1007) registered and waits to be activated."
        ),
    ),
    (partial(told_of, "PersonEnrolled", ADMIN, source="KAM-1007", name="Mira", status="Active"), {}),
    (
        partial(told_of, "PersonActivated", ADMIN, source="CP-1007", **PERSON),
        {"CP-1007": ("user", "success", "Your account is active", "Welcome, Mira. Your account is active.")},
    ),
    (
        partial(told_of, "PersonDeactivated", ADMIN, source="CP-1007", reason="Moved away", **PERSON),
        {
            "CP-1007": (
                "user",
                "warning",
                "Your account was deactivated",
                "Your account was deactivated. Reason: Moved away",
            )
        },
    ),
    (partial(told_of, "LeadEdited", ADMIN), {}),
]


class TestRules:
    @pytest.mark.parametrize(("told", "expected"), EXAMPLES)
    def test_tell_exactly_these(self, told: Callable[[], Told], expected: Told) -> None:
        assert told() == expected

    def test_are_all_tried_above(self) -> None:
        titles = {rule.title.split("{")[0] for rule in RULES}
        seen = {title for _, told in EXAMPLES for _, _, title, _ in told.values()}
        assert [title for title in titles if not any(s.startswith(title) for s in seen)] == []

    def test_name_no_amount_to_customers(self) -> None:
        to_customers = [rule for rule in RULES if {To.CUSTOMER, To.SELF} & set(rule.to)]
        assert [rule.action for rule in to_customers if "{amount}" in rule.title + rule.message] == []

    @pytest.mark.parametrize("actor", [ADMIN, KAM, RAVI, CUSTOMER])
    def test_tell_nobody_what_they_did_themselves(self, actor: Actor) -> None:
        for rule in RULES:
            changes = (*REASSIGNED, *OF_COMMISSION)
            assert actor.id not in told_of(rule.action, actor, changes=changes, source="CUST-1001")

    def test_take_a_message_as_it_is(self) -> None:
        """What people typed isn't taken for a part of the sentence."""
        odd = {**LEAD, "customerName": "{amount} {0} 100%"}
        said = told_of("QuotationAccepted", CUSTOMER, changes=OF_QUOTATION, **odd)
        assert said["CP-1001"][3].startswith("{amount} {0} 100% accepted")
