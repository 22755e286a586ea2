"""Walking a list of leads while others change it: the walk keeps the order that stood when it began, so no lead
is lost or met twice (api.md "lists"). Where a changed lead stood then, its timeline tells."""

from __future__ import annotations

import asyncio
from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from domain.leads import TABLE
from domain.lists._collection import KEYS, Collection, SortBy, key_of_values
from domain.lists._listed import Listed
from domain.lists._page import Page, Place, Wish, page_of
from domain.lists._part import Key
from domain.lists._portions import kept
from domain.store import Store
from domain.timeline import FIRST_ENTRY, entry_from_row, fold
from domain.values import iso, moment

YOUNG = timedelta(seconds=5)
"""A change may bear a moment this much earlier than it could be read."""

_MOST_YOUNG = 64
_AT_ONCE = 32  # timelines that one page reads at the same time


@dataclass(frozen=True)
class Order:
    """What a list is sorted by; `reverse` is from the largest to the smallest."""

    sort_by: SortBy = SortBy.FOLLOW_UP
    reverse: bool = False


async def walk(
    *, store: Store, found: Sequence[Listed], among: Collection, order: Order, wish: Wish, now: datetime
) -> Page[Listed]:
    """A page of the leads `found` in the collection, which are in order: no request, or one for each lead that was
    changed since the walk began, some at the same time."""
    now_key = KEYS[order.sort_by]
    if wish.place is None:
        page = page_of(found, wish, key=now_key, reverse=order.reverse)
        young = among.changed_since(iso(now - YOUNG)) if page.next else ()
        return replace(page, next=_begun(page.next, _of(found, young, now_key), now)) if page.next else page
    if order.sort_by is SortBy.CREATED:  # this never changes
        return page_of(found, wish, key=now_key, reverse=order.reverse)
    found = list(found)  # it may be the collection's own, which goes on while the storage is asked
    changed = _of(found, among.changed_since(iso(moment(wish.place.began) - YOUNG)), now_key)
    keys = await _keys_then(store, changed, order.sort_by, wish.place)

    def key(listed: Listed) -> Key:
        return keys.get(listed.id) or now_key(listed)

    if keys:
        found = await kept(found, lambda e: e.id not in keys)
        for listed in changed:
            if keys.get(listed.id):
                insort(found, listed, key=key)
    return page_of(found, wish, key=key, reverse=order.reverse)


def _of(found: Sequence[Listed], some: Sequence[Listed], key: Callable[[Listed], Key]) -> list[Listed]:
    """Which of some leads are among those found, without looking at all of these."""
    places = ((e, bisect_left(found, key(e), key=key)) for e in some)
    return [e for e, at in places if at < len(found) and found[at] is e]


def _begun(place: Place, young: Sequence[Listed], now: datetime) -> Place:
    return replace(place, began=iso(now), young={e.id: e.version for e in young[-_MOST_YOUNG:]})


async def _keys_then(
    store: Store, found: Sequence[Listed], sort_by: SortBy, place: Place
) -> Mapping[str, Key | None]:
    """The keys, when the walk began, of leads that may have been changed since; None if it wasn't there yet."""
    since = iso(moment(place.began) - YOUNG)
    changed = [e for e in found if place.young.get(e.id) != e.version]
    fresh = [e for e in changed if e.created > since and e.id not in place.young]
    others = [e for e in changed if not (e.created > since and e.id not in place.young)]
    places = asyncio.Semaphore(_AT_ONCE)

    async def key_of(listed: Listed) -> Key:
        async with places:
            return await _key_then(store, listed.id, sort_by, since, place.young.get(listed.id))

    keys = await asyncio.gather(*map(key_of, others))
    return {e.id: None for e in fresh} | {e.id: key for e, key in zip(others, keys, strict=True)}


async def _key_then(store: Store, lead_id: str, sort_by: SortBy, since: str, version: int | None) -> Key:
    rows = store.scan(table=TABLE, partition=lead_id, first=FIRST_ENTRY)
    entries = [entry_from_row(row) async for row in rows]
    then = [e for e in entries if (iso(e.at) <= since if version is None else e.version <= version)] or entries[:1]
    values: dict[str, Any] = fold(then)
    values["updatedAt"] = iso(then[-1].at)
    return key_of_values(sort_by, values, lead_id)
