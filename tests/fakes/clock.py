"""A clock that stands still until it is told to go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


class FakeClock:
    """The port `domain.values.Clock`; starts at noon UTC of 31 March 2026 unless told otherwise."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment that it shows."""
        return self.at

    def advance(self, **span: float) -> None:
        """Go on by `minutes=2, milliseconds=-1` and the like."""
        self.at += timedelta(**span)
