"""Columns to and from the SDK's types. What can be stored at all is `domain.store`'s to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from azure.core import MatchConditions
from azure.data.tables import EdmType, EntityProperty, UpdateMode

from domain.store import Create, Delete, Replace, Row, Value, Write


def operation_of(partition: str, write: Write) -> Any:
    """The SDK's form of one checked write in a transaction."""
    match write:
        case Create(key, values):
            return ("create", _entity_of(partition, key, values))
        case Replace(key, values, etag):
            options = {"mode": UpdateMode.REPLACE, "etag": etag, "match_condition": MatchConditions.IfNotModified}
            return ("update", _entity_of(partition, key, values), options)
        case Delete(key, etag):
            options = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
            return ("delete", {"PartitionKey": partition, "RowKey": key}, options)


def row_of(entity: Any) -> Row:
    """The row that an entity holds."""
    values = {n: _value(v) for n, v in entity.items() if n not in ("PartitionKey", "RowKey", "Timestamp")}
    return Row(entity["PartitionKey"], entity["RowKey"], values, entity.metadata["etag"])


def _entity_of(partition: str, key: str, values: Mapping[str, Value]) -> dict[str, Any]:
    # Every whole number is sent as a 64-bit one: the SDK refuses larger ones otherwise.
    entity: dict[str, Any] = {"PartitionKey": partition, "RowKey": key}
    for name, value in values.items():
        whole = isinstance(value, int) and not isinstance(value, bool)
        entity[name] = EntityProperty(value, EdmType.INT64) if whole else value
    return entity


def _value(value: Any) -> Value:
    if isinstance(value, EntityProperty | tuple):
        return int(value[0])
    if isinstance(value, datetime):  # a subclass of the SDK's, which must not leak
        return datetime.combine(value.date(), value.time(), UTC)
    return value  # type: ignore[no-any-return]  # text, truth values and bytes come back as they are
