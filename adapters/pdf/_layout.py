"""Where everything stands on the paper: A4, millimetres. What is said is in `_sheet`. Imported only by the worker
process, since the libraries are heavy."""

from __future__ import annotations

import codecs
import json
from datetime import UTC, datetime
from typing import Any, cast

import segno
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

from adapters.pdf._fonts import FACES, FOLDER, TEXT, file_of, is_shaped, scripts_in

MARGIN = 18.0
WIDTH = 210 - 2 * MARGIN
AMOUNT = 48.0  # the column of amounts
CODE = 30.0  # the QR code's side
INK, GREY, ACCENT, PALE = (33, 37, 41), (105, 112, 119), (13, 92, 99), (232, 242, 242)


class Page(FPDF):
    """The pages of one paper; each ends with the reference and its number."""

    def __init__(self, sheet: dict[str, Any]) -> None:
        super().__init__(format="A4")
        self._sheet = sheet
        self.set_margins(MARGIN, MARGIN)
        self.c_margin = 0  # text begins where the lines and fields do
        self.set_auto_page_break(auto=True, margin=20)
        for style, file in FACES.items():
            self.add_font(TEXT, style, FOLDER / file)
        scripts = scripts_in(json.dumps(sheet, ensure_ascii=False))
        for script in scripts:
            self.add_font(script, "", file_of(script))
        self.set_fallback_fonts(scripts, exact_match=False)
        for font in self.fonts.values():
            _without_rules(cast(TTFFont, font))
        self.set_text_shaping(True)  # without it Devanagari vowel signs and conjuncts fall apart
        self.set_creation_date(datetime.fromisoformat(sheet["made_at"]).replace(tzinfo=UTC))
        self.set_title(f"{sheet['title']} {sheet['facts'][0][1]}")
        self.set_author(sheet["company"]["name"])
        self.set_lang("en-IN")

    def footer(self) -> None:
        """The seal and the page number."""
        self.set_y(-14)
        self.ink(GREY, 7)
        self.cell(WIDTH - 20, 4, self._sheet["seal"])
        self.cell(20, 4, f"{self.page_no()} / {{nb}}", align="R")

    def ink(self, colour: tuple[int, int, int], size: float, style: str = "") -> None:
        """Write on in this colour, size (points) and style."""
        self.set_text_color(*colour)
        self.set_font(TEXT, style, size)

    def line_of(self, text: str, height: float, *, width: float = 0, align: str = "L") -> None:
        """Text from here on, broken where it is too long; then to the next line."""
        if not is_shaped(text):
            self.multi_cell(width, height, text, align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)
            return
        lines = self.multi_cell(width, height, text, align=align, dry_run=True, output=MethodReturnValue.LINES)
        for line in cast("list[str]", lines):
            self._shaped_line(line, height, width=width, align=align)

    def _shaped_line(self, text: str, height: float, *, width: float, align: str) -> None:
        """One line, with what it says beside what it looks like: shaped glyphs don't map back to characters, and
        whoever searches or copies would get something else (PDF 32000-1, 14.9.4 "Replacement text")."""
        if self.will_page_break(height):
            left = self.get_x()
            self.add_page()  # the mark must end on the page on which it began
            self.set_x(left)
        self._out(f"/Span <</ActualText <{codecs.BOM_UTF16_BE.hex()}{text.encode('utf-16-be').hex()}>>> BDC")
        self.multi_cell(width, height, text, align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)
        self._out("EMC")


def _without_rules(font: TTFFont) -> None:
    """The rules for shaping aren't embedded (uharfbuzz reads them from the file), but fontTools would look through
    all of them to find that out: a third of the time that a paper takes."""
    for table in ("GDEF", "GPOS", "GSUB"):
        if table in font.ttfont:
            del font.ttfont[table]


def draw(sheet: dict[str, Any]) -> bytes:
    """The PDF of a sheet."""
    page = Page(sheet)
    page.add_page()
    _head(page, sheet)
    _people(page, sheet)
    _system(page, sheet["system"])
    _prices(page, sheet)
    _terms(page, sheet)
    return bytes(page.output())


def _head(page: Page, sheet: dict[str, Any]) -> None:
    page.set_fill_color(*ACCENT)
    page.rect(0, 0, 210, 4, style="F")
    top, left = page.get_y(), WIDTH * 0.58
    page.ink(ACCENT, 17, "B")
    page.line_of(sheet["company"]["name"], 8, width=left)
    page.ink(GREY, 9)
    for text in (*sheet["company"]["lines"], sheet["company"]["gstin"]):
        if text:
            page.line_of(text, 4.6, width=left)
    bottom = page.get_y()
    page.set_xy(MARGIN + left, top)
    page.ink(INK, 17, "B")
    page.multi_cell(WIDTH - left, 8, sheet["title"], align="R", new_x=XPos.LEFT, new_y=YPos.NEXT)
    for label, value in sheet["facts"]:
        page.ink(GREY, 9)
        page.cell(WIDTH - left - 38, 5, label, align="R")
        page.ink(INK, 9, "B")
        page.cell(38, 5, value, align="R")
        page.set_xy(MARGIN + left, page.get_y() + 5)
    page.set_xy(MARGIN, max(bottom, page.get_y()) + 5)


def _people(page: Page, sheet: dict[str, Any]) -> None:
    half, top = WIDTH / 2, page.get_y()
    page.ink(GREY, 8.5)
    page.line_of("For", 5, width=half - 4)
    page.ink(INK, 12, "B")
    page.line_of(sheet["customer"]["name"], 6.5, width=half - 4)
    page.ink(INK, 9.5)
    for text in sheet["customer"]["lines"]:
        page.line_of(text, 5, width=half - 4)
    bottom = page.get_y()
    page.set_xy(MARGIN + half, top)
    page.ink(GREY, 8.5)
    page.line_of("Your solar partner", 5, width=half)
    page.ink(INK, 12)
    page.line_of(sheet["partner"], 6.5, width=half)
    page.set_xy(MARGIN, max(bottom, page.get_y()) + 5)


def _heading(page: Page, text: str) -> None:
    page.ink(ACCENT, 11.5, "B")
    page.cell(WIDTH, 7, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_draw_color(*ACCENT)
    page.line(MARGIN, page.get_y(), MARGIN + WIDTH, page.get_y())
    page.ln(1.5)


def _system(page: Page, rows: list[list[str]]) -> None:
    _heading(page, "Your system")
    for label, value in rows:
        page.ink(GREY, 9.5)
        page.cell(52, 5.6, label)
        page.ink(INK, 9.5)
        page.line_of(value, 5.6, width=WIDTH - 52)
        page.set_x(MARGIN)
    page.ln(4)


def _prices(page: Page, sheet: dict[str, Any]) -> None:
    _heading(page, "Price")
    for label, amount, look in sheet["prices"]:
        _price_row(page, label, amount, style="B" if look == "sum" else "", fill=look == "sum")
    page.ln(1.5)
    page.set_fill_color(*ACCENT)
    page.ink((255, 255, 255), 12.5, "B")
    page.cell(WIDTH - AMOUNT, 10, f"  {sheet['pays'][0]}", fill=True)
    page.cell(AMOUNT, 10, f"{sheet['pays'][1]}  ", align="R", fill=True, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(5)


def _price_row(page: Page, label: str, amount: str, *, style: str, fill: bool) -> None:
    page.set_fill_color(*PALE)
    page.ink(INK, 9.5, style)
    page.cell(WIDTH - AMOUNT, 6.4, f"  {label}", fill=fill)
    page.cell(AMOUNT, 6.4, f"{amount}  ", align="R", fill=fill, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _terms(page: Page, sheet: dict[str, Any]) -> None:
    if page.will_page_break(CODE + 8):
        page.add_page()
    top = page.get_y()
    _code(page, sheet["code"], x=MARGIN + WIDTH - CODE, y=top)
    first = page.page_no()
    page.set_xy(MARGIN, top)
    page.ink(ACCENT, 11.5, "B")
    page.cell(WIDTH - CODE - 8, 7, "Terms", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ink(INK, 8.5)
    for number, term in enumerate(sheet["terms"], 1):
        beside = page.page_no() == first and page.get_y() < top + CODE + 6
        page.cell(6, 4.6, f"{number}.")
        page.line_of(term, 4.6, width=WIDTH - 6 - (CODE + 8 if beside else 0))
        page.set_x(MARGIN)


def _code(page: Page, text: str, *, x: float, y: float) -> None:
    """A QR code of vector squares, with the quiet zone of four modules that readers need."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=4)]
    size = CODE / len(rows)
    page.set_fill_color(0, 0, 0)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                page.rect(x + across * size, y + down * size, size, size, style="F")
