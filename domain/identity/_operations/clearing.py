"""Removing rows that no longer mean anything, for a daily timer; all of it only keeps the tables small."""

from __future__ import annotations

from datetime import datetime

from domain.identity._model import Tries
from domain.identity._operations.one_time_codes import SENDING_WINDOW
from domain.identity._rows import EMAILS, LOCK_ROW, OTPS, code_from_row, tries_from_row
from domain.ports import Ports
from domain.store import Delete, Row, RowChanged


async def clear_old_codes(*, ports: Ports) -> int:
    """Remove the codes that are too old, with their counts of wrong tries and of messages once those are over.

    How many there were. One walk through the table `otps`; doing it twice is as doing it once.
    """
    at, cleared = ports.clock.now(), 0
    async for row in ports.store.scan(table=OTPS):
        state = code_from_row(row)
        code = state.expires_at is not None and state.expires_at > at
        sending = state.sent_since is not None and state.sent_since + SENDING_WINDOW > at
        if not code and not sending and not _counts(state.tries, at):
            cleared += await _removed(ports, OTPS, row)
    return cleared


async def clear_old_locks(*, ports: Ports) -> int:
    """Remove the counts of wrong passwords that are over; how many there were. One walk through `emails`."""
    at, cleared = ports.clock.now(), 0
    async for row in ports.store.scan(table=EMAILS):
        if row.key == LOCK_ROW and not _counts(tries_from_row(row), at):
            cleared += await _removed(ports, EMAILS, row)
    return cleared


def _counts(tries: Tries, at: datetime) -> bool:
    """Whether one more wrong try would be counted on top of these."""
    return bool(tries.wrong) and (tries.locked_for(at) > 0 or tries.after_wrong(at).wrong > 1)


async def _removed(ports: Ports, table: str, row: Row) -> bool:
    """Whether the row was still as it was read; then it is gone now."""
    write = Delete(row.key, row.etag)
    try:
        await ports.store.commit(table=table, partition=row.partition, writes=[write], write_id=ports.ids.unique())
    except RowChanged:
        return False
    return True
