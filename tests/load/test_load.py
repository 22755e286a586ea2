"""What judges a load run: a check that can't fail would prove nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.timeline import Change, Entry
from domain.values import Actor, Role
from tests.load._ledger import ACTIONS, check, missing, too_many_refused
from tests.load._report import crashes_of, rows_of
from tests.load._stages import Stage, stage_at

CP = Actor("CP-1", "P", Role.CP)
EDITED = Entry(
    version=2,
    sequence=0,
    at=datetime(2026, 1, 1, tzinfo=UTC),
    actor=CP,
    action="LeadEdited",
    message="P edited the lead",
    changes=(Change("remarks", None, "Call 7"),),
    reason=None,
    facts={},
    previous="",
)
SHARED = replace(
    EDITED, version=3, action="QuotationShared", message="P shared quotation QUOT-101 with the customer"
)
LINE: dict[str, Any] = {"who": "CP-1", "what": "edit a lead", "tag": 2, "id": "LEAD-1", "lead": "LEAD-1"}
EDIT = {**LINE, "body": {"remarks": "Call 7"}}
SHARE = {**LINE, "what": "share a quotation", "id": "QUOT-101", "tag": 2, "body": {}}


class TestLedger:
    def test_finds_what_is_there(self) -> None:
        assert list(missing([EDIT, SHARE], [EDITED, SHARED])) == []

    @pytest.mark.parametrize(
        "entry",
        [
            replace(EDITED, version=3),
            replace(EDITED, actor=Actor("CP-2", "Q", Role.CP)),
            replace(EDITED, action="StatusChanged"),
            replace(EDITED, changes=(Change("remarks", None, "Call 8"),)),
        ],
        ids=["another version", "another person", "another act", "another value"],
    )
    def test_misses_what_only_looks_like_it(self, entry: Entry) -> None:
        assert len(list(missing([EDIT], [entry]))) == 1
        assert len(list(missing([SHARE], [replace(SHARED, message="P shared quotation QUOT-102")]))) == 1

    def test_finds_an_edit_that_only_overwrote(self) -> None:
        """The entry of an edit is then the one that says whose value it was."""
        assert list(missing([EDIT], [replace(EDITED, action="Overwritten")])) == []
        assert len(list(missing([SHARE], [replace(SHARED, action="Overwritten")]))) == 1

    def test_finds_a_version_that_two_writes_were_given(self) -> None:
        found = list(missing([EDIT, {**EDIT}], [EDITED]))
        assert found == ["LEAD-1: version 2 was given to edit a lead and to edit a lead"]
        assert list(missing([EDIT, {**EDIT, "replayed": True}], [EDITED])) == []

    def test_most_of_a_kind_may_not_be_refused(self) -> None:
        refused = {"who": "CP-1", "what": "edit a lead", "refused": 409}
        assert list(too_many_refused([EDIT] * 5 + [refused] * 5)) == []
        assert list(too_many_refused([EDIT] * 5 + [refused] * 6)) == ["6 of 11 were refused: edit a lead"]
        assert list(too_many_refused([refused] * 9)) == [], "so few can be bad luck"

    def test_a_run_without_a_write_proves_nothing(self, azurite_connection: str) -> None:
        refused = {"who": "CP-1", "what": "edit a lead", "refused": 404}
        assert asyncio.run(check([], azurite_connection)) == 1
        assert asyncio.run(check([refused], azurite_connection)) == 1

    def test_doesn_t_pass_what_it_doesn_t_know(self) -> None:
        assert len(list(missing([{**EDIT, "what": "sing"}], [EDITED]))) == 1
        assert set(ACTIONS) > {"register a lead", "accept a quotation", "finalize to Won", "approve a commission"}


class TestReport:
    def test_a_budget_is_held_only_below_it_and_without_an_error(self) -> None:
        stage = Stage("s", 10, 0, 10, 100, "")

        def held(*took: float, error: str = "") -> bool:
            rows = rows_of([(0.0, "s", "x", ms, error) for ms in took], [stage])
            return rows[0].held

        assert held(*[99.0] * 100) and held(*[50.0] * 96, *[500.0] * 4)
        assert not held(*[50.0] * 94, *[500.0] * 6)
        assert not held(1.0, error="500")
        assert not held()

    def test_what_fails_between_the_stages_counts_too(self) -> None:
        stage = Stage("s", 1, 0, 10, 100, "")
        rows = rows_of([(0.0, "s", "x", 1.0, ""), (1.0, "", "x", 1.0, "503")], [stage])
        assert [(row.stage, row.held) for row in rows] == [("s", True), ("between the stages", False)]

    def test_people_who_hardly_ask_for_anything_hold_no_budget(self) -> None:
        """100 people for 60 s, one action in ten seconds: 600 requests, of which 360 have to come."""
        stage = Stage("s", 100, 0, 60, 100, "")

        def held(count: int) -> bool:
            return rows_of([(0.0, "s", "x", 1.0, "")] * count, [stage])[0].held

        assert (held(360), held(359)) == (True, False)

    def test_a_client_that_crashed_is_told(self, tmp_path: Path) -> None:
        file = tmp_path / "locust_exceptions.csv"
        assert crashes_of(file) == ["locust_exceptions.csv is missing"]
        file.write_text("Count,Message,Traceback,Nodes\n", encoding="utf-8")
        assert crashes_of(file) == []
        file.write_text("Count,Message,Traceback,Nodes\n3,'items',\"a\nb\",local\n", encoding="utf-8")
        assert crashes_of(file) == ["3 × a client crashed: 'items'"]


class TestStages:
    def test_go_up_and_end(self) -> None:
        found = [stage_at(seconds) for seconds in range(0, 700, 5)]
        users = [each[0].users for each in found if each]
        assert max(users) == 2 * users[len(users) // 2] and found[-1] is None
        assert next(each[1] for each in found if each) is False
