"""Walking a list of leads while others change it: the walk keeps the order that stood when it began, so no lead
is lost or met twice (api.md "lists"). Where a changed lead stood then, its timeline tells."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from domain.leads import TABLE
from domain.lists._collection import KEYS, Key, SortBy, key_of_values
from domain.lists._listed import Listed
from domain.lists._page import Page, Place, Wish, page_of
from domain.store import Store
from domain.timeline import FIRST_ENTRY, entry_from_row, fold
from domain.values import iso, moment

YOUNG = timedelta(seconds=5)
"""A change may bear a moment this much earlier than it could be read."""

_MOST_YOUNG = 64


@dataclass(frozen=True)
class Order:
    """What a list is sorted by; `reverse` is from the largest to the smallest."""

    sort_by: SortBy = SortBy.FOLLOW_UP
    reverse: bool = False


async def walk(*, store: Store, found: Sequence[Listed], order: Order, wish: Wish, now: datetime) -> Page[Listed]:
    """A page of the leads `found`, which are in order: no request, or one for each lead that was changed since
    the walk began, all at once."""
    if wish.place is None:
        page = page_of(found, wish, key=KEYS[order.sort_by], reverse=order.reverse)
        return replace(page, next=_begun(page.next, found, now)) if page.next else page
    if order.sort_by is SortBy.CREATED:  # this never changes
        return page_of(found, wish, key=KEYS[order.sort_by], reverse=order.reverse)
    found = list(found)  # it may be the collection's own, which goes on while the storage is asked
    keys = await _keys_then(store, found, order.sort_by, wish.place)
    present = [e for e in found if keys.get(e.id, _AS_NOW) is not None]

    def key(listed: Listed) -> Key:
        return keys.get(listed.id) or KEYS[order.sort_by](listed)

    return page_of(sorted(present, key=key) if keys else present, wish, key=key, reverse=order.reverse)


_AS_NOW: Key = ("", "")


def _begun(place: Place, found: Sequence[Listed], now: datetime) -> Place:
    since = iso(now - YOUNG)
    young = sorted((e for e in found if e.updated > since), key=lambda e: e.updated)[-_MOST_YOUNG:]
    return replace(place, began=iso(now), young={e.id: e.version for e in young})


async def _keys_then(
    store: Store, found: Sequence[Listed], sort_by: SortBy, place: Place
) -> Mapping[str, Key | None]:
    """The keys, when the walk began, of the leads that were changed since; None if it wasn't there yet."""
    since = iso(moment(place.began) - YOUNG)
    changed = [e for e in found if e.updated > since and place.young.get(e.id) != e.version]
    fresh = [e for e in changed if e.created > since and e.id not in place.young]
    others = [e for e in changed if not (e.created > since and e.id not in place.young)]
    keys = await asyncio.gather(*(_key_then(store, e.id, sort_by, since, place.young.get(e.id)) for e in others))
    return {e.id: None for e in fresh} | {e.id: key for e, key in zip(others, keys, strict=True)}


async def _key_then(store: Store, lead_id: str, sort_by: SortBy, since: str, version: int | None) -> Key:
    rows = store.scan(table=TABLE, partition=lead_id, first=FIRST_ENTRY)
    entries = [entry_from_row(row) async for row in rows]
    then = [e for e in entries if (iso(e.at) <= since if version is None else e.version <= version)] or entries[:1]
    values: dict[str, Any] = fold(then)
    values["updatedAt"] = iso(then[-1].at)
    return key_of_values(sort_by, values, lead_id)
