"""Whether a file that begins like a JPEG is one: its segments in order, a picture in it, and its end.

Something behind the end is let be: phones put a depth map or a second picture there. What a ZIP reader or a
browser would take for its own is refused in `_disguise`.
"""

from __future__ import annotations

import re

from domain.documents._content._limits import fault_in_size

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length (ITU-T T.81, table B.1)."""
_NOT_FILLING = re.compile(rb"[^\xff]")  # a marker may be filled up with FF
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def jpeg_fault(content: bytes) -> str | None:
    """What is wrong with it, or None."""
    at, framed, scanned = 2, False, False
    while True:
        found = _next_marker(content, at)
        if found is None:
            return "ends in the middle"
        marker, at = found
        if marker == _END:
            return None if framed and scanned else "holds no picture"
        if marker in _BARE:
            continue
        length = int.from_bytes(content[at : at + 2], "big")
        if marker == _START or length < 2:
            return "is damaged"
        if marker in _FRAMES:
            framed = True
            height, width = (int.from_bytes(content[at + n : at + n + 2], "big") for n in (3, 5))
            if fault := fault_in_size(width, height):
                return fault
        at += length
        if marker == _SCAN:
            scanned = True
            at = _end_of_scan(content, at)


def _next_marker(content: bytes, at: int) -> tuple[int, int] | None:
    """The marker that has to stand here and the place behind it; None if there is none."""
    if content[at : at + 1] != b"\xff":
        return None
    found = _NOT_FILLING.search(content, at)
    return (content[found.start()], found.end()) if found else None


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker begins: within a scan, FF is followed by 00 or a restart marker."""
    found = _MARKER.search(content, at)
    return found.start() if found else len(content)
