"""One lead as lists hold it: what is filtered, sorted and searched by, and the rest as text. Pure."""

from __future__ import annotations

import json
import sys
from typing import Any

from domain.leads import Summary
from domain.lists._search import folded, haystack

NO_DATE = "9999-99-99"  # sorts after every date


class Listed:
    """A summary made ready for lists. Small: there may be 100,000 in memory, so what recurs is shared."""

    __slots__ = (
        "assigned_to",
        "created",
        "customer_id",
        "follow_up",
        "id",
        "name",
        "origin",
        "phone",
        "source",
        "state",
        "status",
        "summary",
        "updated",
        "version",
        "words",
    )

    def __init__(self, summary: Summary) -> None:
        lead: dict[str, Any] = json.loads(summary.lead) if summary.lead else {}
        self.id = summary.lead_id
        self.version = summary.version
        self.summary = summary
        self.status = _shared(lead.get("status"))
        self.assigned_to = _shared(lead.get("assignedTo"))
        self.customer_id = str(lead.get("customerId") or "")
        self.state = _shared(folded(lead.get("state") or ""))
        self.origin = _shared(lead.get("origin"))
        self.source = _shared(folded(lead.get("source") or ""))
        self.follow_up = _shared(lead.get("followUpDate") or NO_DATE)
        self.created = str(lead.get("createdAt") or "")
        updated = str(lead.get("updatedAt") or "")
        self.updated = self.created if updated == self.created else updated
        self.name = folded(lead.get("customerName") or "")
        self.phone = str(lead.get("phone") or "")
        ids = [self.id, self.customer_id, *(q["id"] for q in self.quotations)] if lead else [self.id]
        self.words = haystack(texts=(lead.get("customerName"), lead.get("email")), ids=ids)

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


def _shared(value: Any) -> str:
    return sys.intern(str(value or ""))
