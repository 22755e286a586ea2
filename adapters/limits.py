"""How often one client address may do what is sensitive, over all instances, without a hop for each request."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import DomainError
from domain.ports import Ports
from domain.store import Create, Delete, Replace, RowChanged, RowExists
from domain.values import iso, moment

TABLE = "limits"
WINDOW = timedelta(minutes=1)
MAX_REMEMBERED = 10_000
_ATTEMPTS = 8

Key = tuple[str, str]
"""A budget's name and a client address."""


@dataclass
class _Count:
    """Admitted requests of one window: `shared` as the table said last, and ours that it doesn't know yet."""

    shared: int = 0
    unsent: int = 0
    sending: bool = False


class AddressLimits:
    """`functions.edge.Limits` with fixed windows of a minute, by the clock.

    Each instance counts what it admits. After each tenth of the limit it adds its count to a row that all
    instances share, and learns theirs from it: after the answer, so no request waits for it, and an address
    that stays below a tenth never costs a storage request. So one instance holds the limit exactly, and each
    further one can let at most about a fifth of it pass besides. When storage doesn't answer, each instance
    goes on counting alone.
    """

    def __init__(self, *, ports: Ports, per_minute: int, capacity: int = MAX_REMEMBERED) -> None:
        self._ports = ports
        self._limit = per_minute
        self._batch = max(1, per_minute // 10)
        self._capacity = capacity
        self._window = datetime.min
        self._counts: OrderedDict[Key, _Count] = OrderedDict()

    def admit(self, *, budget: str, address: str) -> int:
        """0 if the request may go on, and it is counted; else in how many seconds to try again."""
        now = self._ports.clock.now()
        self._turn_to(now.replace(second=0, microsecond=0))
        count = self._counts.setdefault((budget, address), _Count())
        self._counts.move_to_end((budget, address))
        if len(self._counts) > self._capacity:
            self._counts.popitem(last=False)
        if count.shared + count.unsent >= self._limit:
            return math.ceil((self._window + WINDOW - now).total_seconds()) or 1
        count.unsent += 1
        if count.unsent >= self._batch and not count.sending:
            count.sending = True
            self._ports.later(self._share((budget, address), count, self._window))
        return 0

    def _turn_to(self, window: datetime) -> None:
        if window != self._window:
            self._window = window
            self._counts.clear()

    async def _share(self, key: Key, count: _Count, window: datetime) -> None:
        try:
            for attempt in range(_ATTEMPTS):
                sent = count.unsent
                total = await self._added("|".join(key), iso(window), sent)
                if total is not None:
                    count.shared, count.unsent = total, count.unsent - sent
                    return
                await self._ports.pause(attempt)
        except DomainError:
            return  # this instance goes on counting alone
        finally:
            count.sending = False

    async def _added(self, partition: str, key: str, more: int) -> int | None:
        """The count of all instances after adding ours; None if another one was faster."""
        row = await self._ports.store.get(table=TABLE, partition=partition, key=key)
        total = more + (int(str(row.values["count"])) if row else 0)
        write = Replace(key, {"count": total}, row.etag) if row else Create(key, {"count": total})
        try:
            await self._ports.store.commit(
                table=TABLE, partition=partition, writes=[write], write_id=self._ports.ids.unique()
            )
        except (RowChanged, RowExists):
            return None
        return total


async def clear_old_counts(*, ports: Ports) -> int:
    """Remove the counts of windows that are over, for a daily timer; how many there were."""
    over, cleared = ports.clock.now() - 2 * WINDOW, 0
    async for row in ports.store.scan(table=TABLE):
        if moment(row.key) < over:
            try:
                await ports.store.commit(
                    table=TABLE,
                    partition=row.partition,
                    writes=[Delete(row.key, row.etag)],
                    write_id=ports.ids.unique(),
                )
            except RowChanged:
                continue  # another run of the timer was faster
            cleared += 1
    return cleared
