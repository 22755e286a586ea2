"""Many rows of master data at once, as pure decisions: a first load, and an import. Storing is in `_file`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from domain.errors import Fault, Invalid
from domain.pricing._catalogue import KINDS
from domain.pricing._decisions import edition_from, version_of
from domain.pricing._fields import as_cells, fields_of, from_cells, missing, parsed
from domain.pricing._file import CatalogueFile, Decision, edition_changes
from domain.pricing._item import Item
from domain.pricing._references import reference_faults
from domain.pricing.errors import MasterDataInvalid
from domain.timeline import Act, Change, Note, require_version

MAX_CHANGED = 80  # rows in one transaction of at most 100, with the head and the entries
MAX_ROWS = 1_000  # rows of a file, most of which say what is there already
_ENTRY = 20_000  # characters of changes in one entry, of at most 32,768 in a column


def header_of(kind: str) -> list[str]:
    """The columns of a kind's CSV."""
    return ["id", *fields_of(kind)]


def as_rows(kind: str, items: Sequence[Item]) -> list[dict[str, str]]:
    """All rows of a kind as the cells of a CSV; importing them again changes nothing."""
    return [{"id": item.id, **as_cells(item, kind)} for item in items]


def imported(
    file: CatalogueFile, *, kind: str, rows: Sequence[tuple[int, Mapping[str, str]]], act: Act, today: date
) -> Decision | None:
    """The rows of a CSV, all or none; each with its number in the file. None if they say what is there.

    Raises VersionRequired, VersionStale (of the kind), MasterDataInvalid with the faults of every row.
    """
    version = version_of(file.of_kind(kind))
    yours = {"rows": len(rows)}
    require_version(act=act, version=version, current={"kind": kind, "version": version}, yours=yours, part=kind)
    faults: list[Fault] = []
    items: list[Item] = []
    seen: set[tuple[str, date]] = set()
    for number, cells in rows:
        item, wrong = _row(file, kind, cells, today)
        if item and (item.id, item.effective_from) in seen:
            wrong = [Fault("id", "This id and first day stand in another row too.")]
        faults += [Fault(f"rows.{number}.{fault.field}", fault.message) for fault in wrong]
        if item and not wrong:
            items.append(item)
            seen.add((item.id, item.effective_from))
    faults += _faults_of_all(file, kind, items)
    if faults:
        raise MasterDataInvalid(f"Nothing was imported. Faults: {len(faults)}.", faults=faults)
    if not items:
        return None
    changes = [change for item in items for change in edition_changes(kind, _present(file, kind, item), item)]
    said = f"{act.actor.name} imported {len(items)} rows of {kind}"
    notes = noted("MasterDataImported", said, changes)
    return Decision(tuple((kind, item) for item in items), notes, result=str(len(items)))


def loaded(file: CatalogueFile, *, items: Sequence[tuple[str, Item]], act: Act) -> Decision:
    """A first load: rows from any day on, as they are. Pure."""
    changes = [change for kind, item in items for change in edition_changes(kind, None, item)]
    said = f"{act.actor.name} loaded {len(items)} rows"
    return Decision(tuple(items), noted("MasterDataLoaded", said, changes))


def noted(action: str, said: str, changes: Sequence[Change]) -> tuple[Note, ...]:
    """As many notes as the changes need: one holds only so much text."""
    portions: list[list[Change]] = [[]]
    size = 0
    for change in changes:
        size += len(repr(change))
        if size > _ENTRY and portions[-1]:
            portions.append([])
            size = len(repr(change))
        portions[-1].append(change)
    return tuple(Note(action, said, tuple(portion)) for portion in portions)


def _row(file: CatalogueFile, kind: str, cells: Mapping[str, str], today: date) -> tuple[Item | None, list[Fault]]:
    """The row to write, or None if it says what is there; and what is wrong with it."""
    item_id = cells.get("id", "").strip()
    given = from_cells(kind, {name: cell for name, cell in cells.items() if name != "id"})
    if given.get("effectiveFrom") is None:
        given.pop("effectiveFrom", None)
    values, faults = parsed(kind, given)
    if not item_id:
        faults.append(Fault("id", "This field is needed."))
    editions = file.editions(kind, item_id)
    if not editions:
        faults += missing(kind, given)
    if faults:
        return None, faults
    first = values.pop("effective_from", today)
    try:
        item = _item(file, kind, editions, {**values, "id": item_id, "effective_from": first})
    except Invalid as refused:
        return None, list(refused.faults)
    return item, _past_faults(item, editions, first, today) if item else []


def _item(file: CatalogueFile, kind: str, editions: list[Item], values: dict[str, Any]) -> Item | None:
    revision = file.version + 1
    if editions:
        return edition_from(editions, first=values["effective_from"], values=values, revision=revision)
    return KINDS[kind](**values, revision=revision)


def _past_faults(item: Item, editions: Sequence[Item], first: date, today: date) -> list[Fault]:
    counts = first == today and any(row.effective_from == today for row in editions)
    if first >= today and not counts:
        return []
    return [Fault("effectiveFrom", f"What counts since {first} stays as it was. Add a row from a later day.")]


def _present(file: CatalogueFile, kind: str, item: Item) -> Item | None:
    same = (row for row in file.editions(kind, item.id) if row.effective_from == item.effective_from)
    return next(same, None)


def _faults_of_all(file: CatalogueFile, kind: str, items: Sequence[Item]) -> list[Fault]:
    """What is wrong with the rows beside each other and what was there before."""
    if len(items) > MAX_CHANGED:
        return [Fault("rows", f"{len(items)} rows say something new; at most {MAX_CHANGED} can at once.")]
    catalogue = file.catalogue(instead=[(kind, item) for item in items])
    return [
        Fault(f"{item.id}.{fault.field}", fault.message)
        for item in items
        for fault in reference_faults(kind, item, catalogue)
    ]
