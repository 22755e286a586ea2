"""That nobody goes untold: a marker from before a transaction until all whom it concerns have been told
(docs/adr/0023).

Leads have markers of their own, which also stand for their views; these are for customers and people.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from domain.errors import DomainError
from domain.notifications._delivery import is_news, tell
from domain.ports import Ports
from domain.store import Create, Delete, Row, RowChanged, RowExists
from domain.timeline import FIRST_ENTRY, Act, Entry, Plain, entry_from_row, fold
from domain.values import iso, moment

TABLE = "views"
PARTITION = "untold"

_OLD_ENOUGH = timedelta(seconds=10)
"""A marker older than this is looked after: the request that put it has stopped, or is very slow."""

_OUTLIVED = timedelta(minutes=5)
"""No request lives this long, so nothing can be stored under the marker any more and it may go."""


@dataclass
class Announcement:
    """The news that one act may enter on one timeline (a partition of `table`): a marker first, then the telling.

    Begin it with `expect` beside what is read anyway, so that the marker costs no hop. Exactly one of `tell`,
    `tell_again` and `drop` follows, or none if whether the change landed isn't known: then the sweep tells.
    """

    ports: Ports
    table: str
    source: str
    act: Act
    _marked: asyncio.Future[bool] | None = field(default=None, init=False)

    def expect(self) -> None:
        """Put the marker. Once is enough."""
        self._marked = self._marked or asyncio.ensure_future(self._mark())

    async def certain(self, *actions: str) -> None:
        """Before the transaction: if it enters what anybody is told of, the marker is there.

        Raises StorageUnavailable."""
        if is_news(actions):
            self.expect()
        if self._marked:
            await self._marked

    def tell(self, entries: Sequence[Entry], state: Mapping[str, Plain]) -> None:
        """After the answer: tell whom these entries concern; `state` is the aggregate after them."""
        if self._marked and is_news(entry.action for entry in entries):
            self.ports.later(self._tell(entries, state))
        else:
            self.drop()

    def tell_again(self) -> None:
        """The change landed before. Whoever carried it out may have died before anybody was told."""
        if self._marked:
            self.ports.later(self._tell_again())

    def drop(self) -> None:
        """Nothing was changed, so nobody has to be told."""
        if self._marked:
            self.ports.later(self._drop())

    @property
    def _key(self) -> str:
        return f"{self.table}:{self.source}:{self.act.write_id}"

    async def _mark(self) -> bool:
        """False if the same request has put it before, and may have died after its change."""
        try:
            await self.ports.store.commit(
                table=TABLE,
                partition=PARTITION,
                writes=[Create(self._key, {"at": iso(self.act.at)})],
                write_id=self.act.write_id,
            )
        except RowExists:
            return False
        return True

    async def _tell(self, entries: Sequence[Entry], state: Mapping[str, Plain]) -> None:
        try:
            await tell(ports=self.ports, source=self.source, entries=entries, state=state)
            await _unmark(self.ports, self._key)
        except DomainError:
            return  # the marker stays, and the sweep does the rest

    async def _tell_again(self) -> None:
        try:
            await tell_again(ports=self.ports, table=self.table, source=self.source, write_ids={self.act.write_id})
            await _unmark(self.ports, self._key)
        except DomainError:
            return  # the same

    async def _drop(self) -> None:
        try:
            if self._marked and await self._marked:
                await _unmark(self.ports, self._key)
        except DomainError:
            return  # storage is down: the sweep removes it


async def tell_again(*, ports: Ports, table: str, source: str, write_ids: Collection[str]) -> bool:
    """Tell what was stored under these write ids, as it was then: who was told already isn't told twice. Whether
    anything was stored under them.

    One walk through the timeline. Raises StorageUnavailable.
    """
    rows = [row async for row in ports.store.scan(table=table, partition=source, first=FIRST_ENTRY)]
    entries = [entry_from_row(row) for row in rows]
    written = {int(str(row.values["version"])) for row in rows if row.values["writeId"] in write_ids}
    for version in sorted(written):
        told = [entry for entry in entries if entry.version == version]
        state = fold(entry for entry in entries if entry.version <= version)
        await tell(ports=ports, source=source, entries=told, state=state)
    return bool(written)


async def mark_again(*, ports: Ports, table: str, rows: Iterable[Row], since: str) -> int:
    """Put the markers that a copy may lack: under the write id of each news since that moment, so that the sweep
    tells of it. `rows` are an aggregate's whole partition. How many there were. Raises StorageUnavailable."""
    entries = [row for row in rows if row.key >= FIRST_ENTRY and str(row.values["at"]) >= since]
    told = [row for row in entries if is_news([str(row.values["action"])])]
    news = {(row.partition, str(row.values["writeId"])): str(row.values["at"]) for row in told}
    for (source, write_id), at in sorted(news.items()):
        marker = Create(f"{table}:{source}:{write_id}", {"at": at})
        with suppress(RowExists):
            await ports.store.commit(table=TABLE, partition=PARTITION, writes=[marker], write_id=write_id)
    return len(news)


async def sweep(*, ports: Ports) -> int:
    """Tell what a crash has left untold; how many markers were brought to an end.

    One that can't be brought to its end doesn't keep the others waiting; what it raised is raised at the end.
    """
    now, done = ports.clock.now(), 0
    failed: list[DomainError] = []
    markers = [row async for row in ports.store.scan(table=TABLE, partition=PARTITION)]
    for marker in markers:
        age = now - moment(str(marker.values["at"]))
        if age < _OLD_ENOUGH:
            continue
        try:
            if await _told(ports, marker) or age >= _OUTLIVED:
                await _unmark(ports, marker.key)
                done += 1
        except DomainError as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return done


async def _told(ports: Ports, marker: Row) -> bool:
    table, source, write_id = marker.key.split(":", 2)
    return await tell_again(ports=ports, table=table, source=source, write_ids={write_id})


async def _unmark(ports: Ports, key: str) -> None:
    row = await ports.store.get(table=TABLE, partition=PARTITION, key=key)
    if row:
        try:
            writes = [Delete(key, row.etag)]
            await ports.store.commit(table=TABLE, partition=PARTITION, writes=writes, write_id=ports.ids.unique())
        except RowChanged:
            return  # the sweep was faster
