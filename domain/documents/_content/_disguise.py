"""Files that are two things at once: a picture to us, an archive or a page to whoever opens it next."""

from __future__ import annotations

import re

from domain.documents._model import MediaType

_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 65_557  # its end record and the longest comment behind it
_SNIFFED = 1024  # bytes that browsers and PDF readers look at to guess a type
_PAGE = re.compile(rb"<\s*(!doctype\s+html|html|script|svg|iframe|body|head)\b", re.IGNORECASE)


def disguise_in(content: bytes, kind: MediaType) -> str | None:
    """What else the file is, or None."""
    if _is_zip(content):
        return "an archive"
    beginning = content[:_SNIFFED]
    if kind is not MediaType.PDF and b"%PDF-" in beginning:
        return "a PDF"
    return "a web page" if _PAGE.search(beginning) else None


def _is_zip(content: bytes) -> bool:
    """Whether a ZIP reader, which begins at the end, would find an archive whose comment ends with the file."""
    tail = content[-_ZIP_TAIL:]
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        comment = int.from_bytes(tail[at + 20 : at + 22], "little")
        if at + 22 + comment == len(tail):
            return True
        at = tail.rfind(_ZIP_END, 0, at)
    return False
