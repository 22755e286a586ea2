"""The index by which the timer finds what may have expired, without looking at every lead.

`expiries` has a row for each quotation, by its last valid day. It is put after the quotation's own transaction and
before the lead's marker goes (docs/adr/0020); the sweep of markers puts those that a crash left out.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from domain.leads import LeadFile, read_file
from domain.ports import Ports
from domain.quotations._model import Quotation
from domain.quotations._rows import quotations_in
from domain.quotations._status import QuotationStatus
from domain.store import Create, Delete, Row, RowChanged, RowExists, Store
from domain.values import iso

TABLE = "expiries"


_MAY_EXPIRE = frozenset({QuotationStatus.CREATED, QuotationStatus.SHARED})


async def note_expiry(*, ports: Ports, quotation: Quotation) -> bool:
    """Let the timer look at a quotation once its last day is over, if it may expire at all; whether that was new.
    Raises StorageUnavailable."""
    if quotation.status not in _MAY_EXPIRE:
        return False
    row = Create(quotation.id, {"at": iso(ports.clock.now())})
    with suppress(RowExists):
        await ports.store.commit(
            table=TABLE,
            partition=quotation.valid_until.isoformat(),
            writes=[row],
            write_id=f"expiry:{ports.ids.unique()}",
        )
        return True
    return False


async def note_expiries(*, ports: Ports, lead_id: str) -> None:
    """After a crash: the same for all quotations of a lead. Raises StorageUnavailable."""
    file = await read_file(store=ports.store, lead_id=lead_id)
    if file:
        await keep_expiries(ports=ports, file=file)


async def keep_expiries(*, ports: Ports, file: LeadFile) -> int:
    """Put what the index lacks of a lead's quotations; how many that were. Raises StorageUnavailable."""
    return sum([await note_expiry(ports=ports, quotation=quotation) for quotation in quotations_in(file)])


def expiries_needed(file: LeadFile, *, today: date | None) -> list[tuple[str, date]]:
    """The lead's quotations that the index has to have, with their last valid days. The timer forgets one that was
    never shared once its day is over: with `today`, those whose day isn't over are asked for too."""
    return [
        (quotation.id, quotation.valid_until)
        for quotation in quotations_in(file)
        if quotation.status is QuotationStatus.SHARED
        or (quotation.status is QuotationStatus.CREATED and today is not None and today <= quotation.valid_until)
    ]


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
