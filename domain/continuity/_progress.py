"""How far a long run has come: rows, bytes, rate and the time that is left. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """`expected` is the number of rows of the backup before, 0 if there was none; `seconds` since the start."""

    phase: str
    name: str
    rows: int
    size: int
    expected: int
    seconds: float

    @property
    def rate(self) -> float:
        """Rows per second so far."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds to go if the tables are as large as last time; None if that isn't known."""
        if not self.expected or not self.rate:
            return None
        return max(0.0, (self.expected - self.rows) / self.rate)

    def __str__(self) -> str:
        left = "" if self.left is None else f", about {self.left:,.0f} s to go"
        size = f"{self.size / 1_048_576:,.1f} MiB"
        return f"{self.phase} {self.name}: {self.rows:,} rows, {size}, {self.rate:,.0f} rows/s{left}"
