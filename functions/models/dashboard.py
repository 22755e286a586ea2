"""Query and reply of the portal's dashboard."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from domain.reporting import Activity, Metrics, Span
from domain.values import iso
from functions.models.fields import Day, Query

REFRESH_MS = 60_000
"""How often the portal asks for the figures again (client-contract.md §9)."""


class MetricsQuery(Query):
    """Days in India; without them the last 30. `limit` is how many of the recent things are shown."""

    date_from: Day | None = None
    date_to: Day | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


def metrics_shape(found: Metrics, span: Span, now: str) -> dict[str, Any]:
    """The dashboard as the portal reads it."""
    said: dict[str, Any] = {
        "activeLeads": found.active,
        "pendingQuotations": found.pending_quotations,
        "recentLeads": [
            {"id": e.id, "customerName": e.lead["customerName"], "status": e.status, "createdAt": e.created}
            for e in found.recent
        ],
        "channelPartners": found.partners,
        "pendingCommissions": found.pending_commissions,
        "recentActivities": [_activity(a) for a in found.activities],
        "dateRange": {"from": span.first.isoformat(), "to": span.last.isoformat()},
        "lastUpdated": now,
        "refreshInterval": REFRESH_MS,
    }
    return said if found.revenue is None else {**said, "totalRevenue": found.revenue.in_rupees}


_TYPES = {"Quotation": "quotation", "Commission": "commission", "Document": "document"}


def _activity(activity: Activity) -> dict[str, Any]:
    entry = activity.entry
    kind = next((kind for start, kind in _TYPES.items() if entry.action.startswith(start)), "lead")
    return {
        "id": f"{activity.lead_id}:{entry.version}.{entry.sequence}",
        "leadId": activity.lead_id,
        "title": _words(entry.action),
        "description": entry.message,
        "timestamp": iso(entry.at),
        "type": kind,
    }


def _words(action: str) -> str:
    """`StatusChanged` as `Status changed`."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in action).strip().capitalize()
