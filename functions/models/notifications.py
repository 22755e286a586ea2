"""Queries and replies of notifications, in the shape that all apps read (client-contract.md §8)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from domain.notifications import Inbox, Kind, Notification, Selection, Severity, SortBy
from functions.models.fields import LOWERED, Day, Shape
from functions.models.pages import Pages, page_of, place_of

_READ: dict[str, bool | None] = {"all": None, "read": True, "unread": False}


class NotificationQuery(Pages):
    """Which notifications, which page of them. `dateFrom` and `dateTo` are days in India, both included."""

    status: Annotated[Literal["all", "read", "unread"], LOWERED] = "all"
    type: Annotated[Kind, LOWERED] | None = None
    severity: Annotated[Severity, LOWERED] | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    sort_by: SortBy = SortBy.CREATED_AT
    sort_order: Annotated[Literal["asc", "desc"], LOWERED] = "desc"

    def selection(self) -> Selection:
        """What it asks for."""
        return Selection(
            read=_READ[self.status],
            kind=self.type,
            severity=self.severity,
            first=self.date_from,
            last=self.date_to,
            sort_by=self.sort_by,
            descending=self.sort_order == "desc",
        )


class NotificationShape(Shape):
    """One notification. `metadata` has the ids that an app needs to open what it is about."""

    id: str
    title: str
    message: str
    type: str
    severity: str
    read: bool
    created_at: datetime
    read_at: datetime | None
    metadata: dict[str, str]


def notification_shape(notification: Notification) -> dict[str, Any]:
    """The notification as it is answered."""
    notice = notification.notice
    shape = NotificationShape(
        id=notification.id,
        title=notice.title,
        message=notice.message,
        type=str(notice.kind),
        severity=str(notice.severity),
        read=notification.read_at is not None,
        created_at=notice.at,
        read_at=notification.read_at,
        metadata=dict(notice.about),
    )
    return shape.model_dump(by_alias=True)


def page_shape(inbox: Inbox, query: NotificationQuery) -> dict[str, Any]:
    """One page of the inbox, with the number of all that are unread."""
    found = query.selection().of(inbox.notifications)
    shown = [notification_shape(n) for n in page_of(found, query)]
    return {
        "notifications": shown,
        "items": shown,
        "unreadCount": inbox.unread,
        **place_of(len(found), query.start, query.limit),
    }
