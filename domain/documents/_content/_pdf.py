"""Whether a file that begins like a PDF is one: it has a version, an index and an end.

What a page shows isn't looked at; a reader does that. A PDF that was cut off on the way has no end.
"""

from __future__ import annotations

import re

_HEADER = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\s%]")
_END = re.compile(rb"startxref\s+([0-9]{1,10})\s+%%EOF\s*\0*\s*\Z")
_TAIL = 1024  # bytes in which readers look for the end (ISO 32000-1, annex H)


def pdf_fault(content: bytes) -> str | None:
    """What is wrong with it, or None (ISO 32000-1, 7.5)."""
    if not _HEADER.match(content):
        return "has no version"
    end = _END.search(content[-_TAIL:])
    if end is None:
        return "ends in the middle, or has something behind its end"
    # Where the index is exactly isn't checked: many programs write it a little off, and readers find it.
    return None if 0 < int(end[1]) < len(content) else "has an index that isn't there"
