"""Pages that several people write in at once: no row of a table twice, no heading twice, no mark of a merge."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def tables(text: str) -> list[list[str]]:
    """The lines of each table."""
    parts = groupby(text.splitlines(), key=lambda line: line.startswith("|"))
    return [list(lines) for is_table, lines in parts if is_table]


def what_of(row: str) -> tuple[str, ...]:
    """What a row is about: its first two cells."""
    return tuple(cell.strip() for cell in row.strip("|").split("|")[:2])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
class TestPages:
    def test_have_no_row_twice(self, page: Path) -> None:
        for table in tables(page.read_text(encoding="utf-8")):
            rows = [what_of(row) for row in table]
            assert sorted(rows) == sorted(set(rows))

    def test_have_tables_with_a_head(self, page: Path) -> None:
        """A line that ends up in the middle of nowhere is no table."""
        for table in tables(page.read_text(encoding="utf-8")):
            assert len(table) > 1 and re.fullmatch(r"[|\-: ]+", table[1]), table[0]

    def test_have_no_heading_twice(self, page: Path) -> None:
        headings = re.findall(r"^#+ .+$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert sorted(headings) == sorted(set(headings))

    def test_have_no_mark_of_a_merge(self, page: Path) -> None:
        assert not re.search(r"^(<<<<<<<|=======|>>>>>>>)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
