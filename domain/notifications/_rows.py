"""How an inbox is stored: one partition per person, its notifications newest first, and the head that counts."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from domain.notifications._model import Kind, Notice, Notification, Severity
from domain.store import Create, Replace, Row, Store, Value, Write
from domain.values import iso, moment

TABLE = "notifications"
HEAD = "head"  # sorts after all keys, which begin with a digit


@dataclass(frozen=True)
class Head:
    """How many notifications of a person are unread. `version` counts the changes of the inbox.

    It is replaced in each transaction of the inbox, so it is always right, and one request tells it.
    """

    unread: int = 0
    version: int = 0
    etag: str | None = None

    def changed(self, *, by: int) -> Write:
        """The write that stores the head after a change that makes so many more unread."""
        after = replace(self, unread=self.unread + by, version=self.version + 1)
        values: dict[str, Value] = {"unread": after.unread, "version": after.version}
        return Replace(HEAD, values, self.etag) if self.etag is not None else Create(HEAD, values)


def head_from_row(row: Row | None) -> Head:
    """The head; of who never was told anything, an empty one."""
    if row is None:
        return Head()
    return Head(int(str(row.values["unread"])), int(str(row.values["version"])), row.etag)


async def read_head(*, store: Store, person: str) -> Head:
    """The head of a person's inbox: one storage request."""
    return head_from_row(await store.get(table=TABLE, partition=person, key=HEAD))


def to_values(notification: Notification) -> dict[str, Value]:
    """The columns of a notification."""
    notice = notification.notice
    values: dict[str, Value] = {
        "at": iso(notice.at),
        "kind": str(notice.kind),
        "severity": str(notice.severity),
        "title": notice.title,
        "message": notice.message,
        "about": json.dumps(dict(notice.about), sort_keys=True),
    }
    if notification.read_at:
        values["readAt"] = iso(notification.read_at)
    return values


def from_row(row: Row) -> Notification:
    """The notification that a row holds."""
    v = row.values
    notice = Notice(
        key=row.key,
        at=moment(str(v["at"])),
        kind=Kind(str(v["kind"])),
        severity=Severity(str(v["severity"])),
        title=str(v["title"]),
        message=str(v["message"]),
        about=json.loads(str(v["about"])),
    )
    return Notification(notice, moment(str(v["readAt"])) if "readAt" in v else None)
