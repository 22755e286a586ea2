"""What the domain asks of a table store: the types of the port and its guarantees (design.md §2).

Every write is conditional: `Create` needs the row's absence, `Replace` and `Delete` need the row as it was
read. There is no upsert, no merge and no unconditional delete, so a lost update can't be written.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Value = str | int | bool | datetime | bytes
"""What a column may hold. Integers are 64-bit, times are aware UTC, an absent value is an absent column."""

MAX_ROWS_PER_TRANSACTION = 100
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
MAX_ROW_BYTES = 1024 * 1024
MAX_TEXT_UNITS = 32_768  # UTF-16 code units in one text value: 64 KiB


@dataclass(frozen=True)
class Row:
    """A stored row. `etag` changes with each write of it and so proves that it wasn't changed."""

    partition: str
    key: str
    values: Mapping[str, Value]
    etag: str


@dataclass(frozen=True)
class Create:
    """Insert; refused with `RowExists` if the row is there."""

    key: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Replace:
    """Write the whole row anew (columns not given are gone); `RowChanged` unless `etag` is current."""

    key: str
    values: Mapping[str, Value]
    etag: str


@dataclass(frozen=True)
class Delete:
    """Remove; `RowChanged` unless the row is there and `etag` is the current one."""

    key: str
    etag: str


Write = Create | Replace | Delete


class Store(Protocol):
    """Tables of rows. All methods raise `StorageUnavailable` when storage doesn't answer."""

    async def get(self, *, table: str, partition: str, key: str) -> Row | None:
        """One row by its key, or None. One storage request."""
        ...

    def scan(
        self, *, table: str, partition: str | None = None, first: str = "", before: str | None = None
    ) -> AsyncIterator[Row]:
        """Rows in (partition, key) order, streamed page by page: one storage request per 1,000 rows.

        `first` and `before` bound the keys (first <= key < before) inside the one `partition`; with
        `partition=None` the whole table is walked and the bounds must be left alone.
        """
        ...

    async def commit(self, *, table: str, partition: str, writes: Sequence[Write], write_id: str) -> None:
        """All writes or none, in one transaction of one partition; one storage request when nothing fails.

        `write_id` is stamped on every created or replaced row in a column `writeId` (reserved: not given in
        `values`, but seen in what `get` and `scan` return) and must be new for each intended change. After
        an ambiguous failure (time-out, cut connection, 5xx) the store re-reads and compares it, so a change
        that did land is answered as landed, once, and one that didn't is tried again a few times.

        Raises RowExists, RowChanged (nothing stored), TransactionTooLarge, ValueNotStorable, KeyNotAllowed
        (before any request), StorageUnavailable (not known).
        """
        ...

    async def create_table(self, *, table: str) -> None:
        """Make the table if it isn't there."""
        ...
