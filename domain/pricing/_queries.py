"""Reads of master data. How a row lies in storage is in `_rows`; who caches it is `adapters.catalogue`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from domain.pricing._catalogue import KINDS, Catalogue
from domain.pricing._file import read_file
from domain.pricing._item import Item
from domain.pricing._plain import from_plain
from domain.pricing._rows import PARTITION, TABLE
from domain.pricing.errors import MasterDataNotFound
from domain.store import Store
from domain.timeline import FIRST_ENTRY, Entry, entry_from_row


async def read_catalogue(store: Store) -> Catalogue:
    """All master data: one request for each 1,000 rows.

    Raises StorageUnavailable; ValueError if a stored row is broken.
    """
    return (await read_file(store)).catalogue()


def catalogue_from_plain(plain: Mapping[str, Any]) -> Catalogue:
    """A catalogue from lists of plain rows by kind (a file's, say). ValueError or MasterDataInvalid if broken."""
    if plain.keys() - KINDS.keys():
        raise ValueError(f"unknown kinds of master data: {', '.join(sorted(plain.keys() - KINDS.keys()))}")
    return _catalogue({kind: [from_plain(KINDS[kind], row) for row in rows] for kind, rows in plain.items()})


async def entries(store: Store) -> AsyncIterator[Entry]:
    """The whole timeline of the master data, oldest first."""
    async for row in store.scan(table=TABLE, partition=PARTITION, first=FIRST_ENTRY):
        yield entry_from_row(row)


async def history_of(*, store: Store, kind: str, item_id: str) -> list[Entry]:
    """The entries that concern an item, oldest first, with only what they say of it. Raises MasterDataNotFound if
    there is none: each item was brought in by one."""
    prefix = f"{kind}.{item_id}."
    found = []
    async for entry in entries(store):
        changes = tuple(change for change in entry.changes if change.field.startswith(prefix))
        if changes:
            found.append(_of_item(entry, changes))
    if not found:
        raise MasterDataNotFound(f"There is no {item_id[:70]} in {kind[:40]}.")
    return found


def _of_item(entry: Entry, changes: tuple[Any, ...]) -> Entry:
    return Entry(**{**vars(entry), "changes": changes})


def _catalogue(items: Mapping[str, Iterable[Item]], **more: Any) -> Catalogue:
    in_order = {
        kind: tuple(sorted(rows, key=lambda row: (row.id, row.effective_from))) for kind, rows in items.items()
    }
    return Catalogue(**in_order, **more)  # type: ignore[arg-type]  # KINDS says which class goes where
