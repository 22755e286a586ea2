"""The leads of an export: those that lists show, so that an unfinished import isn't among them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from domain.leads import VIEWS, shows_a_lead
from domain.store import Row, Store

_ALL = "all|"


async def listed_leads(*, store: Store) -> list[Mapping[str, Any]]:
    """All leads by their fields under the API's names, the oldest follow-up date first: one walk of the views."""
    rows = store.scan(table=VIEWS)
    found = [_fields(row) async for row in rows if row.partition.startswith(_ALL) and shows_a_lead(row)]
    return sorted(found, key=lambda lead: (str(lead.get("followUpDate") or "9999"), str(lead["id"])))


def _fields(row: Row) -> Mapping[str, Any]:
    more = sorted(name for name in row.values if name.removeprefix("lead").isdigit())  # a long one continues there
    fields: dict[str, Any] = json.loads("".join(str(row.values[name]) for name in ("lead", *more)))
    return fields
