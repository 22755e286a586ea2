"""All quotations, one after the other, for commands that go through everything. Nobody's requests come here."""

from __future__ import annotations

from collections.abc import AsyncIterator

from domain.leads import TABLE
from domain.quotations._model import Quotation
from domain.quotations._rows import PREFIX, quotation_from_row
from domain.store import Store


async def every_quotation(store: Store) -> AsyncIterator[Quotation]:
    """Every stored quotation by lead, streamed page by page. Raises StorageUnavailable."""
    async for row in store.scan(table=TABLE):
        if row.key.startswith(PREFIX):
            yield quotation_from_row(row)
