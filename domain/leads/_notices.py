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
from domain.timeline import Entry

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
    await notifications.tell_again(ports=ports, table=TABLE, source=lead_id, write_ids=write_ids)
