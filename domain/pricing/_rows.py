"""How master data lies in its table. What is read and written, and when, is in `_file` and `_queries`.

Table `masterdata`, one partition for all of it, so that a change, its timeline entries and the version of the
whole are one transaction, and a reader needs one request. RowKey of an item's row is `<kind>:<id>:<first day>`:
a price can change on a day without the old one being lost. Columns are those of the plain form (money INT64 paise,
Decimal and days as text, lists as JSON text), `updatedAt` and `provenance`. The row `head` has the version.
"""

from __future__ import annotations

import json
from datetime import date

from domain.pricing._catalogue import KINDS
from domain.pricing._item import Item
from domain.pricing._plain import as_plain, as_text, from_plain, members
from domain.store import Row, Value
from domain.timeline import Provenance

TABLE = "masterdata"
PARTITION = "catalogue"
HEAD = "head"
PROOF = "proof:"
_UPDATED_AT = "updatedAt"
_PROVENANCE = "provenance"


def item_key(kind: str, item_id: str, first: date) -> str:
    """`panels:PANEL-1:2026-01-01`."""
    return f"{kind}:{item_id}:{first.isoformat()}"


def kind_of(row: Row) -> str | None:
    """The kind of which the row is an item's, or None if it is another row."""
    kind, colon, _ = row.key.partition(":")
    return kind if colon and kind in KINDS else None


def columns_of(item: Item, *, updated_at: str, provenance: Provenance) -> dict[str, Value]:
    """The columns of a row; `updated_at` is an ISO moment in UTC."""
    plain = as_plain(item)
    columns = {key: as_text(value) if isinstance(value, list) else value for key, value in plain.items()}
    return {**columns, _UPDATED_AT: updated_at, _PROVENANCE: provenance.to_text()}


def item_of(kind: str, row: Row) -> Item:
    """The item that a row holds. ValueError if the row is broken."""
    known = {member.key: member for member in members(KINDS[kind])}
    plain = {
        key: json.loads(str(value)) if known[key].is_list else value
        for key, value in row.values.items()
        if key in known
    }
    return from_plain(KINDS[kind], plain)


def provenance_of(row: Row) -> Provenance:
    """Who set each value of the row."""
    return Provenance.from_text(str(row.values.get(_PROVENANCE, "{}")))


def updated_at_of(row: Row) -> str:
    """When the row was last written, as an ISO moment in UTC."""
    return str(row.values[_UPDATED_AT])
