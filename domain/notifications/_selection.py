"""Which notifications of an inbox a list shows, and in what order. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from domain.notifications._model import Kind, Notification, Severity
from domain.values import day_in_india


class SortBy(StrEnum):
    """What a list can be ordered by; among equals the newest come first."""

    CREATED_AT = "createdAt"
    TYPE = "type"
    SEVERITY = "severity"


_GRAVITY = {severity: rank for rank, severity in enumerate(Severity)}
_ORDER: dict[SortBy, Callable[[Notification], Any]] = {
    SortBy.CREATED_AT: lambda n: n.notice.at,
    SortBy.TYPE: lambda n: n.notice.kind,
    SortBy.SEVERITY: lambda n: _GRAVITY[n.notice.severity],
}


@dataclass(frozen=True)
class Selection:
    """What is wanted; None is anything. The days are days in India, both included."""

    read: bool | None = None
    kind: Kind | None = None
    severity: Severity | None = None
    first: date | None = None
    last: date | None = None
    sort_by: SortBy = SortBy.CREATED_AT
    descending: bool = True

    def of(self, notifications: Iterable[Notification]) -> list[Notification]:
        """Those that are wanted, of notifications that come newest first."""
        newest_first = sorted(filter(self._wants, notifications), key=lambda n: n.notice.at, reverse=True)
        return sorted(newest_first, key=_ORDER[self.sort_by], reverse=self.descending)

    def _wants(self, notification: Notification) -> bool:
        notice, day = notification.notice, day_in_india(notification.notice.at)
        return (
            self.read in (None, notification.read_at is not None)
            and self.kind in (None, notice.kind)
            and self.severity in (None, notice.severity)
            and (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
        )
