"""Changed fields as they are answered: amounts, which are kept as `…Paise`, as `…` in exact rupees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.timeline import Plain
from domain.values import Money
from functions.models.quotations import in_rupees


def change_shape(field: str, before: Plain, after: Plain) -> dict[str, Any]:
    """One field before and after."""
    name = field.removesuffix("Paise")
    if name != field:
        before, after = (Money(x).in_rupees if isinstance(x, int) else x for x in (before, after))
    return {"field": name, "before": before, "after": after}


def stale_details(details: Mapping[str, Any]) -> dict[str, Any]:
    """What a stale critical change is told: `current`, `yours`, and `changes` since the version that was seen."""
    changes = [{**c, **change_shape(c["field"], c["before"], c["after"])} for c in details.get("changes", ())]
    told: dict[str, Any] = in_rupees({name: value for name, value in details.items() if name != "changes"})
    return {**told, "changes": changes} if "changes" in details else told
