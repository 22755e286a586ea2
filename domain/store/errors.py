"""What can go wrong with storage, in words that don't depend on the storage."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, Unavailable


class RowChanged(Conflict):
    """A row that a transaction was based on is no longer what it was (or is gone). Nothing was stored."""


class RowExists(Conflict):
    """A row that a transaction was to create is there already. Nothing was stored."""


class TransactionTooLarge(Invalid):
    """More than 100 rows, or more than 4 MiB, in one transaction. Nothing was stored."""


class ValueNotStorable(Invalid):
    """A text over 32,768 UTF-16 units, a row over 1 MiB, an integer beyond 64 bits. Nothing was stored."""


class KeyNotAllowed(Invalid):
    """A key with `/ \\ # ?`, a control character, or over 1 KiB. Nothing was stored."""


class StorageUnavailable(Unavailable):
    """Storage doesn't answer, and it isn't known whether anything was stored."""


class ReadOnlyStandby(StorageUnavailable):
    """This process serves a copy of the data and may only read. Nothing was stored."""


class WritesFenced(StorageUnavailable):
    """Another instance is the one that writes now (ADR 26). Nothing was stored."""
