"""What an admin's change of master data does, as pure decisions. Storing them is in `_file`.

The past is never rewritten: a row that counts already may have priced a quotation. A new price is a new row from
today or a later day; only a row that doesn't count yet is edited in place. Nothing is deleted, only deactivated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from domain.errors import Fault
from domain.pricing._catalogue import KINDS
from domain.pricing._fields import as_said, missing, parsed
from domain.pricing._file import CatalogueFile, Decision, edition_changes
from domain.pricing._item import Item
from domain.pricing._items import SETTINGS_ID
from domain.pricing._references import reference_faults
from domain.pricing.errors import MasterDataExists, MasterDataInvalid, MasterDataNotFound
from domain.timeline import Act, Note, Plain, require_version

_SERIES = {
    "panels": "PANEL",
    "inverters": "INVERTER",
    "bom": "BOM",
    "fees": "FEE",
    "states": "STATE",
    "discoms": "DISCOM",
    "structure": "STRUCTURE",
    "charges": "CHARGE",
    "subsidies": "SUBSIDY",
    "services": "SERVICE",
}


def new_item(
    file: CatalogueFile, *, kind: str, item_id: str | None, given: Mapping[str, Any], act: Act, today: date
) -> Decision:
    """A new item, from `effectiveFrom` or today on. Raises MasterDataExists, MasterDataInvalid."""
    values, faults = parsed(kind, given)
    first = values.setdefault("effective_from", today)
    faults += [*missing(kind, given), *_day_faults(first, today)]
    chosen = item_id or _next_id(file, kind)
    if file.editions(kind, chosen):
        raise MasterDataExists(f"There is {chosen} already. Change it, or choose another id.")
    if faults:
        raise invalid(faults)
    item = _made(kind, {**values, "id": chosen, "revision": file.version + 1})
    check_references(file, kind, [item])
    said = f"{act.actor.name} added {chosen} to {kind}, from {first}"
    return Decision(((kind, item),), (Note("MasterDataAdded", said, edition_changes(kind, None, item)),), chosen)


def edited_item(
    file: CatalogueFile, *, kind: str, item_id: str, given: Mapping[str, Any], act: Act, today: date
) -> Decision | None:
    """Other values from `effectiveFrom` or today on; None if they are what they were.

    Raises MasterDataNotFound, VersionRequired, VersionStale, MasterDataInvalid.
    """
    editions = found(file, kind, item_id)
    _require(file, kind, item_id, given, act)
    values, faults = parsed(kind, given)
    first = values.pop("effective_from", today)
    faults += _day_faults(first, today)
    if faults:
        raise invalid(faults)
    item = edition_from(editions, first=first, values=values, revision=file.version + 1)
    before = next((row for row in editions if row.effective_from == first), None)
    if item is None:
        return None
    if before is not None and first <= today and _differing(item, before) - {"active"}:
        raise invalid([_counts_already(first, today)])
    check_references(file, kind, [item])
    base = before or base_of(editions, first)
    changed = ", ".join(sorted(_differing(item, base)))
    said = f"{act.actor.name} set {changed} of {item_id} in {kind}, from {first}"
    facts = {"instead": [[name, _plain(was), _plain(now)] for name, was, now in _differences(base, item, kind)]}
    note = Note("MasterDataChanged", said, edition_changes(kind, before, item), facts=facts)
    return Decision(((kind, item),), (note,))


def deactivated_item(
    file: CatalogueFile, *, kind: str, item_id: str, reason: str | None, act: Act, today: date
) -> Decision | None:
    """The item can't be chosen from today on, also not by a row that was to come; None if it can't now.

    Raises MasterDataNotFound, VersionRequired, VersionStale, MasterDataInvalid (the settings).
    """
    editions = found(file, kind, item_id)
    _require(file, kind, item_id, {"active": False}, act)
    revision = file.version + 1
    for_good = {"active": False, "effective_to": None}  # else the row before a promotion would be back after it
    now = edition_from(editions, first=today, values=for_good, revision=revision)
    later = [row for row in editions if row.effective_from > today and row.active]
    started = any(row.effective_from <= today for row in editions)
    items = [now] if now and started else []
    items += [replace(row, active=False, revision=revision) for row in later]
    if not items:
        return None
    by_day = {row.effective_from: row for row in editions}
    changes = [c for item in items for c in edition_changes(kind, by_day.get(item.effective_from), item)]
    note = Note(
        "MasterDataDeactivated", f"{act.actor.name} deactivated {item_id} in {kind}", tuple(changes), reason=reason
    )
    return Decision(tuple((kind, item) for item in items), (note,))


def found(file: CatalogueFile, kind: str, item_id: str) -> list[Item]:
    """The rows of an item, oldest first. Raises MasterDataNotFound."""
    editions = file.editions(kind, item_id) if kind in KINDS else []
    if not editions:
        raise MasterDataNotFound(f"There is no {item_id[:70]} in {kind[:40]}.")
    return editions


def version_of(editions: Iterable[Item]) -> int:
    """The version of an item, or of a kind: that of the master data when one of its rows was last written."""
    return max((row.revision for row in editions), default=0)


def base_of(editions: Sequence[Item], first: date) -> Item:
    """What an edition from `first` on begins with: the row in force then, else the last before, else the next."""
    earlier = [row for row in editions if row.effective_from <= first]
    in_force = [row for row in earlier if row.counts_on(first)]
    return (in_force or earlier or [editions[0]])[-1]


def edition_from(editions: Sequence[Item], *, first: date, values: Mapping[str, Any], revision: int) -> Item | None:
    """The row from `first` on with other values, or None if that changes nothing. Raises MasterDataInvalid."""
    base = base_of(editions, first)
    ended = base.effective_to is not None and base.effective_to < first
    last = {"effective_to": None} if ended else {}
    item = replace(base, **{"effective_from": first, "revision": revision, **last, **values})
    return item if _differing(item, base) or ended else None


def invalid(faults: Sequence[Fault]) -> MasterDataInvalid:
    """The refusal that names every field."""
    return MasterDataInvalid(faults=faults)


def _differing(item: Item, other: Item) -> set[str]:
    """The names of the fields in which two rows differ, but for their first day and revision."""
    names = vars(item).keys() - {"effective_from", "revision"}
    return {name for name in names if getattr(item, name) != getattr(other, name)}


def _differences(base: Item, item: Item, kind: str) -> list[tuple[str, Any, Any]]:
    was, now = as_said(base, kind), as_said(item, kind)
    return [(name, was[name], now[name]) for name in now if name != "effectiveFrom" and was[name] != now[name]]


def _plain(value: Any) -> Plain:
    return value if value is None or isinstance(value, str | bool | int | list) else str(value)


def _made(kind: str, values: Mapping[str, Any]) -> Item:
    return KINDS[kind](**values)


def check_references(file: CatalogueFile, kind: str, items: Sequence[Item]) -> None:
    """Refuse rows that don't fit the others. Raises MasterDataInvalid."""
    catalogue = file.catalogue(instead=[(kind, item) for item in items])
    faults = [fault for item in items for fault in reference_faults(kind, item, catalogue)]
    if faults:
        raise invalid(faults)


def _require(file: CatalogueFile, kind: str, item_id: str, given: Mapping[str, Any], act: Act) -> None:
    editions = file.editions(kind, item_id)
    version = version_of(editions)
    current = {**as_said(editions[-1], kind), "id": item_id, "version": version}
    require_version(act=act, version=version, current=current, yours=dict(given), part=f"{kind}.{item_id}")


def _day_faults(first: date, today: date) -> list[Fault]:
    if first >= today:
        return []
    return [Fault("effectiveFrom", f"What has counted before stays as it was. Choose {today} or a later day.")]


def _counts_already(first: date, today: date) -> Fault:
    tomorrow = today + timedelta(days=1)
    said = f"What counts since {first} may have been used today. Choose {tomorrow} or a later day."
    return Fault("effectiveFrom", said)


def _next_id(file: CatalogueFile, kind: str) -> str:
    if kind == "settings":
        return SETTINGS_ID
    series = _SERIES[kind]
    numbers = [re.fullmatch(rf"{series}-([0-9]{{1,9}})", item.id) for item in file.of_kind(kind)]
    return f"{series}-{max((int(m[1]) for m in numbers if m), default=0) + 1}"
