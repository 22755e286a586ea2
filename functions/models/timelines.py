"""Queries and replies of a lead's timeline, and of a lead as it stood."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from domain.errors import Invalid
from domain.sales import HistoryPage, Place, Standing
from domain.timeline import Entry
from domain.values import iso, moment
from functions.models.changes import change_shape
from functions.models.leads import lead_item
from functions.models.pages import Pages, place_of
from functions.models.quotations import in_rupees

_PLACE = re.compile(r"([0-9]{1,9})\.([0-9]{1,2})\.([0-9a-f]{16})")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")
_BARE_PLUS = re.compile(r"(T[0-9:.]+) ([0-9]{2}:[0-9]{2})")


def _when(value: object) -> int | datetime:
    text = str(value)
    if _VERSION.fullmatch(text):
        return int(text)
    try:
        return moment(_BARE_PLUS.sub(r"\1+\2", text))  # an unescaped + arrives as a space
    except Invalid:
        raise ValueError(
            "asOf is a version, such as 7, or an ISO 8601 date-time with an offset, such as 2026-03-31T18:29:59Z."
        ) from None


def _place(value: object) -> Place:
    try:
        found = _PLACE.fullmatch(base64.b64decode(str(value), altchars=b"-_", validate=True).decode("ascii"))
    except (binascii.Error, ValueError):
        found = None
    if found is None:
        raise ValueError(NOT_A_CURSOR)
    return Place(int(found[1]), int(found[2]), found[3])


NOT_A_CURSOR = "This isn't a cursor of this timeline. Take it from nextCursor as it is."

When = Annotated[
    int | datetime,
    BeforeValidator(_when),
    WithJsonSchema({"type": "string", "examples": ["7", "2026-03-31T18:29:59Z"]}),
]
Cursor = Annotated[Place, BeforeValidator(_place), WithJsonSchema({"type": "string"})]


class EntriesQuery(Pages):
    """Which page of the entries, newest first."""


class TimelineQuery(EntriesQuery):
    """A page of the timeline, newest first: `offset` or `page` (1-based) or `cursor`, with `limit`. Or, with
    `asOf`, the lead as it stood at a version or a moment."""

    cursor: Cursor | None = None
    as_of: When | None = None

    @property
    def first(self) -> int:
        """How many entries come before the page; with a cursor, that isn't counted."""
        return 0 if self.cursor else self.start


def page_shape(lead_id: str, query: TimelineQuery, page: HistoryPage) -> dict[str, Any]:
    """The page as the portal reads it (`timeline`), and as every list is read (`items`)."""
    entries = [entry_shape(lead_id, entry) for entry in page.entries]
    following = page.next
    text = f"{following.version}.{following.sequence}.{following.mark}" if following else None
    return {
        "leadId": lead_id,
        "timeline": entries,
        "items": entries,
        **place_of(page.total, query.first, query.limit),
        "nextCursor": base64.urlsafe_b64encode(text.encode()).decode() if text else None,
    }


def entry_shape(lead_id: str, entry: Entry) -> dict[str, Any]:
    """A timeline entry: `message` for people, `details` for programs; as the portal reads it, with everything
    that was recorded besides. Amounts in rupees."""
    changes = [change_shape(c.field, c.before, c.after) for c in entry.changes]
    details: dict[str, Any] = {"changes": changes, "reason": entry.reason, **entry.facts}
    if len(changes) == 1:
        only = changes[0]
        details |= {"field": only["field"], "oldValue": only["before"], "newValue": only["after"]}
    return {
        "id": f"{lead_id}:{entry.version}.{entry.sequence}",
        "leadId": lead_id,
        "version": entry.version,
        "action": entry.action,
        "message": entry.message,
        "actor": entry.actor.id,
        "actorName": entry.actor.name,
        "actorRole": str(entry.actor.role),
        "timestamp": iso(entry.at),
        "details": details,
        "hash": entry.hash,
    }


def standing_shape(lead_id: str, standing: Standing) -> dict[str, Any]:
    """The lead as it stood, under the names of a lead in a list, with its quotations and commissions."""
    at = iso(standing.at)
    lead = {**standing.lead, "id": lead_id, "version": standing.version, "updatedAt": at}
    return {
        **lead_item(lead),
        "asOf": {"version": standing.version, "at": at},
        "quotations": _parts(standing, "QUOT-", "quotationId"),
        "commissions": _parts(standing, "COMM-", "commissionId"),
        "clawbacks": _parts(standing, "CLAW-", "clawbackId"),
    }


def _parts(standing: Standing, prefix: str, name: str) -> list[dict[str, Any]]:
    found = sorted(part for part in standing.parts if part.startswith(prefix))
    return [{"id": part, name: part, **in_rupees(standing.parts[part])} for part in found]
