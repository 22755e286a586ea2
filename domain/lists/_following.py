"""Following the feed of changes: what a reader has of each log, and where its next look begins (docs/adr/0020)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import leads
from domain.lists._collection import Collection
from domain.store import Store

OVERLAP = timedelta(minutes=2)
"""How far before a loaded copy's moment its first look begins: that moment was told by another clock, and a change
can be some seconds late. Later looks need no such thing."""

_SLICE = timedelta(seconds=20)
_MOST_SLICES = 32
"""Who was away for long reads slices of the logs at the same time, not one thousand rows after the other."""


@dataclass(frozen=True)
class _Mark:
    """All changes of a log with keys below `first` are taken. Those below `complete_to` had ended before the last
    look did: the next look, which begins later, finds them all, and the one after it needn't ask for them.

    Why not at once: a look isn't one moment. What a later page of it tells says nothing about an earlier page.
    """

    first: str
    complete_to: str

    def after(self, changes: Sequence[leads.Change]) -> _Mark:
        """Once a look from `first` on has found these."""
        return _Mark(self.complete_to, max([self.complete_to, *(change.complete_to for change in changes)]))


_Read = tuple[str, _Mark, list[leads.Change]]
"""A log, where the look at it began, and what it found."""


class Follower:
    """Brings one copy of all leads up to date, look by look. Looks must not overlap."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        """The moment of the last look."""
        self._marks: dict[str, _Mark] = {}
        self._unread = leads.feed_key(since - OVERLAP)  # where a log that isn't known yet is begun
        self._revealed: set[str] | None = None  # imports whose leads are all there; None before the first look

    async def look(
        self,
        *,
        store: Store,
        collection: Collection,
        now: datetime,
        signs: leads.Signs | None = None,
    ) -> int:
        """Take over every change that was answered before this was called; how many leads changed. One hop, and a
        second one if a process has begun a log; `signs` are the logs if somebody has asked for them already.

        Leads of an import that isn't complete are hidden in the collection; revealing them takes two hops, once.
        Raises StorageUnavailable, and then the next look begins where this one did.
        """
        asked, known = signs is not None, frozenset[str]()
        while True:
            signs, read = await self._read(store, now, signs)
            met = self._met(collection, read)
            if not any(_in_doubt(name, signs, asked=asked, known=known, now=now) for name in met):
                break
            known, asked = met, True
            signs = await leads.logs_since(store=store, at=self.since)
        ended = leads.feed_key(now - leads.CLOSED)
        self._marks = {log: mark.after(changes) for log, mark, changes in read if log >= ended}
        self.since = now
        changed = self._settle(collection, met, signs)
        return changed + sum(collection.take(change.summary) for _, _, changes in read for change in changes)

    async def _read(
        self, store: Store, now: datetime, signs: leads.Signs | None
    ) -> tuple[leads.Signs, list[_Read]]:
        """What the logs hold since the last look."""
        said, read = await asyncio.gather(
            leads.logs_since(store=store, at=self.since) if signs is None else _known(signs),
            _read(store, self._marks, self.since, now),
        )
        fresh = {log: self._begun() for log in said.logs if log not in self._marks}
        return said, read + await _read(store, fresh, self.since, now)

    def _met(self, collection: Collection, read: list[_Read]) -> frozenset[str]:
        """The imports of leads that are here, and haven't all been seen to be here."""
        told = {change.summary.imported for _, _, changes in read for change in changes} - {""}
        if self._revealed is None:
            return frozenset(told | collection.imports())
        return frozenset((told | {s.imported for s in collection.hidden()}) - self._revealed)

    def _settle(self, collection: Collection, met: frozenset[str], signs: leads.Signs) -> int:
        hidden = {name for name in met if signs.imports.get(name) is False}
        for name in hidden:
            collection.hide(name)
        self._revealed = (self._revealed or set()) | (met - hidden)
        return sum([collection.reveal(name) for name in met - hidden])

    def _begun(self) -> _Mark:
        return _Mark(self._unread, self._unread)


async def _known(signs: leads.Signs) -> leads.Signs:
    return signs


def _in_doubt(name: str, signs: leads.Signs, *, asked: bool, known: frozenset[str], now: datetime) -> bool:
    """Whether some of an import's leads may be missing although its sign doesn't hide it, because the sign was read
    beside the logs, or before it was put. `asked`: the sign was read before the logs; `known` are the imports of
    which leads had been met by then."""
    shown = signs.imports.get(name)
    if shown is None:
        return name not in known and leads.is_young(name, now=now)
    return shown and not asked


async def _read(store: Store, marks: Mapping[str, _Mark], since: datetime, now: datetime) -> list[_Read]:
    """What is new in each of the logs, all at the same time."""
    most = max(_MOST_SLICES // max(len(marks), 1), 1)
    found = await asyncio.gather(
        *(_changes(store, log, [mark.first, *_edges(log, since, now, most)]) for log, mark in marks.items())
    )
    return [(log, mark, changes) for (log, mark), changes in zip(marks.items(), found, strict=True)]


async def _changes(store: Store, log: str, bounds: list[str]) -> list[leads.Change]:
    """What a log holds from the first of the bounds on."""
    found = await asyncio.gather(
        *(
            leads.changes_between(store=store, log=log, first=first, before=before)
            for first, before in zip(bounds, [*bounds[1:], None], strict=True)
        )
    )
    return [change for part in found for change in part]


def _edges(log: str, since: datetime, now: datetime, most: int) -> list[str]:
    """Where a log is cut for one who was away since then, and has that time to make up. What different clocks make
    of it doesn't matter: all slices together are the whole."""
    born = leads.feed_moment(log)
    start, end = max(since, born), min(now, born + leads.CLOSED)
    count = min(int((end - start) / _SLICE), most)
    return [leads.feed_key(start + (end - start) / count * number) for number in range(1, count)]
