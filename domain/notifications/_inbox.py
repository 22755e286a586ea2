"""One person's inbox as its owner uses it: reading, marking as read; and clearing what is old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from domain.notifications._delivery import AT_ONCE, ATTEMPTS
from domain.notifications._model import KEPT, MAX_KEPT, Notification, key_of
from domain.notifications._rows import HEAD, TABLE, Head, from_row, head_from_row, read_head, to_values
from domain.notifications.errors import NotificationNotFound
from domain.ports import Ports
from domain.store import Delete, Replace, Row, RowChanged, StorageUnavailable, Store
from domain.values import moment


@dataclass(frozen=True)
class Inbox:
    """All of a person's notifications, newest first. `version` changes with each change of it."""

    version: int
    unread: int
    notifications: tuple[Notification, ...]


async def unread_count(*, store: Store, person: str) -> int:
    """How many of the person's notifications are unread: one storage request."""
    return (await read_head(store=store, person=person)).unread


async def inbox_of(*, store: Store, person: str) -> Inbox:
    """The person's inbox: one storage request per 1,000 notifications."""
    rows = [row async for row in store.scan(table=TABLE, partition=person)]
    head = head_from_row(next((row for row in rows if row.key == HEAD), None))
    return Inbox(head.version, head.unread, tuple(from_row(row) for row in rows if row.key != HEAD))


async def notification_of(*, store: Store, person: str, notification_id: str) -> Notification:
    """One of the person's own notifications: one storage request. Raises NotificationNotFound."""
    return from_row(await _row(store, person, notification_id))


async def mark_read(*, ports: Ports, person: str, notification_id: str, at: datetime) -> Notification:
    """The person has read it; once read it stays so. Raises NotificationNotFound, StorageUnavailable."""
    for attempt in range(ATTEMPTS):
        row, head = await asyncio.gather(
            _row(ports.store, person, notification_id), read_head(store=ports.store, person=person)
        )
        notification = from_row(row)
        if notification.read_at:
            return notification
        if await _mark(ports, person, head, [row], at):
            return replace(notification, read_at=at)
        await ports.pause(attempt)
    raise _too_busy()


async def mark_all_read(*, ports: Ports, person: str, at: datetime) -> int:
    """All that is in the inbox now is read; how many were unread. Raises StorageUnavailable."""
    done = 0
    for attempt in range(ATTEMPTS):
        rows = [row async for row in ports.store.scan(table=TABLE, partition=person, before=HEAD)]
        unread = [row for row in rows if "readAt" not in row.values]
        for start in range(0, len(unread), AT_ONCE):
            head = await read_head(store=ports.store, person=person)
            part = unread[start : start + AT_ONCE]
            if not await _mark(ports, person, head, part, at):
                break
            done += len(part)
        else:
            return done
        await ports.pause(attempt)
    raise _too_busy()


async def clear_old(*, ports: Ports) -> int:
    """Remove what is older than `KEPT`, and of each person all but the newest `MAX_KEPT`, for a daily timer; how
    many there were. One walk through the table."""
    limit, cleared = ports.clock.now() - KEPT, 0
    async for rows in _by_person(ports.store):
        young = [row for row in rows if moment(str(row.values["at"])) > limit][:MAX_KEPT]
        kept = {row.key for row in young}
        old = [row for row in rows if row.key not in kept]
        for start in range(0, len(old), AT_ONCE):
            part = old[start : start + AT_ONCE]
            with suppress(RowChanged):  # its owner is at it: tomorrow then
                await _remove(ports, part)
                cleared += len(part)
    return cleared


async def _by_person(store: Store) -> AsyncIterator[list[Row]]:
    rows: list[Row] = []
    async for row in store.scan(table=TABLE):
        if rows and rows[0].partition != row.partition:
            yield rows
            rows = []
        if row.key != HEAD:
            rows.append(row)
    if rows:
        yield rows


async def _remove(ports: Ports, rows: Sequence[Row]) -> None:
    person = rows[0].partition
    head = await read_head(store=ports.store, person=person)
    unread = sum("readAt" not in row.values for row in rows)
    writes = [*(Delete(row.key, row.etag) for row in rows), head.changed(by=-unread)]
    await ports.store.commit(table=TABLE, partition=person, writes=writes, write_id=f"cleared:{ports.ids.unique()}")


async def _mark(ports: Ports, person: str, head: Head, rows: Sequence[Row], at: datetime) -> bool:
    """Whether it was done; not if something in the inbox has changed since it was read."""
    read = [Replace(row.key, to_values(replace(from_row(row), read_at=at)), row.etag) for row in rows]
    try:
        await ports.store.commit(
            table=TABLE,
            partition=person,
            writes=[*read, head.changed(by=-len(read))],
            write_id=f"read:{ports.ids.unique()}",
        )
    except RowChanged:
        return False
    return True


async def _row(store: Store, person: str, notification_id: str) -> Row:
    key = key_of(notification_id)
    row = await store.get(table=TABLE, partition=person, key=key) if key else None
    if row is None:
        raise NotificationNotFound(f"There is no notification {notification_id[:80]}, or it isn't yours.")
    return row


def _too_busy() -> StorageUnavailable:
    return StorageUnavailable("Your notifications are changing too fast at this moment. Try again.", retry_after=1)
