"""A full check of a backup tries the invariants on the copy: each contradiction by its record, and no false alarm."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain import leads
from domain.continuity import (
    Contradictions,
    Depth,
    Engine,
    Rule,
    back_up,
    drill,
    newest_verified,
    verify_backup,
)
from domain.values import iso
from tests.domain.continuity.real_rows import TABLES, a_business, fill
from tests.domain.continuity.setting import Platform
from tests.domain.sales.world import ASHA, World

PAID = "LEAD-1003"


class Books:
    """A business that is backed up."""

    def __init__(self) -> None:
        self.world: World = asyncio.run(a_business())
        self.platform = Platform()
        self.platform.clock.advance(hours=1)
        fill(self.platform, self.world)

    @property
    def engine(self) -> Engine:
        return self.platform.engine(tables=TABLES)

    def change(self, table: str, partition: str, key: str, *, at: str = "", **columns: Any) -> None:
        """A row's columns behind everybody's back; None removes one."""
        row = self.platform.entities._tables[table][partition, key]
        now = {n: v for n, v in {**row.columns, **columns}.items() if v is not None}
        self.platform.entities._tables[table][partition, key] = replace(
            row, columns=now, timestamp=at or row.timestamp
        )

    def full(self) -> Contradictions:
        """Back up, and check in full."""
        outcome = asyncio.run(back_up(engine=self.engine))
        report = asyncio.run(verify_backup(engine=self.engine, backup_id=outcome.run.backup_id, depth=Depth.FULL))
        assert report.faults == []
        return report.contradictions


@pytest.fixture
def books() -> Books:
    return Books()


class TestFullCheck:
    def test_finds_nothing_in_what_the_product_writes(self, books: Books) -> None:
        assert books.full() == Contradictions()

    def test_of_a_backup_that_is_quick_doesnt_try(self, books: Books) -> None:
        books.platform.entities.remove("phones", *first_of(books, "phones"))
        outcome = asyncio.run(back_up(engine=books.engine))
        report = asyncio.run(verify_backup(engine=books.engine, backup_id=outcome.run.backup_id, depth=Depth.QUICK))
        assert report.contradictions == Contradictions()

    def test_names_each_contradiction_by_its_record_and_the_backup_still_counts(self, books: Books) -> None:
        quotation = next(
            key for lead, key in books.platform.entities._tables["leads"] if lead == PAID and key.startswith("quot")
        )
        books.change("leads", PAID, quotation, status="Shared")
        books.change("leads", "LEAD-1001", "timeline:0000000001:00", message="Somebody else wrote this")
        books.change("leads", "LEAD-1002", "lead", status=None)
        books.platform.entities.remove("utrs", *first_of(books, "utrs"))
        found = books.full()
        named = {(v.rule, v.ids[0]) for v in found.named}
        assert {
            (Rule.ACCEPTANCE, PAID),
            (Rule.FOLDS, PAID),
            (Rule.TIMELINE, "LEAD-1001"),
            (Rule.READABLE, "LEAD-1002"),
            (Rule.UTR, "COMM-100301"),
        } <= named
        assert found.count == len(found.named)
        newest = asyncio.run(newest_verified(engine=books.engine))
        assert newest is not None and newest.problem == ""  # it is what the tables were, and the best there is

    @pytest.mark.parametrize("table", ["phones", "views", "utrs"])
    def test_between_tables_names_what_lacks_its_other_half(self, books: Books, table: str) -> None:
        for partition, key in list(books.platform.entities._tables[table]):
            books.platform.entities.remove(table, partition, key)
        rules = {v.rule for v in books.full().named}
        assert rules == {{"phones": Rule.PHONE, "views": Rule.VIEWS, "utrs": Rule.UTR}[table]}

    def test_isnt_confused_by_what_was_written_while_the_backup_was_made(self, books: Books) -> None:
        """Views are read first here; then a lead is edited, and read as it is then."""
        taken = books.platform.clock.now()

        async def edit() -> None:
            await leads.edit_lead(
                ports=books.world.ports, lead_id=PAID, edits={"city": "Bhuj"}, act=books.world.act(ASHA)
            )
            await books.world.settle()

        asyncio.run(edit())
        old_views = dict(books.platform.entities._tables["views"])
        fill(books.platform, books.world)
        books.platform.entities._tables["views"] = old_views
        assert {(v.rule, v.ids[0]) for v in books.full().named} == {(Rule.VIEWS, PAID)}  # written long before
        books.change("leads", PAID, "lead", at=iso(taken + timedelta(seconds=3)))
        books.platform.clock.advance(days=1)
        books.change("leads", PAID, "lead", at=iso(books.platform.clock.now() + timedelta(seconds=3)))
        assert books.full() == Contradictions()


class TestDrill:
    def test_passes_over_real_rows(self, books: Books) -> None:
        asyncio.run(back_up(engine=books.engine))
        assert asyncio.run(drill(engine=books.engine)).passed

    def test_fails_and_tells_when_the_data_contradicts_itself(self, books: Books) -> None:
        books.change("leads", "LEAD-1002", "lead", status="New Lead")
        asyncio.run(back_up(engine=books.engine))
        report = asyncio.run(drill(engine=books.engine))
        assert not report.passed and all(table.well for table in report.tables)
        assert any("LEAD-1002" in fault for fault in report.faults)
        assert "LEAD-1002" not in books.platform.alerts[-1] and "failed" in books.platform.alerts[-1]


def first_of(books: Books, table: str) -> tuple[str, str]:
    return min(books.platform.entities._tables[table])
