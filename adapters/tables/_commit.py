"""One transaction until it is known to have landed, to have been refused, or not known after all."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

from adapters.storage import FAILURES, Unanswered, unavailable
from adapters.tables._failures import meaning_of
from adapters.tables._wire import Wire
from domain.store import Create, Delete, Replace, Row, RowChanged, RowExists, Write

_ATTEMPTS = 3

Read = Callable[[str], Awaitable[Row | None]]


async def land(
    wire: Wire, *, table: str, partition: str, writes: Sequence[Write], write_id: str, read: Read
) -> None:
    """Submit the checked `writes`; `read` gets a row of the partition by its key."""
    in_doubt = False
    for attempt in range(_ATTEMPTS):
        try:
            await _submit(wire, table, partition, writes)
        except Unanswered:
            in_doubt = True
        except (RowExists, RowChanged):
            # After a doubtful attempt this may be our own write, met late.
            if in_doubt and await _landed(writes, write_id, read):
                return
            raise
        else:
            return
        if await _landed(writes, write_id, read):
            return
        if attempt + 1 < _ATTEMPTS:
            await asyncio.sleep(random.uniform(0.02, 0.06) * 2**attempt)  # noqa: S311 - not a secret
    raise unavailable()


async def _submit(wire: Wire, table: str, partition: str, writes: Sequence[Write]) -> None:
    # Always the transaction, even for one write: it travels as a POST. A single replace or delete is a PUT or
    # DELETE, which aiohttp itself sends again, unseen, when a kept-open connection turns out to be closed.
    try:
        await wire.transact(table, partition, writes)
    except FAILURES as failure:
        raise meaning_of(failure) from failure


async def _landed(writes: Sequence[Write], write_id: str, read: Read) -> bool:
    """Whether a transaction in doubt is stored.

    The anchor is the last created row if there is one: entries are never rewritten, so its write id is proof
    for ever. A replaced row may bear a later writer's id by now although ours landed in between; then the
    next attempt is refused as RowChanged, and the use case, run again on fresh rows, finds its values there.
    Every change that leaves an entry has a created row, so this is left to bookkeeping rows.
    """
    created = [write for write in writes if isinstance(write, Create)]
    anchor = created[-1] if created else next((w for w in writes if isinstance(w, Replace)), None)
    if anchor is None:
        rows = await asyncio.gather(*(read(write.key) for write in writes if isinstance(write, Delete)))
        return not any(rows)
    row = await read(anchor.key)
    return row is not None and row.values.get("writeId") == write_id
