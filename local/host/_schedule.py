"""NCRONTAB, the six-field schedules of Azure timers, in UTC. Running a timer lives in `_timers`."""

import re
from datetime import UTC, datetime

from croniter import croniter  # type: ignore[import-untyped]  # its stubs are a package of their own

FIELD = re.compile(r"(?:[0-9*,/-]|[A-Za-z]{3})+")  # a number, a sign or the name of a month or day
FIELDS = 6


def fault_of(schedule: str) -> str | None:
    """What is wrong with a schedule, or None."""
    fields = schedule.split()
    if len(fields) != FIELDS:
        return f"the schedule {schedule!r} has {len(fields)} fields; NCRONTAB has six, seconds first"
    # croniter knows more than NCRONTAB does (`L`, `#`, `?`), which the real host would refuse.
    if not all(FIELD.fullmatch(each) for each in fields) or not croniter.is_valid(
        schedule, second_at_beginning=True
    ):
        return f"the schedule {schedule!r} is not valid NCRONTAB"
    return None


def next_time(schedule: str, after: datetime) -> datetime:
    """The first moment after `after` that fits. A day has to fit both the day of month and the day of week."""
    times = croniter(schedule, after, second_at_beginning=True, day_or=False)
    following: datetime = times.get_next(datetime)
    return following.astimezone(UTC)
