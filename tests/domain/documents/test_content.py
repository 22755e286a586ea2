"""What a file is by its content: whole PDFs, JPGs and PNGs pass, all else is refused with the reason."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.documents._content import BadContent, media_type_of
from domain.documents._model import Fault, MediaType
from tests.domain.documents.files import A_JPEG, a_pdf, a_png, a_zip, chunk

GOOD = {MediaType.PDF: a_pdf(), MediaType.PNG: a_png(), MediaType.JPEG: A_JPEG}


def found(content: bytes) -> tuple[Fault, str]:
    with pytest.raises(BadContent) as refused:
        media_type_of(content)
    return refused.value.fault, refused.value.reason


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (a_pdf(), MediaType.PDF),
        (a_pdf().replace(b"1.4", b"2.0"), MediaType.PDF),
        (a_pdf() + b"\r\n\0\0", MediaType.PDF),
        (a_pdf(b"PK\x05\x06 within"), MediaType.PDF),
        (a_png(), MediaType.PNG),
        (a_png(filling=100_000), MediaType.PNG),
        (A_JPEG, MediaType.JPEG),
        (A_JPEG + A_JPEG, MediaType.JPEG),  # a phone's second picture behind the first
        (A_JPEG.replace(b"\xff\xdb", b"\xff\xff\xdb", 1), MediaType.JPEG),
        (A_JPEG.replace(b"\x3f\x00\x54", b"\x3f\x00\xff\x00\xff\xd0\x54"), MediaType.JPEG),
    ],
)
def test_whole_files_pass(content: bytes, kind: MediaType) -> None:
    assert media_type_of(content) is kind


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MZ\x90\0", "none of PDF, JPG and PNG"),
        (b"GIF89a\x01\0\x01\0\x80\0\0;", "none of PDF, JPG and PNG"),
        (b"<svg onload=alert(1)>", "none of PDF, JPG and PNG"),
        (b"<!doctype html><script>alert(1)</script>", "none of PDF, JPG and PNG"),
        (b"PK\x03\x04" + a_zip(), "none of PDF, JPG and PNG"),
        (b"\n" + a_pdf(), "none of PDF, JPG and PNG"),
        (A_JPEG + a_zip(), "JPG and an archive"),
        (A_JPEG + a_zip(b"a comment"), "JPG and an archive"),
        (a_png()[:33] + chunk(b"tEXt", a_pdf()) + a_png()[33:], "PNG and a PDF"),
        (A_JPEG[:20] + b"\xff\xfe\x00\x0b%PDF-1.4\n" + A_JPEG[20:], "JPG and a PDF"),
        (a_png()[:33] + chunk(b"tEXt", b"<ScRipt>") + a_png()[33:], "PNG and a web page"),
        (a_pdf(b"<html>"), "PDF and a web page"),
    ],
)
def test_other_types_and_disguises_are_refused(content: bytes, reason: str) -> None:
    fault, said = found(content)
    assert fault is Fault.WRONG_TYPE
    assert reason in said


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"%PDF-9.9\n" + a_pdf(), "begins like a PDF but has no version"),
        (a_pdf() + b"x" * 2000, "has something behind its end"),
        (a_pdf() + a_zip(), "has something behind its end"),
        (a_pdf().replace(b"startxref\n", b"startxref\n9"), "has an index that isn't there"),
        (a_png() + b"x", "begins like a PNG but has something behind its end"),
        (a_png() + a_zip(), "has something behind its end"),
        (a_png()[:50] + b"?" + a_png()[51:], "is damaged"),
        (a_png()[:8] + a_png()[33:], "has no header"),
        (a_png()[:33] + chunk(b"IEND", b""), "holds no picture"),
        (a_png(width=0), "holds no picture"),
        (a_png(width=20_000, height=20_000), "has too many pixels"),
        (A_JPEG[:20] + b"\xff\xd9", "begins like a JPG but holds no picture"),
        (A_JPEG[:2] + b"\xff\xe0\0\0" + A_JPEG[6:], "is damaged"),
        (A_JPEG.replace(b"\x08\0\x01\0\x01", b"\x08\xff\xff\xff\xff"), "has too many pixels"),
    ],
)
def test_damaged_ones_are_refused(content: bytes, reason: str) -> None:
    fault, said = found(content)
    assert fault is Fault.DAMAGED
    assert reason in said


@pytest.mark.parametrize("kind", MediaType)
def test_none_passes_if_it_was_cut_off_anywhere(kind: MediaType) -> None:
    whole = GOOD[kind].rstrip()
    for length in range(len(whole)):
        found(whole[:length])


@given(st.sampled_from(list(GOOD.values())), st.data())
def test_nothing_makes_the_check_itself_fail(content: bytes, data: st.DataObject) -> None:
    """Whatever was changed in a file, the answer is a type or a reason."""
    spoilt = bytearray(content)
    for _ in range(data.draw(st.integers(1, 6))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadContent):
        media_type_of(bytes(spoilt))
