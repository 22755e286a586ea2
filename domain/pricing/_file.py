"""All master data as one use case reads and changes it: one partition, one transaction (design.md §2).

Every change goes through `change_catalogue`, so none can be stored without its timeline entries, out of turn, or
checked against rows that somebody else has changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain.ports import Ports
from domain.pricing._catalogue import KINDS, Catalogue
from domain.pricing._item import Item
from domain.pricing._plain import PAISE, as_plain
from domain.pricing._rows import (
    HEAD,
    PARTITION,
    PROOF,
    TABLE,
    columns_of,
    item_key,
    item_of,
    kind_of,
    provenance_of,
    updated_at_of,
)
from domain.store import Create, Replace, Row, RowChanged, RowExists, StorageUnavailable, Store, Value, Write
from domain.timeline import (
    BEFORE_TIMELINE,
    Act,
    Change,
    Note,
    Plain,
    Provenance,
    VersionStale,
    append,
    changes_between,
    entry_to_write,
    overwritten,
    with_changes,
)
from domain.values import Money, iso, moment

_ATTEMPTS = 24
_READS = 3


@dataclass(frozen=True)
class CatalogueFile:
    """The rows of all items by their keys, with what they hold; `head` is None before the first change."""

    rows: Mapping[str, Row]
    items: Mapping[str, tuple[str, Item]]
    proofs: Mapping[str, Row]
    head: Row | None = None

    @property
    def version(self) -> int:
        """How many transactions made it."""
        return int(str(self.head.values["version"])) if self.head else 0

    def of_kind(self, kind: str) -> list[Item]:
        """All rows of a kind, sorted by id and first day."""
        found = (item for of, item in self.items.values() if of == kind)
        return sorted(found, key=lambda item: (item.id, item.effective_from))

    def editions(self, kind: str, item_id: str) -> list[Item]:
        """The rows of one item, oldest first."""
        return [item for item in self.of_kind(kind) if item.id == item_id]

    def catalogue(self, *, instead: Iterable[tuple[str, Item]] = ()) -> Catalogue:
        """What the rows say, with `instead` in the place of, or beside, the rows of the same id and day."""
        items = {**self.items, **{item_key(k, i.id, i.effective_from): (k, i) for k, i in instead}}
        sorted_items = sorted(items.values(), key=lambda pair: (pair[1].id, pair[1].effective_from))
        rows = {kind: tuple(item for of, item in sorted_items if of == kind) for kind in KINDS}
        times = [updated_at_of(row) for row in self.rows.values()]
        updated_at = moment(max(times)) if times else None
        return Catalogue(**rows, version=self.version, updated_at=updated_at)  # type: ignore[arg-type]  # see KINDS


@dataclass(frozen=True)
class Decision:
    """The rows to write, each with its kind, and what to enter; `result` is kept with a keyed request's proof."""

    items: tuple[tuple[str, Item], ...]
    notes: tuple[Note, ...]
    result: str | None = None


Decide = Callable[[CatalogueFile], Decision | None]
"""Pure: refuses by raising, or returns None if there is nothing to change."""


async def read_file(store: Store) -> CatalogueFile:
    """All master data without the timeline: one request for each 1,000 rows.

    Where a change came between two pages, the newest row isn't the head's version: then it is read again.
    Raises StorageUnavailable; ValueError if a stored row is broken.
    """
    for _ in range(_READS):
        file = await _read(store)
        newest = max((item.revision for _, item in file.items.values()), default=0)
        if newest == file.version:
            return file
    raise StorageUnavailable("The master data is being changed at this moment. Try again.", retry_after=1)


async def _read(store: Store) -> CatalogueFile:
    scan = store.scan(table=TABLE, partition=PARTITION, before=BEFORE_TIMELINE)
    every = {row.key: row async for row in scan}
    rows = {key: row for key, row in every.items() if kind_of(row)}
    items = {key: (kind, item_of(kind, row)) for key, row in rows.items() if (kind := kind_of(row))}
    proofs = {key: row for key, row in every.items() if key.startswith(PROOF)}
    return CatalogueFile(rows, items, proofs, every.get(HEAD))


async def change_catalogue(*, ports: Ports, act: Act, decide: Decide) -> tuple[CatalogueFile, str | None]:
    """Read, decide, store in one transaction: two hops. The file after it, and the id of what was made.

    When somebody else's change came between, it is decided again on fresh rows; a critical decision then finds
    that its item's version is no longer the current one. Raises what `decide` raises, StorageUnavailable.
    """
    for attempt in range(_ATTEMPTS):
        file = await read_file(ports.store)
        proof = file.proofs.get(PROOF + act.proof) if act.proof else None
        if proof:
            return file, str(proof.values["result"]) if "result" in proof.values else None
        try:
            decision = decide(file)
        except VersionStale as stale:
            told = await with_changes(stale, store=ports.store, table=TABLE, partition=PARTITION)
            raise _in_rupees(told) from None
        if decision is None:
            return file, None
        writes = transaction(file, decision, act)
        try:
            await ports.store.commit(table=TABLE, partition=PARTITION, writes=writes, write_id=act.write_id)
        except (RowChanged, RowExists):
            await ports.pause(attempt)
            continue
        return after(file, writes), decision.result
    raise StorageUnavailable("Too many people are changing master data at this moment.", retry_after=1)


def said_change(field: str, before: Plain, after: Plain) -> dict[str, Any]:
    """A change as the API says it: an amount in rupees, under the field's name without `Paise`."""
    if not field.endswith(PAISE):
        return {"field": field, "before": before, "after": after}
    amounts = [Money(value).in_rupees if isinstance(value, int) else value for value in (before, after)]
    return {"field": field.removesuffix(PAISE), "before": amounts[0], "after": amounts[1]}


def _in_rupees(stale: VersionStale) -> VersionStale:
    details = dict(stale.details or {})
    changes = [
        {**change, **said_change(change["field"], change["before"], change["after"])}
        for change in details["changes"]
    ]
    return VersionStale(stale.message, details={**details, "changes": changes})


def transaction(file: CatalogueFile, decision: Decision, act: Act) -> list[Write]:
    """The writes of a decision: head, rows, entries, proof. The items bear the new version already."""
    version = file.version + 1
    last_hash = str(file.head.values["lastHash"]) if file.head else ""
    notes = [*decision.notes, *_overwrites(file, decision, act)]
    entries = append(previous=last_hash, version=version, act=act, notes=notes)
    head: dict[str, Value] = {"version": version, "lastHash": entries[-1].hash, "updatedAt": iso(act.at)}
    writes: list[Write] = [Replace(HEAD, head, file.head.etag) if file.head else Create(HEAD, head)]
    writes += [_row_write(file, kind, item, act, version) for kind, item in decision.items]
    if act.proof:
        result = {"result": decision.result} if decision.result else {}
        writes.append(Create(PROOF + act.proof, {"at": iso(act.at), **result}))
    return [*writes, *(entry_to_write(entry) for entry in entries)]


def after(file: CatalogueFile, writes: Iterable[Write]) -> CatalogueFile:
    """The file once these writes are stored; its rows can't be written again, since their etags aren't known."""
    rows, items, head = dict(file.rows), dict(file.items), file.head
    for write in writes:
        if not isinstance(write, Create | Replace):
            continue
        row = Row(PARTITION, write.key, write.values, etag="")
        if write.key == HEAD:
            head = row
        elif kind := kind_of(row):
            rows[write.key], items[write.key] = row, (kind, item_of(kind, row))
    return CatalogueFile(rows, items, file.proofs, head)


def edition_changes(kind: str, before: Item | None, item: Item) -> tuple[Change, ...]:
    """What writing the row changes, under names such as `panels.PANEL-1.2026-01-01.unitPricePaise`."""
    return changes_between(_said(before), _said(item), part=_prefix(kind, item))


def plain_rows(rows: Iterable[Row]) -> dict[str, Plain]:
    """What the rows of items say, as the timeline records it; other rows are left out. ValueError if one can't
    be read."""
    changes = [edition_changes(kind, None, item_of(kind, row)) for row in rows if (kind := kind_of(row))]
    return {change.field: change.after for of_row in changes for change in of_row}


def _prefix(kind: str, item: Item) -> str:
    return f"{kind}.{item.id}.{item.effective_from.isoformat()}"


def _said(item: Item | None) -> dict[str, object]:
    """The row as the timeline records it: its revision is the entry's own version."""
    return {name: value for name, value in as_plain(item).items() if name != "revision"} if item else {}


def _row_write(file: CatalogueFile, kind: str, item: Item, act: Act, version: int) -> Write:
    row, before = _present(file, kind, item.id, item.effective_from)
    changes = changes_between(_said(before), _said(item))
    provenance = (provenance_of(row) if row else Provenance({})).after(changes, act=act, version=version)
    values = columns_of(item, updated_at=iso(act.at), provenance=provenance)
    key = item_key(kind, item.id, item.effective_from)
    return Replace(key, values, row.etag) if row else Create(key, values)


def _overwrites(file: CatalogueFile, decision: Decision, act: Act) -> Iterator[Note]:
    for kind, item in decision.items:
        row, before = _present(file, kind, item.id, item.effective_from)
        if row:
            notes = overwritten(changes_between(_said(before), _said(item)), provenance_of(row), act)
            prefix = _prefix(kind, item)
            for note in notes:
                changes = [replace(change, field=f"{prefix}.{change.field}") for change in note.changes]
                yield replace(note, changes=changes, facts={**note.facts, "field": changes[0].field})


def _present(file: CatalogueFile, kind: str, item_id: str, first: date) -> tuple[Row | None, Item | None]:
    key = item_key(kind, item_id, first)
    return file.rows.get(key), file.items[key][1] if key in file.items else None
