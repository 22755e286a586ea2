"""Files as people upload them: real ones, small, and what they may be spoilt into."""

from __future__ import annotations

import base64
import struct
import zlib

A_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAx"
    "NDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAI"
    "AQEAAD8AVN//2Q=="
)


def a_pdf(pages: bytes = b"") -> bytes:
    """An empty page; `pages` goes in as a comment."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
    text = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n%" + pages + b"\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(text))
        text += b"%d 0 obj%s endobj\n" % (number, body)
    index = len(text)
    text += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return text + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % index


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    checked = name + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def a_png(*, width: int = 1, height: int = 1, filling: int = 0) -> bytes:
    """A black picture, with so many bytes of filling."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    picture = zlib.compress(b"\0" * (min(width, 9) + 1) * min(height, 9))
    more = chunk(b"tEXt", b"Comment\0" + b"x" * filling) if filling else b""
    beginning = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return beginning + more + chunk(b"IDAT", picture) + chunk(b"IEND", b"")


def a_zip(comment: bytes = b"") -> bytes:
    """The end of an archive: all that a ZIP reader looks for first."""
    return b"PK\x05\x06" + bytes(16) + struct.pack("<H", len(comment)) + comment
