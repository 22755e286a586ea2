"""The process that draws: `python -m adapters.pdf._worker`. Reads sheets from its input, writes PDFs to its output,
and ends when its input does, that is, when the process that started it is gone.

A message is its length (4 bytes, big-endian) and its bytes. An answer has one byte before that: 0 for a PDF, 1
for the kind of a failure.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import sys
from typing import BinaryIO

LENGTH = struct.Struct(">I")
DRAWN, FAILED = b"\0", b"\1"


def main() -> None:
    """Draw what comes, one after the other."""
    logging.disable()  # the library's warnings quote the text, which is a customer's
    if hasattr(os, "nice"):
        os.nice(5)  # requests that are waiting for an answer come first
    answers = sys.stdout.buffer
    while (sheet := _next(sys.stdin.buffer)) is not None:
        status, content = _drawn(sheet)
        answers.write(status + LENGTH.pack(len(content)) + content)
        answers.flush()


def _next(source: BinaryIO) -> bytes | None:
    head = source.read(LENGTH.size)
    return source.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None


def _drawn(sheet: bytes) -> tuple[bytes, bytes]:
    from adapters.pdf._layout import draw  # noqa: PLC0415 - at the first sheet: this is the heavy import

    try:
        return DRAWN, draw(json.loads(sheet))
    except Exception as error:  # one sheet that can't be drawn must not end the process
        return FAILED, type(error).__name__.encode()


if __name__ == "__main__":
    main()
