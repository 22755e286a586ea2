"""Queries and replies of notifications, in the shape that all apps read (client-contract.md §8)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from domain.notifications import Inbox, Kind, Notification, Selection, Severity, SortBy
from functions.models.fields import Day, Query, Shape


def _lowered(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


_READ: dict[str, bool | None] = {"all": None, "read": True, "unread": False}


class NotificationQuery(Query):
    """Which notifications, which page of them. `dateFrom` and `dateTo` are days in India, both included."""

    offset: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    page: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25
    status: Annotated[Literal["all", "read", "unread"], BeforeValidator(_lowered)] = "all"
    type: Annotated[Kind, BeforeValidator(_lowered)] | None = None
    severity: Annotated[Severity, BeforeValidator(_lowered)] | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    sort_by: SortBy = SortBy.CREATED_AT
    sort_order: Annotated[Literal["asc", "desc"], BeforeValidator(_lowered)] = "desc"

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


class NotificationsShape(Shape):
    """A page of an inbox, under both names of its items, with the number of all that are unread."""

    items: list[NotificationShape]
    notifications: list[NotificationShape]
    total: int
    unread_count: int
    offset: int
    limit: int
    page: int
    total_pages: int


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
    offset = (query.page - 1) * query.limit if query.page else query.offset or 0
    shown = [notification_shape(n) for n in found[offset : offset + query.limit]]
    return {
        "notifications": shown,
        "items": shown,
        "total": len(found),
        "unreadCount": inbox.unread,
        "page": offset // query.limit + 1,
        "limit": query.limit,
        "totalPages": -(-len(found) // query.limit),
        "offset": offset,
    }
