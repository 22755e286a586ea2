"""The cells of a CSV say what the item says, whatever stands in its lists; reading them gives it again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pricing._fields import _cell, _from_list, fields_of, from_cells, parsed

_LIST = next(member for member in fields_of("company").values() if member.is_list)
TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1).map(
    lambda text: text.strip()
)
SPITEFUL = st.text(';\\ a,"', min_size=1).map(lambda text: text.strip())


class TestListsInACell:
    @given(st.lists((TEXTS | SPITEFUL).filter(bool), max_size=6))
    def test_come_back_as_they_were(self, texts: list[str]) -> None:
        assert _from_list(_LIST, _cell(tuple(texts))) == texts

    def test_are_parted_as_people_type_them(self) -> None:
        assert _from_list(_LIST, "Mono; Half-cut ;;C:\\notes\\;x") == ["Mono", "Half-cut", "C:\\notes;x"]


class TestNumbersInACell:
    @pytest.mark.parametrize(
        "cell", ["1e9999999", "1e999999999", "-1e999999999", "0e9999999", "1e-9999999", "9" * 5000]
    )
    @pytest.mark.parametrize("name", ["unitPrice", "watts", "efficiencyPercent"])
    def test_that_none_can_reckon_with_are_refused_at_once(self, name: str, cell: str) -> None:
        given = from_cells("panels", {name: cell})
        _, faults = parsed("panels", given)
        assert [fault.field for fault in faults] == [name]
