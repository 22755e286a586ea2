"""Ids that count instead of being random."""

from __future__ import annotations


class FakeIds:
    """The port to ids; numbers and unique ids share one count, which begins behind `last`."""

    def __init__(self, last: int = 1000) -> None:
        self.last = last

    async def next_number(self, kind: str) -> int:
        """The next number, whatever it is for."""
        self.last += 1
        return self.last

    def unique(self) -> str:
        """The next number as 32 hexadecimal digits."""
        self.last += 1
        return f"{self.last:032x}"
