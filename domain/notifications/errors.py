"""Refusals of notifications."""

from __future__ import annotations

from domain.errors import NotFound


class NotificationNotFound(NotFound):
    """There is no such notification, or it is somebody else's, or it was cleared after 90 days."""
