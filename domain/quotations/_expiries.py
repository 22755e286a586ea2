"""The index by which the timer finds what may have expired, without looking at every lead.

`expiries` has a row for each quotation, by its last valid day. The row is put before the quotation's own
transaction, so a crash between the two leaves a row too many, never one too few.
"""

from __future__ import annotations

from datetime import date

from domain.quotations._model import Quotation
from domain.store import Create, Delete, Row, RowChanged, RowExists, Store
from domain.timeline import Act
from domain.values import iso

TABLE = "expiries"


async def note_expiry(*, store: Store, quotation: Quotation, act: Act) -> None:
    """Let the timer look at a quotation once its last day is over. Doing it again changes nothing."""
    day = quotation.valid_until.isoformat()
    try:
        await store.commit(
            table=TABLE,
            partition=day,
            writes=[Create(quotation.id, {"at": iso(act.at)})],
            write_id=f"{act.write_id}:expiry",
        )
    except RowExists:
        return


async def due_before(*, store: Store, today: date) -> list[Row]:
    """The rows of all days before this one, oldest first. One request when nothing is due."""
    due = []
    async for row in store.scan(table=TABLE):
        if date.fromisoformat(row.partition) >= today:  # the oldest days come first
            break
        due.append(row)
    return due


async def forget(*, store: Store, row: Row, write_id: str) -> None:
    """The timer needn't look at this one again."""
    try:
        await store.commit(
            table=TABLE, partition=row.partition, writes=[Delete(row.key, row.etag)], write_id=write_id
        )
    except RowChanged:
        return  # another run was faster
