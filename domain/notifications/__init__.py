"""Notifications: what each person is told in the apps, delivered exactly once, polled with an unread count.

This context knows nothing of leads, commissions or people: only entries of timelines, and ids.
"""

from domain.notifications._delivery import deliver, is_news, state_of, tell
from domain.notifications._inbox import (
    Inbox,
    clear_old,
    inbox_of,
    mark_all_read,
    mark_read,
    notification_of,
    unread_count,
)
from domain.notifications._model import KEPT, MAX_KEPT, Kind, Notice, Notification, Severity, reminder_key
from domain.notifications._outbox import Announcement, mark_again, sweep, tell_again
from domain.notifications._selection import Selection, SortBy
from domain.notifications.errors import NotificationNotFound

__all__ = [
    "KEPT",
    "MAX_KEPT",
    "Announcement",
    "Inbox",
    "Kind",
    "Notice",
    "Notification",
    "NotificationNotFound",
    "Selection",
    "Severity",
    "SortBy",
    "clear_old",
    "deliver",
    "inbox_of",
    "is_news",
    "mark_again",
    "mark_all_read",
    "mark_read",
    "notification_of",
    "reminder_key",
    "state_of",
    "sweep",
    "tell",
    "tell_again",
    "unread_count",
]
