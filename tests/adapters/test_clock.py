"""The system clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from adapters.clock import SystemClock


class TestSystemClock:
    def test_is_now_in_utc_and_whole_milliseconds(self) -> None:
        now = SystemClock().now()
        assert now.utcoffset() == timedelta(0)
        assert now.microsecond % 1000 == 0
        assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)
