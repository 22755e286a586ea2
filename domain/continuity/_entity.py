"""A stored row as a backup keeps it: every value with its Edm type, exactly as the storage spelled it.

The store port of the use cases reads times to the microsecond and knows five types; a backup must give back
what was there, to the 100-ns tick, whoever wrote it. A row is one line of JSON:
`[partition, key, timestamp, {column: value}]`. Text, truth values and 32-bit integers stand for themselves;
every other value is `[code, text]` with the storage's own text.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.store import Row, Value, key_order

INT64, DOUBLE, TIME, GUID, BINARY = "l", "d", "t", "g", "x"
CODES = frozenset({INT64, DOUBLE, TIME, GUID, BINARY})

Column = str | bool | int | tuple[str, str]
"""A text, a truth value, a 32-bit integer, or (code, the storage's text; base64 for binary)."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One row. `timestamp` is the storage's own time of its last write, `etag` is empty in a backup."""

    partition: str
    key: str
    columns: Mapping[str, Column]
    timestamp: str = ""
    etag: str = ""

    def same_as(self, other: Entity) -> bool:
        """Whether both hold the same keys and typed values; who wrote them when doesn't count."""
        return (self.partition, self.key) == (other.partition, other.key) and _typed(self) == _typed(other)


def _typed(entity: Entity) -> dict[str, tuple[type, Column]]:
    # 1 and True are equal in Python, but not in storage.
    return {name: (type(value), value) for name, value in entity.columns.items()}


_encode = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


def line_of(entity: Entity) -> bytes:
    """The row's line, with its end. ASCII, so that halves of surrogate pairs survive too."""
    return _encode([entity.partition, entity.key, entity.timestamp, entity.columns]).encode("ascii") + b"\n"


def entity_of(line: bytes) -> Entity:
    """The row of a line. Raises ValueError if it isn't one."""
    said: Any = json.loads(line)
    if not (isinstance(said, list) and len(said) == 4 and isinstance(said[3], dict)):
        raise ValueError("not the line of a row")
    partition, key, timestamp, columns = said
    if not all(isinstance(text, str) for text in (partition, key, timestamp)):
        raise ValueError("not the line of a row")
    return Entity(partition, key, {name: _column(value) for name, value in columns.items()}, timestamp)


def _column(value: Any) -> Column:
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, list) and len(value) == 2 and value[0] in CODES and isinstance(value[1], str):
        return (value[0], value[1])
    raise ValueError("not a column's value")


def order_of(entity: Entity) -> tuple[bytes, bytes]:
    """Sorts rows as the storage does."""
    return key_order(entity.partition), key_order(entity.key)


def whole_number(entity: Entity, column: str) -> int | None:
    """A column's integer of either width, or None."""
    value = entity.columns.get(column)
    if isinstance(value, tuple) and value[0] == INT64:
        return int(value[1])
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text_of(entity: Entity, column: str) -> str | None:
    """A column's text, or None."""
    value = entity.columns.get(column)
    return value if isinstance(value, str) else None


def row_of(entity: Entity) -> Row:
    """The row as the use cases read it: only for rows that the product itself writes."""
    return Row(entity.partition, entity.key, {n: _value(v) for n, v in entity.columns.items()}, entity.etag)


def _value(column: Column) -> Value:
    if not isinstance(column, tuple):
        return column
    code, text = column
    if code == INT64:
        return int(text)
    if code == BINARY:
        return base64.b64decode(text)
    if code == TIME:
        head, _, ticks = text.removesuffix("Z").partition(".")
        at = datetime.fromisoformat(head).replace(tzinfo=UTC)
        return at.replace(microsecond=int(ticks[:6].ljust(6, "0"))) if ticks else at
    return text
