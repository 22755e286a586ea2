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
_SIGNS = "=+@\\-\uff1d\uff0b\uff20\uff0d\u2212"  # the last five: their full-width forms, and the minus sign
_FORMULA = re.compile(f"'*[{_UNSEEN}]*[{_SIGNS}\t\r\n]")
_BOM = "\ufeff"  # tells a spreadsheet that the text is UTF-8


class CsvInvalid(Invalid):
    """The text isn't CSV with a header, or a row has more or fewer cells than the header."""


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
    """The rows as dicts with the line on which each begins (the header's is 1); empty lines are left out.

    Raises CsvInvalid: no header, a name twice in it, a row of another length, more than `most` rows.
    """
    header, rows = csv_table(text, most=most)
    if not any(header) or len(set(header)) < len(header):
        raise CsvInvalid("The first line names the columns, each once.")
    for line, cells in rows:
        if len(cells) != len(header):
            raise CsvInvalid(f"Line {line} has {len(cells)} cells; the first line has {len(header)}.")
    return [(line, dict(zip(header, cells, strict=True))) for line, cells in rows]


def csv_table(text: str, *, most: int) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The first line, and the others with the line on which each begins, however many cells they have.

    Raises CsvInvalid: it isn't CSV, or has more than `most` rows.
    """
    reader = csv.reader(io.StringIO(text.removeprefix(_BOM), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        return header, _rows(reader, reader.line_num + 1, most)
    except csv.Error as error:
        raise CsvInvalid(f"Line {reader.line_num} isn't CSV: {error}.") from None


def _rows(reader: Iterable[list[str]], line: int, most: int) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    for cells in reader:
        if any(cells):
            rows.append((line, [restored(cell) for cell in cells]))
        if len(rows) > most:
            raise CsvInvalid(f"There are more than {most} rows.")
        line = getattr(reader, "line_num", line) + 1
    return rows
