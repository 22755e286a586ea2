"""How large a picture may be: small files can unpack to more than a reader's memory."""

from __future__ import annotations

MAX_PIXELS = 250_000_000  # phones make pictures of 200 million


def fault_in_size(width: int, height: int) -> str | None:
    """What is wrong with these measures in pixels, or None."""
    if width == 0 or height == 0:
        return "holds no picture"
    return "has too many pixels" if width * height > MAX_PIXELS else None
