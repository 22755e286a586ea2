"""Columns to and from the SDK's types. The limits of table storage are in `domain.store`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from azure.data.tables import EdmType, EntityProperty

from domain.store import Row, Value


def entity_of(partition: str, key: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """The SDK's entity: every whole number is sent as a 64-bit one (the SDK refuses larger ones otherwise)."""
    entity: dict[str, Any] = {"PartitionKey": partition, "RowKey": key}
    for name, value in values.items():
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
