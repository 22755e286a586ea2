"""The time of day from the machine. What a moment looks like is in `domain.values`."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The port `domain.values.Clock` on the machine's clock."""

    def now(self) -> datetime:
        """The present moment: aware, UTC, cut to whole milliseconds."""
        at = datetime.now(UTC)
        return at.replace(microsecond=at.microsecond // 1000 * 1000)
