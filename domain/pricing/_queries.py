"""Reads of master data from storage. How a row lies there is in `_rows`; who caches it is `adapters.catalogue`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain.pricing._catalogue import KINDS, Catalogue
from domain.pricing._item import Item
from domain.pricing._plain import from_plain
from domain.pricing._rows import TABLE, is_item, item_of, updated_at_of
from domain.store import Store
from domain.values import moment


async def read_catalogue(store: Store) -> Catalogue:
    """All master data; one scan of the table (1,000 rows per storage request).

    Raises StorageUnavailable; ValueError if a stored row is broken.
    """
    items: dict[str, list[Item]] = {kind: [] for kind in KINDS}
    updated_at = ""
    async for row in store.scan(table=TABLE):
        if is_item(row):
            items[row.partition].append(item_of(row))
            updated_at = max(updated_at, updated_at_of(row))
    return _catalogue(items, updated_at=moment(updated_at) if updated_at else None)


def catalogue_from_plain(plain: Mapping[str, Any]) -> Catalogue:
    """A catalogue from lists of plain rows by kind (a file's, say). ValueError or MasterDataInvalid if broken."""
    if plain.keys() - KINDS.keys():
        raise ValueError(f"unknown kinds of master data: {', '.join(sorted(plain.keys() - KINDS.keys()))}")
    return _catalogue({kind: [from_plain(KINDS[kind], row) for row in rows] for kind, rows in plain.items()})


def _catalogue(items: Mapping[str, Iterable[Item]], **more: Any) -> Catalogue:
    in_order = {
        kind: tuple(sorted(rows, key=lambda row: (row.id, row.effective_from))) for kind, rows in items.items()
    }
    return Catalogue(**in_order, **more)  # type: ignore[arg-type]  # KINDS says which class goes where
