"""Writes of master data: each is one transaction with its timeline entries. What they do is in `_decisions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.ports import Ports
from domain.pricing._bulk import MAX_CHANGED, imported, loaded
from domain.pricing._catalogue import KINDS, Catalogue
from domain.pricing._decisions import deactivated_item, edited_item, new_item
from domain.pricing._file import CatalogueFile, change_catalogue, read_file, transaction
from domain.pricing._item import Item
from domain.pricing._rows import PARTITION, TABLE, item_key
from domain.pricing.errors import MasterDataNotFound
from domain.store import Store
from domain.timeline import Act
from domain.values import day_in_india, system


async def add_item(
    *, ports: Ports, kind: str, item_id: str | None, given: Mapping[str, Any], act: Act
) -> tuple[CatalogueFile, str]:
    """Add an item; its id is made where none is given. `given` are fields by their names in the API.

    Raises MasterDataNotFound (the kind), MasterDataExists, MasterDataInvalid, StorageUnavailable.
    """
    checked_kind(kind)
    today = day_in_india(act.at)
    file, made = await change_catalogue(
        ports=ports,
        act=act,
        decide=lambda file: new_item(file, kind=kind, item_id=item_id, given=given, act=act, today=today),
    )
    return file, str(made)


async def edit_item(*, ports: Ports, kind: str, item_id: str, given: Mapping[str, Any], act: Act) -> CatalogueFile:
    """Give an item other values from a day on (critical).

    Raises MasterDataNotFound, VersionRequired, VersionStale, MasterDataInvalid, StorageUnavailable.
    """
    checked_kind(kind)
    today = day_in_india(act.at)
    file, _ = await change_catalogue(
        ports=ports,
        act=act,
        decide=lambda file: edited_item(file, kind=kind, item_id=item_id, given=given, act=act, today=today),
    )
    return file


async def deactivate_item(*, ports: Ports, kind: str, item_id: str, reason: str | None, act: Act) -> CatalogueFile:
    """See to it that an item can't be chosen any more (critical); what it priced stays.

    Raises MasterDataNotFound, VersionRequired, VersionStale, MasterDataInvalid, StorageUnavailable.
    """
    checked_kind(kind)
    today = day_in_india(act.at)
    file, _ = await change_catalogue(
        ports=ports,
        act=act,
        decide=lambda file: deactivated_item(file, kind=kind, item_id=item_id, reason=reason, act=act, today=today),
    )
    return file


async def import_items(
    *, ports: Ports, kind: str, rows: Sequence[tuple[int, Mapping[str, str]]], act: Act
) -> tuple[CatalogueFile, int]:
    """Write the rows of a CSV, all or none (critical: the version is the kind's); how many said something new.

    Raises MasterDataNotFound, VersionRequired, VersionStale, MasterDataInvalid, StorageUnavailable.
    """
    checked_kind(kind)
    today = day_in_india(act.at)
    file, written = await change_catalogue(
        ports=ports,
        act=act,
        decide=lambda file: imported(file, kind=kind, rows=rows, act=act, today=today),
    )
    return file, int(written or 0)


def checked_kind(kind: str) -> str:
    """The kind, if there is such a one. Raises MasterDataNotFound."""
    if kind not in KINDS:
        raise MasterDataNotFound(f"There is no such kind. There are: {', '.join(KINDS)}.")
    return kind


async def load_catalogue(*, store: Store, catalogue: Catalogue, write_id: str, at: datetime) -> int:
    """Create the rows of a catalogue that storage doesn't have; what is there stays as it is.

    `at` (aware) is entered as the time of writing; `write_id` is new for each intended load. The number of
    created rows is returned. Kill it at any point and run it again. Raises RowExists or RowChanged if somebody
    else wrote meanwhile (run it again), StorageUnavailable.
    """
    file = await read_file(store)
    missing = [
        (kind, item)
        for kind in KINDS
        for item in catalogue.of_kind(kind)
        if item_key(kind, item.id, item.effective_from) not in file.items
    ]
    for start in range(0, len(missing), MAX_CHANGED):
        batch = missing[start : start + MAX_CHANGED]
        await _load(store, batch, Act(actor=system("master-data"), at=at, write_id=f"{write_id}-{start}"))
    return len(missing)


async def _load(store: Store, batch: Sequence[tuple[str, Item]], act: Act) -> None:
    file = await read_file(store)
    items = [(kind, replace(item, revision=file.version + 1)) for kind, item in batch]
    writes = transaction(file, loaded(file, items=items, act=act), act)
    await store.commit(table=TABLE, partition=PARTITION, writes=writes, write_id=act.write_id)
