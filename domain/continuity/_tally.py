"""Whether two heaps of items are the same, met in any order and too many to be kept. Pure."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Container

_BUCKETS = 4096
_WORD = 2**64


class Tally:
    """Each item counts up on one side and down on the other; what matches leaves its bucket at nought.

    A bucket holds the sum of its items' digests. One that isn't nought in the end has to be looked into: its
    items are then few enough to be kept.
    """

    def __init__(self) -> None:
        self._sums = array("Q", bytes(8 * _BUCKETS))

    def needed(self, item: str) -> None:
        """The item is on the side that says what there has to be."""
        self._add(item, 1)

    def found(self, item: str) -> None:
        """The item is on the other side."""
        self._add(item, -1)

    def _add(self, item: str, sign: int) -> None:
        digest = _digest(item)
        bucket = digest % _BUCKETS
        self._sums[bucket] = (self._sums[bucket] + sign * digest) % _WORD

    @property
    def suspects(self) -> frozenset[int]:
        """The buckets in which the two sides differ."""
        return frozenset(n for n, total in enumerate(self._sums) if total)


class Unmet:
    """Which items of one heap are missing in another that has many more: nine bytes for each that is needed.

    All that is needed comes first, then what is found.
    """

    def __init__(self) -> None:
        self._needed = array("Q")
        self._found: bytearray | None = None

    def needed(self, item: str) -> None:
        """The item has to be found."""
        self._needed.append(_digest(item))

    def found(self, item: str) -> None:
        """The item is there."""
        digest, marks = _digest(item), self._sorted()
        at = bisect_left(self._needed, digest)
        if at < len(marks) and self._needed[at] == digest:
            marks[at] = 1

    @property
    def suspects(self) -> frozenset[int]:
        """The buckets of what wasn't found."""
        marks = self._sorted()
        return frozenset(digest % _BUCKETS for digest, mark in zip(self._needed, marks, strict=True) if not mark)

    def _sorted(self) -> bytearray:
        if self._found is None:
            self._needed = array("Q", sorted(self._needed))
            self._found = bytearray(len(self._needed))
        return self._found


def is_in(item: str, buckets: Container[int]) -> bool:
    """Whether the item belongs to one of these buckets."""
    return _digest(item) % _BUCKETS in buckets


def _digest(item: str) -> int:
    return int.from_bytes(hashlib.blake2b(item.encode(), digest_size=8).digest())
