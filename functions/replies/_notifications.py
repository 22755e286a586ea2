"""The form of an inbox."""

from __future__ import annotations

from functions.models.fields import FlatShape
from functions.models.notifications import NotificationShape


class InboxReply(FlatShape):
    """A page of the inbox, with the number of all that are unread."""

    notifications: list[NotificationShape]
    items: list[NotificationShape]
    total: int
    unread_count: int
    page: int
    limit: int
    total_pages: int
    offset: int


class NotificationReply(NotificationShape, FlatShape):
    """One notification, also as `notification`."""

    notification: NotificationShape


class CountReply(FlatShape):
    """How many."""

    count: int
