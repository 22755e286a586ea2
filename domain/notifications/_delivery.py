"""Putting notices into inboxes: exactly once, however often they are delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from domain.notifications._model import Notice, Notification
from domain.notifications._recipients import recipients
from domain.notifications._rows import HEAD, TABLE, read_head, to_values
from domain.notifications._rules import ACTIONS, News, notice_of, rules_for
from domain.ports import Ports
from domain.store import MAX_ROWS_PER_TRANSACTION, Create, RowChanged, RowExists, StorageUnavailable, Value
from domain.timeline import Entry, Plain

ATTEMPTS = 24
AT_ONCE = MAX_ROWS_PER_TRANSACTION - 1  # and the head


def state_of(
    fields: Mapping[str, Plain], parts: Iterable[tuple[str, Mapping[str, Value]]] = ()
) -> dict[str, Plain]:
    """An aggregate's fields and those of its parts' rows (key and columns), as a timeline names them."""
    state = dict(fields)
    for key, values in parts:
        part = key.partition(":")[2]
        state |= {f"{part}.{name}": value for name, value in values.items()}
    return state


def is_news(actions: Iterable[str]) -> bool:
    """Whether there is a rule for entries of any of these actions, so that somebody may have to be told."""
    return any(action in ACTIONS for action in actions)


async def tell(*, ports: Ports, source: str, entries: Sequence[Entry], state: Mapping[str, Plain]) -> None:
    """Tell everybody whom the entries of one transaction concern. `state` is the aggregate after it.

    Doing it again changes nothing: a notice's key comes from its entry, and one that was read stays read. No
    storage request if nobody is concerned, else two for each inbox. Raises StorageUnavailable.
    """
    beside = frozenset(entry.action for entry in entries)
    inboxes: dict[str, dict[str, Notice]] = {}
    for entry in entries:
        news = News(source, entry, state, beside)
        for rule in rules_for(news):
            notice = notice_of(rule, news)
            for person in await recipients(rule, news=news, directory=ports.directory):
                inboxes.setdefault(person, {}).setdefault(notice.key, notice)
    jobs = (deliver(ports=ports, person=p, notices=list(found.values())) for p, found in inboxes.items())
    await asyncio.gather(*jobs)


async def deliver(*, ports: Ports, person: str, notices: Sequence[Notice]) -> int:
    """Put into a person's inbox what isn't in it yet; how many that were. Raises StorageUnavailable."""
    new = 0
    for start in range(0, len(notices), AT_ONCE):
        new += await _put(ports, person, notices[start : start + AT_ONCE])
    return new


async def _put(ports: Ports, person: str, notices: Sequence[Notice]) -> int:
    for attempt in range(ATTEMPTS):
        head = await read_head(store=ports.store, person=person)
        creates = [Create(notice.key, to_values(Notification(notice))) for notice in notices]
        writes = [*creates, head.changed(by=len(creates))]
        try:
            await ports.store.commit(
                table=TABLE, partition=person, writes=writes, write_id=f"told:{ports.ids.unique()}"
            )
            return len(creates)
        except RowExists:  # of the head too: somebody else has put the first notice in
            notices = await _missing(ports, person, notices)
            if not notices:
                return 0
        except RowChanged:
            await ports.pause(attempt)
    raise StorageUnavailable("This inbox is changing too fast at this moment.", retry_after=5)


async def _missing(ports: Ports, person: str, notices: Sequence[Notice]) -> list[Notice]:
    first = min(notice.key for notice in notices)
    rows = ports.store.scan(table=TABLE, partition=person, first=first, before=HEAD)
    last = max(notice.key for notice in notices)
    there = set()
    async for row in rows:
        if row.key > last:
            break
        there.add(row.key)
    return [notice for notice in notices if notice.key not in there]
