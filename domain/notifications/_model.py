"""What one person is told in the apps, and its id. Pure.

The id is made from the event, so that an event that is delivered twice is still one notification.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

KEPT = timedelta(days=90)
MAX_KEPT = 999
"""How long a notification is kept, and how many of one person's: one storage request reads them all, with
the head."""

PREFIX = "NOTIF-"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 10**13 - 1  # milliseconds since the epoch with 13 digits reach to the year 2286
_KEY = re.compile(r"[0-9]{13}-[A-Z]{2,8}-[0-9A-Za-z]{1,32}-(?:[0-9]{1,10}-[0-9]{1,2}|reminder)")


class Kind(StrEnum):
    """What it is about, in the apps' words (client-contract.md §10, "Notification type")."""

    SYSTEM = "system"
    SECURITY = "security"
    LEAD = "lead"
    QUOTATION = "quotation"
    COMMISSION = "commission"
    USER = "user"
    ANNOUNCEMENT = "announcement"


class Severity(StrEnum):
    """How it is shown (client-contract.md §10)."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Notice:
    """What is to be told. `about` are the ids that an app needs to open what it is about."""

    key: str
    at: datetime
    kind: Kind
    severity: Severity
    title: str
    message: str
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Notification:
    """A notice in somebody's inbox; `read_at` once they have read it."""

    notice: Notice
    read_at: datetime | None = None

    @property
    def id(self) -> str:
        """`NOTIF-` and the key."""
        return PREFIX + self.notice.key

    @property
    def version(self) -> int:
        """1, and 2 once it is read: nothing else in it ever changes."""
        return 2 if self.read_at else 1


def event_key(*, source: str, at: datetime, version: int, sequence: int) -> str:
    """The key of an entry of an aggregate's timeline: keys sort the newest first."""
    return f"{_newest_first(at)}-{source}-{version}-{sequence}"


def reminder_key(*, lead_id: str, on: datetime) -> str:
    """The key of the one reminder of a lead for the day that begins at `on`."""
    return f"{_newest_first(on)}-{lead_id}-reminder"


def key_of(notification_id: str) -> str | None:
    """The key in an id, or None if this can't be an id of ours."""
    key = notification_id.removeprefix(PREFIX)
    return key if notification_id.startswith(PREFIX) and _KEY.fullmatch(key) else None


def _newest_first(at: datetime) -> str:
    return f"{_LATEST - (at - _EPOCH) // timedelta(milliseconds=1):013d}"
