"""CSV that a spreadsheet can open without running anything in it, and that comes back unchanged. No files here.

A cell that a spreadsheet would take for a formula gets an apostrophe in front (cases.md 28), and so does one
that has apostrophes before such a beginning; reading takes exactly one away again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from domain.errors import Invalid

_UNSEEN = "\\s\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069"  # spaces, and marks without a width
_SIGNS = (
    "=+@\\-\u2212"  # and the minus sign
    "\uff1d\uff0b\uff20\uff0d"  # their full-width forms
    "\ufe66\ufe62\ufe6b\ufe63\u207a\u207b\u207c\u208a\u208b\u208c\ufb29"  # small, raised and lowered ones
)
_FORMULA = re.compile(f"'*[{_UNSEEN}]*[{_SIGNS}\t\r\n]")
_BOM = "\ufeff"  # tells a spreadsheet that the text is UTF-8
_SEPARATORS = ",;\t"
_TOLD_SEPARATOR = re.compile(r"\A\"?sep=[,;\t]\"?\r?\n")  # a line of Excel's own, which it doesn't show


class CsvInvalid(Invalid):
    """The text isn't CSV with a header, or a row has more cells than the header."""


def neutral(cell: str) -> str:
    """The cell as it may stand in a file that is opened as a spreadsheet."""
    return "'" + cell if _FORMULA.match(cell) else cell


def restored(cell: str) -> str:
    """What `neutral` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def csv_text(*, header: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """The rows under their header, every cell neutralised; a name that a row lacks is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([neutral(row.get(name, "")) for name in header])
    return _BOM + out.getvalue()


def csv_rows(text: str, *, most: int) -> list[tuple[int, dict[str, str]]]:
    """The rows as dicts with their numbers, as `csv_table` counts them; empty rows are left out.

    Raises CsvInvalid: no header, a name twice in it, a longer row, more than `most` rows.
    """
    header, rows = csv_table(text, most=most)
    if not any(header) or len(set(header)) < len(header):
        raise CsvInvalid("The first row names the columns, each once.")
    for number, cells in rows:
        if len(cells) != len(header):
            raise CsvInvalid(f"Row {number} has {len(cells)} cells; the first row has {len(header)}.")
    return [(number, dict(zip(header, cells, strict=True))) for number, cells in rows]


def csv_table(text: str, *, most: int) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The first row, and the others with their numbers; empty ones are left out.

    A spreadsheet may leave out the separators behind a row's last cell, or write some more: a row has as many cells
    as the first one, or more if there is something in them.

    A number is the one that a spreadsheet shows: the first row is 1, empty rows count, and a row with several
    lines in a cell is one. Cells stand between commas, or between the semicolons or tabs that a spreadsheet
    writes in some countries. Raises CsvInvalid: it isn't CSV, or has more than `most` rows.
    """
    text = _TOLD_SEPARATOR.sub("", text.removeprefix(_BOM))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_separator(text))
    rows: list[tuple[int, list[str]]] = []
    number = 0
    try:
        header = [name.strip() for name in next(reader, [])]
        number = 1
        for number, written in enumerate(reader, start=2):
            cells = [restored(cell) for cell in written]
            if any(cell.strip() for cell in cells):
                rows.append((number, _fitted(cells, len(header))))
            if len(rows) > most:
                raise CsvInvalid(f"There are more than {most} rows.")
    except csv.Error as error:
        raise CsvInvalid(
            f"Row {number + 1} isn't CSV: {error}. A cell with quotation marks, separators or line breaks stands "
            "between quotation marks, and each of its own is written twice."
        ) from None
    return header, rows


def _fitted(cells: list[str], width: int) -> list[str]:
    beyond = any(cell.strip() for cell in cells[width:])
    return cells if beyond else [*cells[:width], *[""] * (width - len(cells))]


def _separator(text: str) -> str:
    """What stands between the names of the columns; a comma unless another one is there more often."""
    first = re.match(r"[^\r\n]*", text)
    return max(_SEPARATORS, key=first[0].count) if first else ","
