"""One page of a list, by offset or onward from where a cursor points. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Key = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where a walk through a list stands: behind `after`. `began` is the moment of its first page, and `young`
    the versions, as that page knew them, of leads that had just been changed."""

    after: Key
    began: str = ""
    young: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """Which page is asked for. With a `place` the offset doesn't count."""

    limit: int
    offset: int = 0
    place: Place | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    """The items, how many there are in all, how many stand before these, and where the walk goes on."""

    items: Sequence[T]
    total: int
    offset: int
    next: Place | None = None


def page_of(found: Sequence[T], wish: Wish, *, key: Callable[[T], Key], reverse: bool = False) -> Page[T]:
    """A page of `found`, which is in the order of `key`, smallest first; `reverse` walks from its end."""
    start = wish.offset if wish.place is None else _behind(found, wish.place.after, key, reverse)
    items = cut(found, start, wish.limit, reverse)
    more = start + len(items) < len(found) and bool(items)
    following = Place(key(items[-1]), *_began(wish)) if more else None
    return Page(items, len(found), start, following)


def cut(found: Sequence[T], start: int, limit: int, reverse: bool) -> Sequence[T]:
    """`limit` of them from the `start`th on, counted from the end if reversed."""
    if not reverse:
        return found[start : start + limit]
    high = max(len(found) - start, 0)
    return found[max(high - limit, 0) : high][::-1]


def _behind(found: Sequence[T], after: Key, key: Callable[[T], Key], reverse: bool) -> int:
    key_of: Any = key
    if reverse:
        return len(found) - bisect_left(found, after, key=key_of)
    return bisect_right(found, after, key=key_of)


def _began(wish: Wish) -> tuple[str, Mapping[str, int]]:
    return (wish.place.began, wish.place.young) if wish.place else ("", {})
