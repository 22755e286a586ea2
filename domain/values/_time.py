"""Moments and days: UTC inside, Asia/Kolkata where a day matters. The clock itself is a port."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.errors import Invalid

INDIA = ZoneInfo("Asia/Kolkata")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Clock(Protocol):
    """The port to the time of day."""

    def now(self) -> datetime:
        """The present moment: aware, UTC, whole milliseconds."""
        ...


def moment(text: str) -> datetime:
    """An ISO 8601 date-time *with offset* as an aware UTC one in whole milliseconds (api.md: else 422)."""
    try:
        parsed = datetime.fromisoformat(text) if text.isascii() else None
        if parsed is not None and parsed.tzinfo is not None:
            utc = parsed.astimezone(UTC)
            return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
    except (ValueError, OverflowError):
        pass
    raise Invalid("A date-time must be ISO 8601 with an offset, such as 2026-03-31T18:29:59Z.")


def iso(at: datetime) -> str:
    """A moment as the API and the tables write it: `2026-03-31T18:29:59.000Z`, always 24 characters."""
    if at.tzinfo is None:
        raise ValueError("a moment without an offset")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(text: str) -> date:
    """A calendar day in India: `YYYY-MM-DD`, or a date-time with offset whose day in India counts."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if "T" in text or "t" in text:
            return day_in_india(moment(text))
    except (ValueError, OverflowError, Invalid):
        pass
    raise Invalid("A date must be YYYY-MM-DD, or a date-time with an offset, such as 2026-03-31T18:29:59Z.")


def day_in_india(at: datetime) -> date:
    """The calendar day that it is in India at this moment."""
    return at.astimezone(INDIA).date()


def start_of_day_in_india(on: date) -> datetime:
    """The first moment of that day in India, in UTC: 1 April begins on 31 March at 18:30:00Z. The calendar's very
    first day, which somebody may send for "from the beginning", has no earlier moment than the calendar has."""
    midnight = datetime.combine(on, time(), INDIA)
    return datetime.min.replace(tzinfo=UTC) if on == date.min else midnight.astimezone(UTC)


def end_of_day_in_india(on: date) -> datetime:
    """The first moment after that day in India, in UTC: 31 March ends at 18:30:00Z (cases.md 12). The calendar's
    very last day, which somebody may send for "without end", has none; its last moment stands for it."""
    last = datetime.max.replace(tzinfo=UTC, microsecond=999_000)
    return last if on == date.max else start_of_day_in_india(on + timedelta(days=1))
