"""Writes of master data. An admin's changes of single rows come later; how a row lies in storage is in `_rows`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.pricing._catalogue import KINDS, Catalogue
from domain.pricing._item import Item
from domain.pricing._rows import TABLE, columns_of, item_key
from domain.store import MAX_ROWS_PER_TRANSACTION, Create, Store
from domain.values import iso


async def load_catalogue(*, store: Store, catalogue: Catalogue, write_id: str, at: datetime) -> int:
    """Create the rows of a catalogue that storage doesn't have; what is there stays as it is.

    `at` (aware) is entered as the time of writing; `write_id` is new for each intended load. The number of
    created rows is returned. Kill it at any point and run it again. Raises RowExists if another load made the
    same rows meanwhile (run it again), StorageUnavailable.
    """
    created = 0
    for kind in KINDS:
        present = {row.key async for row in store.scan(table=TABLE, partition=kind)}
        missing = [item for item in catalogue.of_kind(kind) if item_key(item) not in present]
        for start in range(0, len(missing), MAX_ROWS_PER_TRANSACTION):
            batch = missing[start : start + MAX_ROWS_PER_TRANSACTION]
            await _create(store, kind, batch, f"{write_id}-{kind}-{start}", at)
            created += len(batch)
    return created


async def _create(store: Store, kind: str, batch: Sequence[Item], write_id: str, at: datetime) -> None:
    writes = [Create(item_key(item), columns_of(item, updated_at=iso(at))) for item in batch]
    await store.commit(table=TABLE, partition=kind, writes=writes, write_id=write_id)
