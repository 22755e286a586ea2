"""The fonts of a paper: Noto Sans Devanagari has Latin and ₹ too; other scripts are loaded where they occur."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).with_name("fonts")
TEXT = "Text"
FACES = {"": "NotoSansDevanagari-Regular.ttf", "B": "NotoSansDevanagari-Bold.ttf"}

SCRIPTS: dict[range, str] = {
    range(0x0980, 0x0A00): "Bengali",
    range(0x0A00, 0x0A80): "Gurmukhi",
    range(0x0A80, 0x0B00): "Gujarati",
    range(0x0B00, 0x0B80): "Oriya",
    range(0x0B80, 0x0C00): "Tamil",
    range(0x0C00, 0x0C80): "Telugu",
    range(0x0C80, 0x0D00): "Kannada",
    range(0x0D00, 0x0D80): "Malayalam",
}
"""The Unicode blocks of the Indian scripts that have a font of their own here."""

_FIRST, _LAST = 0x0900, 0x0DFF


def scripts_in(text: str) -> list[str]:
    """The scripts besides Latin and Devanagari that occur in a text, sorted."""
    points = {ord(character) for character in text if ord(character) > 0x097F}
    return sorted({script for block, script in SCRIPTS.items() if any(point in block for point in points)})


def is_shaped(text: str) -> bool:
    """Whether it has letters of an Indian script, of which glyphs are joined and put in another order."""
    return any(_FIRST <= ord(character) <= _LAST for character in text)


def file_of(script: str) -> Path:
    """The font file of one of `SCRIPTS`."""
    return FOLDER / f"NotoSans{script}-Regular.ttf"
