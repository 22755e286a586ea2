"""How master data lies in its table. What is read and written, and when, is in `_queries` and `_operations`.

Table `masterdata`: PartitionKey = kind, RowKey = `<item id>:<first day>`, so that a price can change on a day
without the old one being lost. Columns are those of the plain form (money INT64 paise, Decimal and days as
text, lists as JSON text) and `updatedAt`. Item ids begin with a capital
letter or digit; keys from `timeline:` on are left for the entries of later writes.
"""

from __future__ import annotations

import json

from domain.pricing._catalogue import KINDS
from domain.pricing._item import Item
from domain.pricing._plain import as_plain, as_text, from_plain, members
from domain.store import Row, Value
from domain.timeline import BEFORE_TIMELINE

TABLE = "masterdata"
_UPDATED_AT = "updatedAt"


def item_key(item: Item) -> str:
    """`PANEL-1:2026-01-01`."""
    return f"{item.id}:{item.effective_from.isoformat()}"


def is_item(row: Row) -> bool:
    """Whether the row is master data at all, not an entry beside it."""
    return row.partition in KINDS and not row.key.startswith(BEFORE_TIMELINE)


def columns_of(item: Item, *, updated_at: str) -> dict[str, Value]:
    """The columns of a row; `updated_at` is an ISO moment in UTC."""
    plain = as_plain(item)
    columns = {key: as_text(value) if isinstance(value, list) else value for key, value in plain.items()}
    return {**columns, _UPDATED_AT: updated_at}


def item_of(row: Row) -> Item:
    """The item that a row holds. ValueError if the row is broken."""
    kind = KINDS[row.partition]
    known = {member.key: member for member in members(kind)}
    plain = {
        key: json.loads(str(value)) if known[key].is_list else value
        for key, value in row.values.items()
        if key in known
    }
    return from_plain(kind, plain)


def updated_at_of(row: Row) -> str:
    """When the row was last written, as an ISO moment in UTC."""
    return str(row.values[_UPDATED_AT])
