"""Moving a lead: the whole table of domain.md "Statuses", and what each move needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest

from domain.leads import Lead, LeadStatus, Origin, StatusChange, check_move, move_notes, moved
from domain.leads.errors import LeadInvalid, OverrideNotAllowed, StatusChangeNotAllowed
from domain.timeline import Act, Change, Provenance
from domain.timeline import Origin as SetBy
from domain.values import Actor, PhoneNumber, Role

NOON = datetime(2026, 3, 31, 6, 30, tzinfo=UTC)  # 12:00 in India
TODAY, TOMORROW, LAST_DAY = date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30)

ASHA = Actor("CP-1001", "Asha", Role.CP)
RAVI = Actor("KAM-1001", "Ravi", Role.KAM, partners=frozenset({"CP-1001"}))
MEERA = Actor("ADMIN-1001", "Meera", Role.ADMIN)
STAFF = [RAVI, MEERA]

TABLE = """
New Lead: In Discussion, Physical Meeting Assigned, Not Responding, Not Interested, Other Territory
In Discussion: Physical Meeting Assigned, Not Responding, Not Interested, Other Territory
Physical Meeting Assigned: In Discussion, Not Responding, Not Interested, Other Territory
Customer Accepted: Won
Won: Pending at Solarium
Pending at Solarium: Under Execution
Under Execution: Executed
"""  # domain.md "Statuses and who may move what", without the customer's own move
ALLOWED = {
    (LeadStatus(start), LeadStatus(target))
    for start, _, targets in (line.partition(": ") for line in TABLE.strip().splitlines())
    for target in targets.split(", ")
}
ALL = list(product(LeadStatus, LeadStatus))
TERMINAL = {LeadStatus.NOT_INTERESTED, LeadStatus.OTHER_TERRITORY, LeadStatus.EXECUTED}


def a_lead(status: LeadStatus = LeadStatus.NEW, **other: Any) -> Lead:
    lead = Lead(
        id="LEAD-1001",
        customer_id="CUST-1001",
        customer_name="Kiran Rao",
        phone=PhoneNumber("+919876543210"),
        address="12 MG Road, Pune",
        origin=Origin.CP,
        status=status,
        created_at=NOON,
        created_by="CP-1001",
        created_by_name="Asha",
        assigned_to="CP-1001",
        follow_up_date=TODAY,
        version=1,
    )
    return replace(lead, **other)


def a_change(status: LeadStatus, **other: Any) -> StatusChange:
    """A change that lacks nothing, whatever its target is."""
    change = StatusChange(
        status=status,
        remarks="spoke at length",
        follow_up_date=TOMORROW,
        quotation_ref="QUOT-100101",
        token_number="TKN-42",
    )
    return replace(change, **other)


def forced(status: LeadStatus, **other: Any) -> StatusChange:
    return a_change(status, **{"override": True, "override_reason": "agreed by phone", **other})


def an_act(actor: Actor = ASHA, at: datetime = NOON) -> Act:
    return Act(actor=actor, at=at, write_id="write-1")


def faulty_fields(start: LeadStatus, change: StatusChange, act: Act | None = None) -> list[str]:
    """The fields that the refusal names; none if the move passes."""
    try:
        check_move(a_lead(start), change, act or an_act())
    except LeadInvalid as refusal:
        return [fault.field for fault in refusal.faults]
    return []


class TestTable:
    def test_has_eleven_statuses_and_seventeen_moves(self) -> None:
        assert (len(LeadStatus), len(ALL), len(ALLOWED)) == (11, 121, 17)

    @pytest.mark.parametrize(("start", "target"), ALL)
    @pytest.mark.parametrize("actor", [ASHA, *STAFF], ids=lambda a: a.role)
    def test_lets_exactly_these_moves_pass(self, actor: Actor, start: LeadStatus, target: LeadStatus) -> None:
        if (start, target) in ALLOWED:
            check_move(a_lead(start), a_change(target), an_act(actor))
            return
        with pytest.raises(StatusChangeNotAllowed) as refusal:
            check_move(a_lead(start), a_change(target), an_act(actor))
        details = refusal.value.details
        assert details is not None
        assert (details["from"], details["to"]) == (start, target)
        assert {(start, LeadStatus(s)) for s in details["allowed"]} == {m for m in ALLOWED if m[0] is start}

    @pytest.mark.parametrize("role", [Role.CUSTOMER, Role.SYSTEM])
    @pytest.mark.parametrize(("start", "target"), sorted(ALLOWED))
    def test_refuses_customers_and_timers(self, role: Role, start: LeadStatus, target: LeadStatus) -> None:
        with pytest.raises(StatusChangeNotAllowed):
            check_move(a_lead(start), a_change(target), an_act(Actor("X-1", "Somebody", role)))

    @pytest.mark.parametrize("start", LeadStatus)
    def test_says_that_only_the_customer_accepts(self, start: LeadStatus) -> None:
        with pytest.raises(StatusChangeNotAllowed, match="Only the customer"):
            check_move(a_lead(start), a_change(LeadStatus.CUSTOMER_ACCEPTED), an_act(MEERA))


class TestOverride:
    @pytest.mark.parametrize(("start", "target"), [(a, b) for a, b in ALL if a is not b])
    @pytest.mark.parametrize("actor", STAFF, ids=lambda a: a.role)
    def test_forces_any_move(self, actor: Actor, start: LeadStatus, target: LeadStatus) -> None:
        check_move(a_lead(start), forced(target), an_act(actor))

    @pytest.mark.parametrize("role", [Role.CP, Role.CUSTOMER, Role.SYSTEM])
    @pytest.mark.parametrize("target", [LeadStatus.IN_DISCUSSION, LeadStatus.WON])
    def test_is_refused_to_everybody_else(self, role: Role, target: LeadStatus) -> None:
        with pytest.raises(OverrideNotAllowed):
            check_move(a_lead(), forced(target), an_act(Actor("X-1", "Somebody", role)))

    @pytest.mark.parametrize("reason", [None, "", "123456789", "   123456789   "])
    def test_needs_a_reason_of_ten_characters(self, reason: str | None) -> None:
        change = forced(LeadStatus.IN_DISCUSSION, override_reason=reason)
        assert faulty_fields(LeadStatus.EXECUTED, change, an_act(MEERA)) == ["overrideReason"]

    def test_takes_ten_characters(self) -> None:
        change = forced(LeadStatus.IN_DISCUSSION, override_reason="1234567890")
        assert faulty_fields(LeadStatus.EXECUTED, change, an_act(MEERA)) == []

    def test_needs_what_every_other_move_needs(self) -> None:
        change = forced(LeadStatus.WON, remarks="short", quotation_ref=None, follow_up_date=date(2026, 5, 1))
        faults = ["remarks", "followUpDate", "quotationRef"]
        assert faulty_fields(LeadStatus.NEW, change, an_act(MEERA)) == faults


class TestNeeds:
    @pytest.mark.parametrize("remarks", ["", "123456789", "  123456789  ", " " * 20])
    @pytest.mark.parametrize(("start", "target"), sorted(ALLOWED))
    def test_remarks_of_ten_characters(self, start: LeadStatus, target: LeadStatus, remarks: str) -> None:
        assert faulty_fields(start, a_change(target, remarks=remarks)) == ["remarks"]

    def test_no_more_than_ten_characters(self) -> None:
        change = a_change(LeadStatus.IN_DISCUSSION, remarks="1234567890")
        assert faulty_fields(LeadStatus.NEW, change) == []

    @pytest.mark.parametrize(("start", "target"), sorted(ALLOWED))
    def test_a_follow_up_date_only_for_discussion_and_meeting(self, start: LeadStatus, target: LeadStatus) -> None:
        needs = target in (LeadStatus.IN_DISCUSSION, LeadStatus.MEETING)
        assert faulty_fields(start, a_change(target, follow_up_date=None)) == (["followUpDate"] if needs else [])

    @pytest.mark.parametrize(
        ("on", "fine"),
        [(date(2026, 3, 30), False), (TODAY, True), (LAST_DAY, True), (date(2026, 5, 1), False)],
    )
    def test_a_follow_up_date_from_today_to_in_30_days(self, on: date, fine: bool) -> None:
        change = a_change(LeadStatus.IN_DISCUSSION, follow_up_date=on)
        assert faulty_fields(LeadStatus.NEW, change) == ([] if fine else ["followUpDate"])

    @pytest.mark.parametrize(
        ("at", "first", "last"),
        [
            (datetime(2026, 3, 31, 18, 29, 59, 999_000, tzinfo=UTC), date(2026, 3, 31), date(2026, 4, 30)),
            (datetime(2026, 3, 31, 18, 30, tzinfo=UTC), date(2026, 4, 1), date(2026, 5, 1)),
        ],
    )
    def test_a_follow_up_date_by_the_day_in_india(self, at: datetime, first: date, last: date) -> None:
        days = [date.fromordinal(n) for n in range(date(2026, 3, 25).toordinal(), date(2026, 5, 8).toordinal())]
        changes = [a_change(LeadStatus.IN_DISCUSSION, follow_up_date=on) for on in days]
        fine = [c.follow_up_date for c in changes if not faulty_fields(LeadStatus.NEW, c, an_act(at=at))]
        assert (fine[0], fine[-1], len(fine)) == (first, last, 31)

    @pytest.mark.parametrize("reference", [None, ""])
    @pytest.mark.parametrize(("start", "target"), sorted(ALLOWED))
    def test_a_quotation_only_for_won(self, start: LeadStatus, target: LeadStatus, reference: str | None) -> None:
        expected = ["quotationRef"] if target is LeadStatus.WON else []
        assert faulty_fields(start, a_change(target, quotation_ref=reference)) == expected

    @pytest.mark.parametrize("token", [None, ""])
    @pytest.mark.parametrize(("start", "target"), sorted(ALLOWED))
    def test_a_token_only_for_execution(self, start: LeadStatus, target: LeadStatus, token: str | None) -> None:
        expected = ["tokenNumber"] if target is LeadStatus.UNDER_EXECUTION else []
        assert faulty_fields(start, a_change(target, token_number=token)) == expected

    def test_are_all_named_at_once(self) -> None:
        change = StatusChange(status=LeadStatus.IN_DISCUSSION, remarks="")
        assert faulty_fields(LeadStatus.NEW, change) == ["remarks", "followUpDate"]


class TestMoved:
    @pytest.mark.parametrize("target", LeadStatus)
    def test_changes_what_the_target_concerns_and_nothing_else(self, target: LeadStatus) -> None:
        before = a_lead(quotation_ref="QUOT-100199", token_number="TKN-1")
        after = moved(before, a_change(target, remarks="  spoke at length "), an_act())
        assert after == replace(
            before,
            status=target,
            remarks="spoke at length",
            follow_up_date=None if target in TERMINAL else TOMORROW,
            quotation_ref="QUOT-100101" if target is LeadStatus.WON else "QUOT-100199",
            token_number="TKN-42" if target is LeadStatus.UNDER_EXECUTION else "TKN-1",
        )

    @pytest.mark.parametrize("target", [s for s in LeadStatus if s not in TERMINAL])
    def test_follows_up_tomorrow_where_no_date_was_sent(self, target: LeadStatus) -> None:
        assert moved(a_lead(), a_change(target, follow_up_date=None), an_act()).follow_up_date == TOMORROW

    def test_means_tomorrow_in_india(self) -> None:
        late = an_act(at=datetime(2026, 3, 31, 18, 30, tzinfo=UTC))
        after = moved(a_lead(), a_change(LeadStatus.NOT_RESPONDING, follow_up_date=None), late)
        assert after.follow_up_date == date(2026, 4, 2)


class TestMoveNotes:
    def test_says_what_moved_in_one_entry(self) -> None:
        lead, change = a_lead(), a_change(LeadStatus.IN_DISCUSSION)
        (note,) = move_notes(lead, moved(lead, change, an_act()), change, an_act())
        assert (note.action, note.message) == ("StatusChanged", "Asha moved from New Lead to In Discussion")
        assert (note.reason, note.facts) == (None, {"forced": False})
        assert list(note.changes) == [
            Change("followUpDate", "2026-03-31", "2026-04-01"),
            Change("remarks", None, "spoke at length"),
            Change("status", "New Lead", "In Discussion"),
        ]

    def test_says_that_it_was_forced_and_why(self) -> None:
        lead, change, act = a_lead(LeadStatus.EXECUTED), forced(LeadStatus.IN_DISCUSSION), an_act(MEERA)
        (note,) = move_notes(lead, moved(lead, change, act), change, act)
        assert note.message == "Meera forced from Executed to In Discussion"
        assert (note.reason, note.facts) == ("agreed by phone", {"forced": True})

    def test_says_which_remarks_of_somebody_else_it_overwrites(self) -> None:
        set_by_ravi = Provenance({"remarks": SetBy("KAM-1001", "Ravi", NOON, 1)})
        lead = a_lead(remarks="call after six", provenance=set_by_ravi)
        change = a_change(LeadStatus.IN_DISCUSSION)
        move, lost = move_notes(lead, moved(lead, change, an_act()), change, an_act())
        assert [c.field for c in move.changes] == ["followUpDate", "status"]
        assert (lost.action, lost.message) == ("Overwritten", "Overwritten by Asha at 2026-03-31T06:30:00.000Z")
        assert list(lost.changes) == [Change("remarks", "call after six", "spoke at length")]
