"""Reminding of follow-ups: each day, each overdue lead, its channel partner and that partner's KAM."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from domain import notifications
from domain.identity import Person, partners
from domain.leads import _views as views
from domain.leads._status import TERMINAL
from domain.notifications import Kind, Notice, Severity, reminder_key
from domain.ports import Ports
from domain.values import day_in_india, start_of_day_in_india

_AT_ONCE = 8


async def remind_follow_ups(*, ports: Ports) -> int:
    """Put one notification for each overdue lead into the inboxes of its partner and the partner's KAM; how many
    were put.

    Overdue is a lead that isn't in a terminal status and whose follow-up date is before today in India, as the
    home screen counts it. Doing it again on the same day, also at the same time, puts nothing in twice. The views
    are read a few partners at a time, so memory doesn't grow with the number of leads. Where one partner's can't
    be read or told, all others are; then it raises StorageUnavailable.
    """
    now, gate = ports.clock.now(), asyncio.Semaphore(_AT_ONCE)

    async def remind(partner: Person) -> int:
        async with gate:
            return await _remind(ports, partner, now)

    told = [remind(partner) for partner in await partners(store=ports.store)]
    done = await asyncio.gather(*told, return_exceptions=True)
    for failed in done:
        if isinstance(failed, BaseException):
            raise failed
    return sum(number for number in done if isinstance(number, int))


async def _remind(ports: Ports, partner: Person, now: datetime) -> int:
    found = await views.summaries(store=ports.store, place=views.of_partner(partner.id))
    overdue = [lead for lead in _leads(found) if _is_overdue(lead, day_in_india(now))]
    notices = [_reminder(lead, now) for lead in overdue]
    told = [person for person in (partner.id if partner.is_active else None, partner.kam_id) if person]
    return sum([await notifications.deliver(ports=ports, person=person, notices=notices) for person in told])


def _leads(found: list[views.Summary]) -> Iterator[dict[str, Any]]:
    return (json.loads(summary.lead) for summary in found if not summary.gone)


def _is_overdue(lead: dict[str, Any], today: date) -> bool:
    due = lead.get("followUpDate")
    return lead["status"] not in TERMINAL and due is not None and date.fromisoformat(due) < today


def _reminder(lead: dict[str, Any], now: datetime) -> Notice:
    """`system:follow-ups` says it; the key has the day, so it is one a day whenever the timer runs."""
    begun = start_of_day_in_india(day_in_india(now))
    return Notice(
        key=reminder_key(lead_id=lead["id"], on=begun),
        at=now,
        kind=Kind.LEAD,
        severity=Severity.WARNING,
        title="Follow-up overdue",
        message=f"{lead['id']} ({lead['customerName']}) was to be followed up on {lead['followUpDate']}.",
        about={"leadId": lead["id"], "action": "FollowUpOverdue", "actor": "system:follow-ups"},
    )
