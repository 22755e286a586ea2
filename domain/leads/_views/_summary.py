"""What a list knows of a lead: its fields and those columns of its parts that lists show. No storage here.

The parts' classes belong to contexts above this one; here they are rows with columns.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.leads._model import Lead, plain
from domain.store import Row, Value
from domain.values import iso

PARTS = {"quotations": "quotation:", "commissions": "commission:", "documents": "document:"}
"""Columns of a view row, and the row keys of the parts that stand in them."""

_LEFT_OUT = frozenset({"configuration", "pdf", "price", "provenance", "writeId"})
_TEXT = 16_000  # characters in one column: never more than 32,768 UTF-16 units


@dataclass(frozen=True, slots=True)
class Summary:
    """A lead with its parts, as JSON texts: small in memory, and most are never looked into.

    `lead` is empty where the lead has left the reader, to whom only its own commissions are left. A part
    without members is an empty text. `imported` names the import that the lead came with.
    """

    lead_id: str
    version: int
    lead: str = ""
    quotations: str = ""
    commissions: str = ""
    documents: str = ""
    imported: str = ""

    @property
    def gone(self) -> bool:
        """Whether the lead isn't the reader's any more."""
        return not self.lead

    def columns(self) -> dict[str, Value]:
        """The columns of a view row."""
        values: dict[str, Value] = {"version": self.version}
        if self.gone:
            values["gone"] = True
        if self.imported:
            values["import"] = self.imported
        for name in ("lead", *PARTS):
            text = getattr(self, name)
            for number, start in enumerate(range(0, len(text), _TEXT)):
                values[f"{name}{number or ''}"] = text[start : start + _TEXT]
        return values

    def owners(self) -> frozenset[str]:
        """The channel partners that a commission of the lead belongs to; that never changes (domain.md)."""
        return frozenset(str(c["cpId"]) for c in parsed(self.commissions) if "cpId" in c)

    def left_to(self, partner: str) -> Summary:
        """What stays in the view of a partner who doesn't have the lead any more: its own commissions."""
        own = [c for c in parsed(self.commissions) if c.get("cpId") == partner]
        return Summary(self.lead_id, self.version, commissions=_text(own))

    def same_as(self, other: Summary) -> bool:
        """Whether it says the same, whatever the version."""
        return replace(self, version=other.version) == other


def summary_of(lead: Lead, parts: Mapping[str, Row]) -> Summary:
    """The summary of a lead as it is stored."""
    said = {**plain(lead), "id": lead.id, "version": lead.version}
    said["updatedAt"] = iso(lead.updated_at or lead.created_at)
    if lead.stage_times:
        said["stageTimes"] = {str(status): iso(at) for status, at in lead.stage_times.items()}
    texts = {name: _text(_projected(parts, prefix)) for name, prefix in PARTS.items()}
    return Summary(lead.id, lead.version, _compact(said), imported=lead.imported or "", **texts)


def summary_from_columns(lead_id: str, values: Mapping[str, Value]) -> Summary:
    """The summary that a view row holds."""
    texts = {name: _joined(name, values) for name in ("lead", *PARTS) if name in values}
    return Summary(lead_id, int(str(values["version"])), imported=_name(values), **texts)


def parsed(text: str) -> list[dict[str, Any]]:
    """The members of a part."""
    return json.loads(text) if text else []


def _name(values: Mapping[str, Value]) -> str:
    """Shared: thousands of leads in memory may come with one import."""
    return sys.intern(str(values.get("import", "")))


def _joined(name: str, values: Mapping[str, Value]) -> str:
    first, number = str(values[name]), 1
    if f"{name}1" not in values:
        return first
    found = [first]
    while f"{name}{number}" in values:
        found.append(str(values[f"{name}{number}"]))
        number += 1
    return "".join(found)


def _projected(parts: Mapping[str, Row], prefix: str) -> list[dict[str, Any]]:
    return [_part(parts[key], key.removeprefix(prefix)) for key in sorted(parts) if key.startswith(prefix)]


def _part(row: Row, part_id: str) -> dict[str, Any]:
    said: dict[str, Any] = {"id": part_id, "leadId": row.partition}
    said |= {name: value for name, value in row.values.items() if name not in _LEFT_OUT}
    if "price" in row.values:  # a list of quotations says how large the system is; the rest of it is heavy
        said["capacityKw"] = json.loads(str(row.values["price"])).get("capacityKw")
    return said


def _text(members: list[dict[str, Any]]) -> str:
    return _compact(members) if members else ""


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
