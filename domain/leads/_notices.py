"""Telling people of what happened to a lead: the entries of its transactions are the outbox (docs/adr/0023).

Who is told what is decided in `domain.notifications`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from domain import notifications
from domain.leads._model import Lead, plain
from domain.leads._rows import TABLE
from domain.ports import Ports
from domain.store import Row
from domain.timeline import FIRST_ENTRY, Entry, entry_from_row, fold

_EARNED = "commission:"


async def tell(*, ports: Ports, lead: Lead, parts: Mapping[str, Row], entries: Sequence[Entry]) -> None:
    """Tell whom the entries of a transaction concern; lead and parts are as it left them.

    Raises StorageUnavailable.
    """
    earned = ((key, row.values) for key, row in parts.items() if key.startswith(_EARNED))
    state = notifications.state_of(plain(lead), earned)
    await notifications.tell(ports=ports, source=lead.id, entries=entries, state=state)


async def tell_again(*, ports: Ports, lead_id: str, write_ids: Collection[str]) -> None:
    """Tell what was stored under these write ids, as it was then: who was told already isn't told twice.

    One walk through the timeline. Raises StorageUnavailable.
    """
    rows = [row async for row in ports.store.scan(table=TABLE, partition=lead_id, first=FIRST_ENTRY)]
    entries = [entry_from_row(row) for row in rows]
    written = {int(str(row.values["version"])) for row in rows if row.values["writeId"] in write_ids}
    for version in sorted(written):
        told = [entry for entry in entries if entry.version == version]
        state = fold(entry for entry in entries if entry.version <= version)
        await notifications.tell(ports=ports, source=lead_id, entries=told, state=state)
