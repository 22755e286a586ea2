"""One lead as lists hold it: what is filtered, sorted and searched by, and the rest as text. Pure."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.leads import LeadStatus, Summary
from domain.lists._search import folded, haystack

NO_DATE = "9999-99-99"  # sorts after every date

_IDS = re.compile(r'"id":"([^"]*)"')
"""The ids in a part's text, without reading the rest of it: inside of a text that somebody typed, quotes are
escaped, so this can't be found there."""

_RANKS = {str(status): rank for rank, status in enumerate(LeadStatus)}
_MILLISECOND = timedelta(milliseconds=1)
_paths: dict[tuple[str, ...], tuple[str, ...]] = {}


class Listed:
    """A summary made ready for lists and reports. Small: there may be 100,000 in memory, so what recurs is shared.

    `stages` are the statuses that the lead ever had, in the order in which it first came to them, and `waits`
    says for each how many milliseconds after its creation that was; it is empty if there was only one.
    """

    __slots__ = (
        "assigned_to",
        "created",
        "customer_id",
        "customer_name",
        "follow_up",
        "id",
        "name",
        "origin",
        "partner_name",
        "phone",
        "source",
        "stages",
        "state",
        "state_name",
        "status",
        "summary",
        "updated",
        "version",
        "waits",
        "words",
    )

    def __init__(self, summary: Summary) -> None:
        lead: dict[str, Any] = json.loads(summary.lead) if summary.lead else {}
        self.id = summary.lead_id
        self.version = summary.version
        self.summary = summary
        self.status = _shared(lead.get("status"))
        self.assigned_to = _shared(lead.get("assignedTo"))
        self.partner_name = _shared(lead.get("assignedName"))
        self.customer_id = str(lead.get("customerId") or "")
        self.state_name = _shared(lead.get("state"))
        self.state = _shared(folded(self.state_name))
        self.origin = _shared(lead.get("origin"))
        self.source = _shared(folded(lead.get("source") or ""))
        self.follow_up = _shared(lead.get("followUpDate") or NO_DATE)
        self.created = str(lead.get("createdAt") or "")
        updated = str(lead.get("updatedAt") or "")
        self.updated = self.created if updated == self.created else updated
        self.customer_name = str(lead.get("customerName") or "")
        self.name = folded(self.customer_name)
        self.phone = str(lead.get("phone") or "")
        ids = [self.id, self.customer_id, *_IDS.findall(summary.quotations)] if lead else [self.id]
        self.words = haystack(texts=(self.customer_name, lead.get("email")), ids=ids)
        self.stages, self.waits = _path(lead.get("stageTimes") or {}, self.status, self.created)

    @property
    def lead(self) -> dict[str, Any]:
        """The lead's fields under the API's names; empty if it has left this reader."""
        return json.loads(self.summary.lead) if self.summary.lead else {}

    @property
    def quotations(self) -> list[dict[str, Any]]:
        """The columns of its quotations, oldest first."""
        return json.loads(self.summary.quotations) if self.summary.quotations else []

    @property
    def commissions(self) -> list[dict[str, Any]]:
        """The columns of its commissions, oldest first."""
        return json.loads(self.summary.commissions) if self.summary.commissions else []

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The columns of its document records."""
        return json.loads(self.summary.documents) if self.summary.documents else []


def _path(times: Mapping[str, str], status: str, created: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    if not times:
        return _paths.setdefault((status,), (status,)), ()
    start = datetime.fromisoformat(created)
    ordered = sorted((at, _RANKS[name], name) for name, at in times.items())
    stages = tuple(_shared(name) for _, _, name in ordered)
    waits = tuple((datetime.fromisoformat(at) - start) // _MILLISECOND for at, _, _ in ordered)
    return _paths.setdefault(stages, stages), waits


def _shared(value: Any) -> str:
    return sys.intern(str(value or ""))
