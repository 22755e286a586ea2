"""CSV files as people's programs write them, and as nobody's does: read as they were written, or refused in words.

In what encoding, with which separator, quoted or not, as the body or as a part of a form, and broken somewhere.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import azure.functions as func
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.values import csv_rows, csv_table, neutral
from functions.edge import _parsing as parsing
from functions.models.lead_sheets import read_sheet

MOST_BYTES, MOST_ROWS = 1_000_000, 50
BOUNDARY = b"----sheet"
HUGE = "x" * 140_000
"""Longer than a field that Python's csv module takes."""

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    st.text(alphabet=",;\t\"'\r\n=+@ \x00\u2028\u200b₹नZ", max_size=12),
    st.sampled_from(["", '"', '""', 'a"b', "sep=;", "1,5", "\ufeff", "\x00", "=1+1", "'=1", "9" * 400]),
)
READ = ("utf-8", "utf-8-sig", "utf-16")
OTHER = ("utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "shift_jis", "utf-7")


@dataclass(frozen=True)
class Sheet:
    """A file, and what stands in its rows."""

    rows: list[list[str]]
    raw: bytes
    as_form: bool

    def request(self, raw: bytes | None = None) -> func.HttpRequest:
        body, media = raw if raw is not None else self.raw, "text/csv"
        if self.as_form:
            head = b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
            body = b"--" + BOUNDARY + b"\r\n" + head + body + b"\r\n--" + BOUNDARY + b"--\r\n"
            media = f"multipart/form-data; boundary={BOUNDARY.decode()}"
        headers = {"content-type": media}
        return func.HttpRequest(method="POST", url="/api/v1", headers=headers, params={}, body=body)


@st.composite
def sheets(draw: st.DrawFn, encodings: tuple[str, ...] = READ) -> Sheet:
    width = draw(st.integers(1, 4))
    row = st.lists(TEXTS, min_size=width, max_size=width)
    rows = draw(st.lists(row, max_size=5))
    separator = draw(st.sampled_from(",;\t"))
    text = io.StringIO()
    if draw(st.booleans()):
        text.write(f"sep={separator}\r\n")
    # Python's own writer leaves a single \r without quotation marks if lines end otherwise. Without quotation marks
    # nothing tells a single column's separator from its text.
    ways = [(csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_MINIMAL, "\r\n")]
    quoting, end = draw(st.sampled_from(ways if width > 1 else ways[:2]))
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end)
    writer.writerow([f"column{number}" for number in range(width)])
    for cells in rows:
        writer.writerow([neutral(cell) for cell in cells])
    raw = text.getvalue().encode(draw(st.sampled_from(encodings)), errors="replace")
    return Sheet(rows, raw, draw(st.booleans()))


def read(request: func.HttpRequest) -> list[list[str]] | None:
    """What all three readers of sheets make of it; None if it is refused, and then in words."""
    try:
        text = parsing.read_upload(request, MOST_BYTES)
        rows = [cells for _, cells in csv_table(text, most=MOST_ROWS)[1]]
    except Invalid as refusal:
        assert refusal.message and refusal.code in ("FIELDS_INVALID", "BODY_TOO_LARGE", "CSV_INVALID")
        return None
    for other in (lambda: csv_rows(text, most=MOST_ROWS), lambda: read_sheet(text)):
        try:
            other()
        except Invalid as refusal:
            assert refusal.message
    return rows


class TestSheets:
    @given(sheets())
    def test_are_read_as_they_were_written(self, sheet: Sheet) -> None:
        kept = [cells for cells in sheet.rows if any(cell.strip() for cell in cells)]
        assert read(sheet.request()) == kept

    @given(sheets(), st.data())
    def test_that_are_broken_are_read_or_refused(self, sheet: Sheet, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(sheet.raw)))
        put = data.draw(st.one_of(st.binary(max_size=4), st.sampled_from([b'"', b"\x00", b"\r", b"\xff", b";"])))
        gone = data.draw(st.integers(0, 3))
        read(sheet.request(sheet.raw[:at] + put + sheet.raw[at + gone :]))

    @given(sheets(OTHER))
    def test_in_other_encodings_are_read_or_refused(self, sheet: Sheet) -> None:
        read(sheet.request())

    @given(st.sampled_from(["{0}", '"{0}"', '"{0}', "a,{0}\n{0},b", '"a""{0}"', "{0}\r{0}"]), st.booleans())
    @example("a\n{0}", False)
    def test_with_huge_fields_are_refused(self, spelt: str, as_form: bool) -> None:
        sheet = Sheet([], spelt.format(HUGE).encode(), as_form)
        assert read(sheet.request()) is None

    @given(st.binary(max_size=200), st.binary(max_size=60))
    def test_in_whatever_form_are_read_or_refused(self, between: bytes, head: bytes) -> None:
        body = b"--" + BOUNDARY + b"\r\n" + head + b"\r\n\r\n" + between + b"\r\n--" + BOUNDARY
        media = f"multipart/form-data; boundary={BOUNDARY.decode()}"
        request = func.HttpRequest(
            method="POST", url="/api/v1", headers={"content-type": media}, params={}, body=body
        )
        try:
            parsing.read_upload(request, MOST_BYTES)
        except Invalid as refusal:
            assert refusal.code == "FIELDS_INVALID"
