"""In-app notifications over HTTP: each caller's own, polled. And the daily reminders of follow-ups."""

from __future__ import annotations

import logging

import azure.functions as func

from domain import leads, notifications
from domain.ports import Ports
from functions.clockwork import Clockwork
from functions.edge import SIGNED_IN, Call, Edge, Endpoint, Reply
from functions.models.notifications import (
    NotificationQuery,
    notification_shape,
    page_shape,
)
from functions.models.paging import check_ranges
from functions.replies import CountReply, InboxReply, NotificationReply

_log = logging.getLogger("solarium.timers")
_PATH = "api/v1/notifications"


def blueprint(edge: Edge) -> func.Blueprint:
    """The functions of the notification endpoints. The members of `data` stand at the top level too, where the
    portal reads them (client-contract.md §8)."""
    bp = func.Blueprint()
    _reading(bp, edge)
    _marking(bp, edge)
    return bp


def _reading(bp: func.Blueprint, edge: Edge) -> None:
    store = edge.ports.store
    said = "The caller's notifications, newest first"

    @edge.endpoint(
        bp, Endpoint("ListNotifications", "GET", _PATH, SIGNED_IN, said, query=NotificationQuery, reply=InboxReply)
    )
    async def list_notifications(call: Call) -> Reply:
        check_ranges(("dateTo", call.query.date_from, call.query.date_to))
        inbox = await notifications.inbox_of(store=store, person=call.actor.id)
        data = page_shape(inbox, call.query)
        return Reply(data, version=inbox.version, top_level=data)

    said = "How many of the caller's notifications are unread"

    @edge.endpoint(bp, Endpoint("CountUnread", "GET", f"{_PATH}/unread-count", SIGNED_IN, said, reply=CountReply))
    async def count_unread(call: Call) -> Reply:
        data = {"count": await notifications.unread_count(store=store, person=call.actor.id)}
        return Reply(data, top_level=data)

    one = f"{_PATH}/{{notificationId}}"

    @edge.endpoint(
        bp,
        Endpoint(
            "ReadNotification",
            "GET",
            one,
            SIGNED_IN,
            "Read one of the caller's notifications",
            reply=NotificationReply,
        ),
    )
    async def read_notification(call: Call) -> Reply:
        notification_id = call.path["notificationId"]
        found = await notifications.notification_of(
            store=store, person=call.actor.id, notification_id=notification_id
        )
        return _one(found)


def _marking(bp: func.Blueprint, edge: Edge) -> None:
    ports = edge.ports

    @edge.endpoint(
        bp,
        Endpoint(
            "MarkNotificationRead",
            "PATCH",
            f"{_PATH}/{{notificationId}}/read",
            SIGNED_IN,
            "Mark one of the caller's notifications as read",
            reply=NotificationReply,
        ),
    )
    async def mark_notification_read(call: Call) -> Reply:
        notification_id, at = call.path["notificationId"], call.act.at
        return _one(
            await notifications.mark_read(ports=ports, person=call.actor.id, notification_id=notification_id, at=at)
        )

    said = "Mark all of the caller's notifications as read"

    @edge.endpoint(
        bp,
        Endpoint("MarkAllNotificationsRead", "PATCH", f"{_PATH}/mark-all-read", SIGNED_IN, said, reply=CountReply),
    )
    async def mark_all_notifications_read(call: Call) -> Reply:
        count = await notifications.mark_all_read(ports=ports, person=call.actor.id, at=call.act.at)
        return Reply({"count": count}, top_level={"count": count})


def _one(notification: notifications.Notification) -> Reply:
    said = notification_shape(notification)
    return Reply({**said, "notification": said}, version=notification.version, top_level=said)


def reminders(clockwork: Clockwork, ports: Ports) -> func.Blueprint:
    """The daily timer of the reminders, at 08:00 in India, and again at 09:00 and 10:00 for what couldn't be told
    then. However often it runs, it reminds once a day of each lead."""
    bp = func.Blueprint()

    @clockwork.timer(bp, "RemindFollowUps", "0 30 2-4 * * *")
    async def remind_follow_ups() -> None:
        _log.info("reminded of %d overdue follow-ups", await leads.remind_follow_ups(ports=ports))

    return bp
