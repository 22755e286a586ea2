"""Whether a file that begins like a PNG is one: every chunk whole, its checksum right, nothing after the end."""

from __future__ import annotations

import struct
import zlib

from domain.documents._content._limits import fault_in_size

_BEGINNING = 8  # bytes of the signature
_AROUND = 12  # a chunk's length, name and checksum


def png_fault(content: bytes) -> str | None:
    """What is wrong with it, or None (PNG specification, clause 5)."""
    at, seen = _BEGINNING, set[bytes]()
    view = memoryview(content)
    while at + _AROUND <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + _AROUND + length
        if end > len(content):
            return "ends in the middle"
        if zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(view[end - 4 : end], "big"):
            return "is damaged"
        if not seen and (name != b"IHDR" or length != 13):
            return "has no header"
        if name == b"IHDR" and (fault := fault_in_size(*struct.unpack_from(">II", content, at + 8))):
            return fault
        seen.add(name)
        at = end
        if name == b"IEND":
            return _at_end(at, len(content), seen)
    return "ends in the middle"


def _at_end(at: int, size: int, seen: set[bytes]) -> str | None:
    if b"IDAT" not in seen:
        return "holds no picture"
    return "has something behind its end" if at < size else None
