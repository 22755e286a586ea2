"""The PDF as people and machines read it: its text says what the record says, its scripts are shaped, its code scans."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from typing import Any

import pypdf
import pypdfium2
import pytest
import uharfbuzz
import zxingcpp

from adapters.pdf._fonts import FACES, FOLDER, SCRIPTS, file_of, scripts_in
from adapters.pdf._layout import draw
from adapters.pdf._sheet import day_text, sheet_of
from adapters.pdf.workers import WorkerPdf
from domain.pricing import configuration_as_plain, finally_priced, price_from_plain
from domain.quotations import Paper, PdfNotMade, paper_of
from domain.values import Money
from tests.domain.quotations.builders import CATALOGUE, Setting

HINDI = "कविता क्षत्रिय शर्मा"


def a_paper(name: str = "Kavita Desai", **other: Any) -> Paper:
    """Of a quotation that was made for a customer of this name."""

    async def made() -> Paper:
        setting = Setting()
        await setting.register(name)
        quotation = await setting.create()
        return paper_of(lead=(await setting.file()).lead, quotation=quotation, catalogue=CATALOGUE)

    return replace(asyncio.run(made()), **other)


def drawn(paper: Paper) -> bytes:
    return draw(sheet_of(paper))


def text_of(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def glyphs_of(text: str, face: str) -> list[int]:
    """The glyphs that shaping makes of a text."""
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FOLDER / face))))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer, {})
    return [info.codepoint for info in buffer.glyph_infos]


def searched(content: bytes) -> str:
    """The text as a reader finds and copies it, which heeds the replacement text of shaped lines."""
    with pypdfium2.PdfDocument(content) as document:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


class TestShapedText:
    @pytest.mark.parametrize(
        "text", [HINDI, "સોલાર પાર્ટનર્સ", "கவிதா தேசாய்", "Kavita कविता", "श्री गणेश सोलर एजेंसी, अहमदाबाद"]
    )
    def test_is_found_and_copied_as_it_was_typed(self, text: str) -> None:
        paper = a_paper()
        assert text in searched(drawn(replace(paper, customer_name=text)))
        assert text in searched(drawn(replace(paper, partner_name=text)))

    def test_is_found_on_whichever_page_it_stands(self) -> None:
        company = a_paper().company
        long = " नियम" * 50
        terms = tuple(f"{number} {HINDI}{long}" for number in range(12))
        content = drawn(a_paper(company=replace(company, terms=terms)))
        assert len(pypdf.PdfReader(io.BytesIO(content)).pages) > 1
        assert [number for number in range(12) if f"{number} {HINDI}" not in searched(content)] == []


class TestText:
    def test_says_what_the_record_says(self) -> None:
        paper = a_paper()
        text = text_of(drawn(paper))
        table = paper.table
        for said in (
            paper.reference,
            paper.content_hash,
            "1 March 2026",
            day_text(paper.valid_until),
            "Kavita Desai",
            "+91 98000 00001",
            "6 × Waaree Mono PERC 540 DCR, 540 W (DCR)",
            "3.24 kW",
            "Growatt MIC 3000TL, 3 kW",
            "Paschim Gujarat Vij Company, Gujarat; Single phase, with smart meter",
            *(str(a) for a in (table.system, table.installation, table.transport, table.total, table.pays)),
            *(str(Money(-a.paise)) for a in (table.central, table.state)),
            paper.company.name,
            paper.company.gstin,
            *paper.terms,
        ):
            assert said in text
        assert "You pay ₹1,41,242.00" in text

    def test_says_nothing_of_margins_and_the_add_on(self) -> None:
        text = text_of(drawn(a_paper())).casefold()
        for hidden in ("margin", "add-on", "addon", "dealer", "overhead", "inflation", "5,832.00", "1,99,900.00"):
            assert hidden not in text

    def test_names_a_discount(self) -> None:
        async def made() -> Paper:
            setting = Setting()
            await setting.register()
            quotation = await setting.create()
            priced = finally_priced(
                price_from_plain(quotation.price),
                add_on_per_kw=None,
                discount=Money.rupees(5000),
                catalogue=CATALOGUE,
            )
            chosen = configuration_as_plain(priced.configuration)
            discounted = replace(quotation, configuration=chosen, system_price=priced.system_price)
            return paper_of(lead=(await setting.file()).lead, quotation=discounted, catalogue=CATALOGUE)

        assert "a discount of ₹5,000.00 is deducted" in text_of(drawn(asyncio.run(made())))

    @pytest.mark.parametrize("name", ["Kavita\nDesai\t", "😀 Kavita", "x" * 100, "Śrī Çelik", "\u202eabc", "<b>&"])
    def test_is_drawn_whatever_the_name_is(self, name: str) -> None:
        assert drawn(a_paper(name)).startswith(b"%PDF-")


class TestScripts:
    def test_of_hindi_are_shaped_and_not_only_put_side_by_side(self) -> None:
        """क्ष is one glyph of three characters, and the sign of र्मा stands over the letter after it."""
        for face in FACES.values():
            assert len(glyphs_of("क्ष", face)) == 1
            assert 0 not in glyphs_of(HINDI, face)  # 0 is the box for what a font hasn't got
            assert len(glyphs_of(HINDI, face)) < len(HINDI)

    def test_of_hindi_are_in_the_pdf_as_shaped(self) -> None:
        """The name's picture is that of the shaped glyphs: wider without shaping, since conjuncts fall apart."""
        shaped, plain = width_of_name(HINDI, shaping=True), width_of_name(HINDI, shaping=False)
        assert shaped < 0.97 * plain

    @pytest.mark.parametrize(
        ("script", "name"),
        [
            ("Gujarati", "કવિતા ક્ષત્રિય"),
            ("Bengali", "কবিতা ক্ষত্রিয়"),
            ("Gurmukhi", "ਕਵਿਤਾ ਸਿੰਘ"),
            ("Tamil", "கவிதா ஶ்ரீ"),
            ("Telugu", "కవిత క్షత్రియ"),
            ("Kannada", "ಕವಿತಾ ಕ್ಷತ್ರಿಯ"),
            ("Malayalam", "കവിത ക്ഷത്രിയ"),
            ("Oriya", "କବିତା କ୍ଷତ୍ରିୟ"),
        ],
    )
    def test_of_the_other_indian_languages_have_a_font(self, script: str, name: str) -> None:
        assert scripts_in(name) == [script]
        assert 0 not in glyphs_of(name.replace(" ", ""), file_of(script).name)
        assert drawn(a_paper(name)).startswith(b"%PDF-")

    def test_each_have_their_file(self) -> None:
        files = {file_of(script) for script in SCRIPTS.values()} | {FOLDER / face for face in FACES.values()}
        assert files == set(FOLDER.glob("*.ttf"))
        assert "SIL Open Font License" in (FOLDER / "OFL.txt").read_text()


def width_of_name(name: str, *, shaping: bool) -> float:
    """How wide the name is written, in points."""
    from adapters.pdf._layout import TEXT, Page

    page = Page(sheet_of(a_paper(name)))
    page.set_text_shaping(shaping)
    page.set_font(TEXT, "", 12)
    return page.get_string_width(name)


class TestPicture:
    def test_has_one_page_and_a_code_that_scans(self) -> None:
        paper = a_paper(HINDI)
        document = pypdfium2.PdfDocument(drawn(paper))
        assert len(document) == 1
        picture = document[0].render(scale=2).to_pil()
        [code] = zxingcpp.read_barcodes(picture)
        assert code.text == f"{paper.reference} {paper.content_hash}"

    def test_is_the_same_file_whenever_it_is_drawn(self) -> None:
        paper = a_paper(HINDI)
        first = drawn(paper)
        drawn(a_paper("கவிதா தேசாய்"))  # what another paper needed must not stay behind
        assert drawn(paper) == first

    def test_embeds_the_glyphs_and_not_the_rules_by_which_they_were_chosen(self) -> None:
        fonts = pypdf.PdfReader(io.BytesIO(drawn(a_paper(HINDI)))).pages[0]["/Resources"]["/Font"]
        files = [font["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile2"].get_data() for font in fonts.values()]
        assert len(files) == len(FACES)
        assert not {tag for file in files for tag in ("GSUB", "GPOS", "GDEF") if tag.encode() in file[:400]}

    def test_runs_on_to_another_page_if_the_address_is_long(self) -> None:
        paper = a_paper(customer_address="Near the temple, " * 120)
        content = drawn(paper)
        assert len(pypdfium2.PdfDocument(content)) == 2
        assert "You pay ₹1,41,242.00" in text_of(content) and paper.terms[-1] in text_of(content)


class TestWorkers:
    def test_draw_many_at_once_and_keep_what_they_are_given_apart(self) -> None:
        async def story() -> list[str]:
            pdf = WorkerPdf(workers=2)
            papers = [replace(paper, customer_name=f"Customer {n}") for n in range(8)]
            contents = await asyncio.gather(*(pdf.render(paper=p) for p in papers))
            await pdf.close()
            return [text_of(content) for content in contents]

        paper = a_paper()
        texts = asyncio.run(story())
        assert all(f"Customer {n} " in text for n, text in enumerate(texts))

    def test_are_replaced_when_one_dies(self) -> None:
        async def story() -> None:
            pdf = WorkerPdf(workers=1)
            await pdf.render(paper=paper)
            [worker] = pdf.idle()
            worker.kill()
            await worker.wait()
            assert (await pdf.render(paper=paper)).startswith(b"%PDF-")
            await pdf.close()

        paper = a_paper()
        asyncio.run(story())

    def test_that_take_too_long_are_ended_and_it_is_said(self) -> None:
        async def story() -> None:
            pdf = WorkerPdf(workers=1, seconds=0.001)
            with pytest.raises(PdfNotMade):
                await pdf.render(paper=paper)
            assert pdf.idle() == []

        paper = a_paper()
        asyncio.run(story())

    def test_end_with_the_loop_that_they_belong_to(self) -> None:
        async def story() -> bytes:
            content = await pdf.render(paper=paper)
            await pdf.close()
            return content

        pdf, paper = WorkerPdf(workers=1), a_paper()
        assert asyncio.run(story())[:5] == asyncio.run(story())[:5] == b"%PDF-"
