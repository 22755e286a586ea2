"""The store port: rows in partitions of tables, changed only by conditional transactions."""

from domain.store._limits import check_table_name, is_key, key_order, prepared
from domain.store._port import (
    MAX_ROW_BYTES,
    MAX_ROWS_PER_TRANSACTION,
    MAX_TEXT_UNITS,
    MAX_TRANSACTION_BYTES,
    Create,
    Delete,
    Replace,
    Row,
    Store,
    Value,
    Write,
)
from domain.store.errors import (
    KeyNotAllowed,
    ReadOnlyStandby,
    RowChanged,
    RowExists,
    StorageUnavailable,
    TransactionTooLarge,
    ValueNotStorable,
    WritesFenced,
)

__all__ = [
    "MAX_ROWS_PER_TRANSACTION",
    "MAX_ROW_BYTES",
    "MAX_TEXT_UNITS",
    "MAX_TRANSACTION_BYTES",
    "Create",
    "Delete",
    "KeyNotAllowed",
    "ReadOnlyStandby",
    "Replace",
    "Row",
    "RowChanged",
    "RowExists",
    "StorageUnavailable",
    "Store",
    "TransactionTooLarge",
    "Value",
    "ValueNotStorable",
    "Write",
    "WritesFenced",
    "check_table_name",
    "is_key",
    "key_order",
    "prepared",
]
