"""What a restore does with each row: a table of cases, worked out by hand from the rule above all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.continuity import INT64, Entity, Fate, decide
from tests.domain.continuity.setting import a_lead, a_row

OLD, NEW = "2026-03-31T12:00:00.1234567Z", "2026-03-31T12:00:00.1234568Z"


def written(entity: Entity, at: str) -> Entity:
    return replace(entity, timestamp=at, etag="e")


def fates(table: str, rows: list[Entity], live: list[Entity], *, force: bool = False) -> dict[str, str]:
    decided = decide(table=table, rows=rows, live={row.key: row for row in live}, force=force)
    assert [d.row for d in decided] == rows
    assert all((d.put is None) == (d.fate in (Fate.SKIPPED, Fate.CONFLICT)) for d in decided)
    return {d.row.key: str(d.fate) for d in decided}


def a_fate(kept: Entity, live: Entity | None, *, force: bool = False) -> str:
    return fates("phones", [kept], [live] if live else [], force=force)[kept.key]


KEPT = written(a_row("p", "k", a="1"), OLD)
V5, V6 = {"version": (INT64, "5")}, {"version": (INT64, "6")}


class TestARow:
    @pytest.mark.parametrize(
        ("live", "fate", "forced"),
        [
            (None, "created", "created"),
            (written(a_row("p", "k", a="1"), NEW), "skipped", "skipped"),
            (written(a_row("p", "k", a="2"), NEW), "conflict", "overwritten"),
            (written(a_row("p", "k", a="1", more="x"), NEW), "conflict", "overwritten"),
            (written(a_row("p", "k", a=1), NEW), "conflict", "overwritten"),
            # older than the backup, as after losing a region's last writes
            (written(a_row("p", "k", a="0"), "2026-03-31T12:00:00.1234566Z"), "overwritten", "overwritten"),
            (written(a_row("p", "k", a="0"), "2026-03-31T12:00:00.12Z"), "overwritten", "overwritten"),
        ],
    )
    def test_that_is_newer_is_not_overwritten_unless_forced(
        self, live: Entity | None, fate: str, forced: str
    ) -> None:
        assert (a_fate(KEPT, live), a_fate(KEPT, live, force=True)) == (fate, forced)

    def test_with_versions_is_compared_by_them(self) -> None:
        kept = written(a_row("p", "k", **V5), OLD)
        assert a_fate(kept, written(a_row("p", "k", **V6), OLD)) == "conflict"
        older = written(a_row("p", "k", version=(INT64, "4")), NEW)
        assert a_fate(kept, older) == "overwritten"


def keys(*fates_: str) -> dict[str, str]:
    names = ["lead", "timeline:0000000001:00", "timeline:0000000002:00", "timeline:0000000003:00"]
    return dict(zip(names, fates_, strict=False))


class TestAnAggregate:
    def test_that_is_gone_is_created_whole(self) -> None:
        assert fates("leads", a_lead(1, version=2), []) == keys("created", "created", "created")

    def test_that_is_newer_stays_as_it_is_but_gets_lost_history_back(self) -> None:
        live = [row for row in a_lead(1, version=3) if row.key != "timeline:0000000001:00"]
        rows = [*a_lead(1, version=2), a_row("LEAD-1", "quotation:Q", status="Shared")]
        for force in (False, True):  # forcing a lead goes through its timeline, not through its rows
            found = fates("leads", rows, live, force=force)
            assert found == {**keys("conflict", "created", "skipped"), "quotation:Q": "conflict"}

    def test_that_is_older_is_rolled_forward_whole(self) -> None:
        rows, live = a_lead(1, version=3), [written(row, NEW) for row in a_lead(1, version=2)]
        assert fates("leads", rows, live) == keys("overwritten", "skipped", "skipped", "created")

    def test_whose_history_has_grown_apart_is_left_alone(self) -> None:
        live = [written(row, NEW) for row in a_lead(1, version=2)]
        live[2] = replace(live[2], columns={**live[2].columns, "action": "SomethingElse"})
        found = fates("leads", a_lead(1, version=3), live)
        assert found == keys("conflict", "skipped", "conflict", "conflict")

    def test_of_the_same_version_gets_lost_rows_back(self) -> None:
        live = [row for row in a_lead(1, version=2) if row.key != "timeline:0000000002:00"]
        assert fates("leads", a_lead(1, version=2), live) == keys("skipped", "skipped", "created")
