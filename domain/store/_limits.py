"""What a table store can hold, checked before any request: keys, values, rows, transactions.

Pure, and shared by every implementation of the port, so that the fake in the tests refuses what the real one
refuses, with the same words. Messages never repeat a key or a value: they may hold a phone number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from domain.errors import Fault
from domain.store._port import (
    MAX_ROW_BYTES,
    MAX_ROWS_PER_TRANSACTION,
    MAX_TEXT_UNITS,
    MAX_TRANSACTION_BYTES,
    Create,
    Delete,
    Replace,
    Value,
    Write,
)
from domain.store.errors import KeyNotAllowed, TransactionTooLarge, ValueNotStorable

WRITE_ID = "writeId"
MAX_KEY_UNITS = 512  # 1 KiB of UTF-16
MAX_BINARY_BYTES = 64 * 1024
MAX_COLUMNS = 252

_KEY_FORBIDDEN = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f]")
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_TABLE = re.compile(r"[A-Za-z][A-Za-z0-9]{2,62}")
_RESERVED = frozenset({"PartitionKey", "RowKey", "Timestamp"})
_EARLIEST = datetime(1601, 1, 1, tzinfo=UTC)  # where the storage's calendar begins
_PART_BYTES = 1024  # what one write costs beside its columns: boundary, headers, address, key columns
_COLUMN_BYTES = 48  # what one column costs beside its name and value: quotes, separators, its type


def prepared(*, partition: str, writes: Sequence[Write], write_id: str) -> list[Write]:
    """The writes as they are to be stored: checked, values normalised, the write id stamped on.

    Raises KeyNotAllowed, ValueNotStorable, TransactionTooLarge; ValueError for what only a programmer can
    cause (no writes, a key twice, a reserved column, an etag that would make a write unconditional).
    """
    if len(writes) > MAX_ROWS_PER_TRANSACTION:
        raise TransactionTooLarge(
            f"A transaction holds at most {MAX_ROWS_PER_TRANSACTION} rows; this one has {len(writes)}."
        )
    if not writes:
        raise ValueError("a transaction without writes")
    if not write_id:
        raise ValueError("a commit needs a write id")
    if len({write.key for write in writes}) < len(writes):
        raise ValueError("a row can be written only once in a transaction")
    check_key(partition)
    ready = [_prepared_write(partition, write, write_id) for write in writes]
    _check_transaction_size(partition, ready)
    return ready


def check_key(key: str) -> None:
    """Raise KeyNotAllowed unless `key` can be a partition or row key."""
    if not key:
        raise KeyNotAllowed("A key can't be empty.")
    units = utf16_units(key)
    if units is None:
        raise KeyNotAllowed("A key holds half of a surrogate pair.")
    if units > MAX_KEY_UNITS:
        raise KeyNotAllowed(f"A key holds at most {MAX_KEY_UNITS} UTF-16 units; this one has {units}.")
    if found := _KEY_FORBIDDEN.search(key):
        raise KeyNotAllowed(f"A key can't hold / \\ # ? or control characters; found U+{ord(found.group()):04X}.")


def is_key(key: str) -> bool:
    """Whether a row can have this key at all."""
    try:
        check_key(key)
    except KeyNotAllowed:
        return False
    return True


def check_table_name(table: str) -> None:
    """Table names are constants of the code, so a bad one is a ValueError."""
    if not _TABLE.fullmatch(table):
        raise ValueError(f"{table!r} can't be a table name: 3 to 63 letters and digits, a letter first")


def utf16_units(text: str) -> int | None:
    """The length as the storage counts it; None if the text holds half of a surrogate pair."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        return None


def key_order(key: str) -> bytes:
    """Sorts keys as the storage does: by UTF-16 unit, which isn't Python's order beyond U+D800."""
    return key.encode("utf-16-be")


def _prepared_write(partition: str, write: Write, write_id: str) -> Write:
    check_key(write.key)
    if not isinstance(write, Create) and write.etag in ("", "*"):
        raise ValueError("an empty etag, or *, would make the write unconditional")
    if isinstance(write, Delete):
        return write
    values = _storable_values(write.values)
    values[WRITE_ID] = write_id
    _check_row_size(partition, write.key, values)
    return replace(write, values=values)


def _storable_values(values: Mapping[str, Value]) -> dict[str, Value]:
    own = {name: value for name, value in values.items() if name != WRITE_ID}  # a read row's is outdated
    if len(own) >= MAX_COLUMNS:
        raise ValueNotStorable(
            f"A row holds at most {MAX_COLUMNS} columns with its write id; this one has {len(own) + 1}."
        )
    stored: dict[str, Value] = {}
    faults: list[Fault] = []
    for name, value in own.items():
        if name in _RESERVED:
            raise ValueError(f"the column {name} belongs to the store")
        try:
            stored[name] = _storable(name, value)
        except _Refused as refused:
            faults.append(Fault(name, str(refused)))
    if faults:
        raise ValueNotStorable(f"{faults[0].field}: {faults[0].message}", faults=faults)
    return stored


class _Refused(Exception):
    """Why one value can't be stored; collected, so that all the faults of a row are told at once."""


def _storable(name: str, value: object) -> Value:
    if not _COLUMN.fullmatch(name):
        raise _Refused("A column's name has letters, digits and _ only, at most 255, and no digit first.")
    if isinstance(value, bool):  # before int: a bool is one
        return value
    if isinstance(value, str):
        return _storable_text(value)
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise _Refused("An integer must fit 64 bits.")
        return int(value)
    if isinstance(value, datetime):
        return _storable_time(value)
    if isinstance(value, bytes):
        if len(value) > MAX_BINARY_BYTES:
            raise _Refused(f"At most {MAX_BINARY_BYTES:,} bytes; this has {len(value):,}.")
        return value
    raise _Refused(f"A value of type {type(value).__name__} can't be stored.")


def _storable_text(value: str) -> str:
    units = utf16_units(value)
    if units is None:
        raise _Refused("The text holds half of a surrogate pair.")
    if units > MAX_TEXT_UNITS:
        raise _Refused(f"At most {MAX_TEXT_UNITS:,} UTF-16 units of text; this has {units:,}.")
    return str.__str__(value)  # a StrEnum's member is stored, and read back, as its text


def _storable_time(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise _Refused("A time needs its offset from UTC.")
    try:
        utc = value.astimezone(UTC)
    except OverflowError:
        raise _Refused("The time is outside the years 1601 to 9999.") from None
    if utc < _EARLIEST:
        raise _Refused("The time is outside the years 1601 to 9999.")
    return utc


def _check_row_size(partition: str, key: str, values: Mapping[str, Value]) -> None:
    # The storage's own formula: 4 + 2 bytes per key unit + per column 8 + 2 per unit of its name + its value.
    size = 4 + 2 * ((utf16_units(partition) or 0) + (utf16_units(key) or 0))
    size += sum(8 + 2 * len(name) + _stored_bytes(value) for name, value in values.items())
    if size > MAX_ROW_BYTES:
        raise ValueNotStorable(f"A row holds at most {MAX_ROW_BYTES:,} bytes; this one has {size:,}.")


def _stored_bytes(value: Value) -> int:
    match value:
        case str():
            return 4 + 2 * (utf16_units(value) or 0)
        case bytes():
            return 4 + len(value)
        case bool():
            return 1
        case _:
            return 8


def _check_transaction_size(partition: str, writes: Sequence[Write]) -> None:
    # What the limit bounds is the request's body, in which JSON spells every non-ASCII unit with six bytes:
    # Devanagari counts three times its stored size. Counted a little high rather than low.
    size = sum(_sent_bytes(partition, write) for write in writes)
    if size > MAX_TRANSACTION_BYTES:
        raise TransactionTooLarge(
            f"A transaction's request holds at most {MAX_TRANSACTION_BYTES:,} bytes; "
            f"this one has about {size:,} in {len(writes)} rows."
        )


def _sent_bytes(partition: str, write: Write) -> int:
    # A key stands in the body as JSON (6 bytes a unit at most) and in the address (9 bytes at most).
    size = _PART_BYTES + sum(len(k) if k.isascii() else 15 * len(k) for k in (partition, write.key)) * 4
    if isinstance(write, Create | Replace):
        for name, value in write.values.items():
            size += _COLUMN_BYTES + 2 * len(name) + _json_bytes(value)
    return size


def _json_bytes(value: Value) -> int:
    if isinstance(value, str):
        return len(json.dumps(value))
    if isinstance(value, bytes):
        return -(-len(value) // 3) * 4
    return 32
