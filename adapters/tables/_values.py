"""Columns to and from the SDK's types, and the limits of table storage, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from azure.data.tables import EdmType, EntityProperty

from domain.store import (
    MAX_ROW_BYTES,
    MAX_ROWS_PER_TRANSACTION,
    MAX_TEXT_UNITS,
    MAX_TRANSACTION_BYTES,
    Delete,
    KeyNotAllowed,
    Row,
    TransactionTooLarge,
    Value,
    ValueNotStorable,
    Write,
)

_BAD_KEY = re.compile("[/\\\\#?\u0000-\u001f\u007f-\u009f]")
_MAX_KEY_UNITS = 512


def entity_of(partition: str, key: str, values: Mapping[str, Value], write_id: str) -> dict[str, Any]:
    """The SDK's entity: every whole number is sent as a 64-bit one (the SDK refuses larger ones otherwise)."""
    entity: dict[str, Any] = {"PartitionKey": partition, "RowKey": key, "writeId": write_id}
    for name, value in values.items():
        if name != "writeId":
            whole = isinstance(value, int) and not isinstance(value, bool)
            entity[name] = EntityProperty(value, EdmType.INT64) if whole else value
    return entity


def row_of(entity: Any) -> Row:
    """The row that an entity holds."""
    values = {n: _value(v) for n, v in entity.items() if n not in ("PartitionKey", "RowKey", "Timestamp")}
    return Row(entity["PartitionKey"], entity["RowKey"], values, entity.metadata["etag"])


def _value(value: Any) -> Value:
    if isinstance(value, EntityProperty | tuple):
        return int(value[0])
    if isinstance(value, datetime):
        return datetime.fromtimestamp(0, UTC) + (value - datetime.fromtimestamp(0, UTC))
    return value  # type: ignore[no-any-return]  # text, truth values and bytes come back as they are


def check_writes(partition: str, writes: Sequence[Write]) -> None:
    """Raises TransactionTooLarge, ValueNotStorable, KeyNotAllowed; ValueError for a programmer's mistake."""
    if not writes:
        raise ValueError("a transaction without writes")
    keys = [write.key for write in writes]
    if len(set(keys)) != len(keys):
        raise ValueError("a row twice in one transaction")
    if len(writes) > MAX_ROWS_PER_TRANSACTION:
        raise TransactionTooLarge(
            f"{len(writes)} rows would change at once; at most {MAX_ROWS_PER_TRANSACTION} can."
        )
    for key in (partition, *keys):
        if not key or _units(key) > _MAX_KEY_UNITS or _BAD_KEY.search(key):
            raise KeyNotAllowed("A key has 1 to 512 characters and none of / \\ # ? or control characters.")
    size = sum(_row_size(partition, w.key, w.values) for w in writes if not isinstance(w, Delete))
    if size > MAX_TRANSACTION_BYTES:
        raise TransactionTooLarge(f"{size} bytes would change at once; at most {MAX_TRANSACTION_BYTES} can.")


def _row_size(partition: str, key: str, values: Mapping[str, Value]) -> int:
    size = 4 + 2 * (_units(partition) + _units(key))
    for name, value in values.items():
        size += 8 + 2 * len(name) + _size(name, value)
    if size > MAX_ROW_BYTES or len(values) > 251:
        raise ValueNotStorable(f"A row has at most {MAX_ROW_BYTES} bytes and 251 columns.")
    return size


def _size(name: str, value: Value) -> int:
    if isinstance(value, str):
        units = _units(value)
        if units > MAX_TEXT_UNITS:
            raise ValueNotStorable(f"{name} has {units} UTF-16 units; at most {MAX_TEXT_UNITS} can be stored.")
        return 4 + 2 * units
    if isinstance(value, bytes):
        if len(value) > 2 * MAX_TEXT_UNITS:
            raise ValueNotStorable(f"{name} has {len(value)} bytes; at most {2 * MAX_TEXT_UNITS} can be stored.")
        return 4 + len(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueNotStorable(f"{name} is a time without an offset.")
    elif not isinstance(value, int):
        raise ValueNotStorable(f"{name} is a {type(value).__name__}, which can't be stored.")
    elif not -(2**63) <= value < 2**63:
        raise ValueNotStorable(f"{name} is beyond 64 bits.")
    return 8


def _units(text: str) -> int:
    try:
        return len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        raise ValueNotStorable("A text holds half of a surrogate pair.") from None
