"""CSV cells that a spreadsheet would run (cases.md 28), and round trips of anything else."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.values import CsvInvalid, csv_rows, csv_text, neutral, restored

cells = st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\x00\r"))


class TestNeutral:
    @pytest.mark.parametrize(
        "cell",
        [
            "=1+1",
            "+91",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "−1",
            "﹦1",
            "﹢1",
            "﹫x",
            "⁺1",
            "₌1",
            " =1",
            "\u200b=1",
            "'=1",
            "\ufeff@",
        ],
    )
    def test_a_formula_gets_an_apostrophe(self, cell: str) -> None:
        assert neutral(cell) == "'" + cell and restored("'" + cell) == cell

    @pytest.mark.parametrize("cell", ["", "plain", "1-1", "'tis", "a=b", "13500.00", "हिन्दी", "''"])
    def test_anything_else_stays(self, cell: str) -> None:
        assert neutral(cell) == cell == restored(cell)

    @given(cell=st.text() | st.text(alphabet="'=+ \tx"))
    def test_comes_back_unchanged(self, cell: str) -> None:
        assert restored(neutral(cell)) == cell


class TestCsv:
    @given(rows=st.lists(st.fixed_dictionaries({"a": cells, "b": cells}), max_size=5))
    @example(rows=[{"a": "", "b": "\n"}])
    def test_round_trip(self, rows: list[dict[str, str]]) -> None:
        kept = [row for row in rows if any(cell.strip() for cell in row.values())]
        assert [row for _, row in csv_rows(csv_text(header=["a", "b"], rows=rows), most=5)] == kept

    @given(cell=cells)
    def test_no_cell_begins_like_a_formula(self, cell: str) -> None:
        text = csv_text(header=["a"], rows=[{"a": cell}])
        written = list(csv.reader(io.StringIO(text, newline="")))[1:]
        assert not any(row and row[0][:1] in ("=", "+", "-", "@", "\t", "\r", "＝") for row in written)

    def test_counts_rows_as_a_spreadsheet_does(self) -> None:
        """An empty row counts, a line break within a cell doesn't."""
        assert csv_rows('a,b\r\n"1\n1",2\r\n\r\n ,\r\n3,4\r\n', most=9) == [
            (2, {"a": "1\n1", "b": "2"}), (5, {"a": "3", "b": "4"}),
        ]  # fmt: skip

    @pytest.mark.parametrize("row", ["1", "1,", "1,,", "1,, ,"])
    def test_fills_rows_up_and_takes_empty_cells_off(self, row: str) -> None:
        assert csv_rows(f"a,b\n{row}\n", most=1) == [(2, {"a": "1", "b": ""})]

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_takes_the_separators_that_spreadsheets_write(self, separator: str) -> None:
        text = 'a,b\r\n"1,1",";"\r\n'.replace("a,b", f"a{separator}b").replace('1",";', f'1"{separator}";')
        for told in ("", f"sep={separator}\r\n", f'\ufeff"sep={separator}"\n'):
            assert csv_rows(told + text, most=9) == [(2, {"a": "1,1", "b": ";"})]

    def test_says_in_which_row_a_quotation_mark_was_left_open(self) -> None:
        with pytest.raises(CsvInvalid, match=r"^Row 3 isn't CSV"):
            csv_rows('a,b\n"1\n1",2\n"3,4\n5,6\n7,8\n', most=9)
        with pytest.raises(CsvInvalid, match=r"^Row 1 isn't CSV"):
            csv_rows('a,"b\n1,2\n', most=9)

    @pytest.mark.parametrize("text", ["", "\n1", "a,a\n1,2", "a,b\n1,2,3", 'a\n"x', 'a\n"x"y', "a\n1\n2\n3"])
    def test_refuses_what_is_no_table(self, text: str) -> None:
        with pytest.raises(CsvInvalid):
            csv_rows(text, most=2)
