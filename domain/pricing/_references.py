"""What a row of master data says about others, and what has to be unique. What it may be alone is in `_items`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from domain.errors import Fault
from domain.pricing._catalogue import Catalogue
from domain.pricing._item import Item
from domain.pricing._items import Discom, Fee, PriceSettings, SubsidySlab


def reference_faults(kind: str, item: Item, catalogue: Catalogue) -> list[Fault]:
    """What is wrong with the item beside the other rows of the catalogue, which contains it."""
    check = _CHECKS.get(kind)
    others = [row for row in _beside(item, catalogue.of_kind(kind)) if row.active]
    faults = list(check(item, catalogue)) if check else []
    if not item.active:
        return faults
    return [*faults, *_same_name(item, others), *_same_place(item, others)]


def _same_name(item: Item, others: Iterable[Item]) -> Iterator[Fault]:
    """References may be names (`CatalogueOfDay`), so two items can't have the same."""
    name = getattr(item, "name", None)
    for other in others:
        if name is not None and str(getattr(other, "name", "")).casefold() == str(name).casefold():
            yield Fault("name", f"{other.id} has the same name.")


def _same_place(item: Item, others: Iterable[Item]) -> Iterator[Fault]:
    """One fee for each combination, one slab for each beginning: else chance would say which counts."""
    for other in others:
        if isinstance(item, Fee) and isinstance(other, Fee) and _place(item) == _place(other):
            yield Fault("discom", f"{other.id} has the fees of this DISCOM, phase and meter. Change that one.")
        if isinstance(item, SubsidySlab) and isinstance(other, SubsidySlab) and _slab(item) == _slab(other):
            yield Fault("fromKw", f"{other.id} is the slab of {item.scheme} from there. Change that one.")


def _place(fee: Fee) -> tuple[Any, ...]:
    return fee.state, fee.discom, fee.phase, fee.smart_meter


def _slab(row: SubsidySlab) -> tuple[Any, ...]:
    return row.scheme, row.from_kw


def _beside(item: Item, rows: Iterable[Item]) -> Iterator[Item]:
    """The rows of other ids that count on some day of the item's: not those that a newer one had replaced."""
    by_id: dict[str, list[Item]] = {}
    for row in sorted(rows, key=lambda row: row.effective_from):
        earlier = by_id.setdefault(row.id, [])
        if row.effective_from <= item.effective_from:
            earlier.clear()
        if row.effective_to is None or item.effective_from <= row.effective_to:
            earlier.append(row)
    last = item.effective_to
    for other, found in by_id.items():
        if other != item.id:
            yield from (row for row in found if last is None or row.effective_from <= last)


def _state_faults(field: str, state: str | None, catalogue: Catalogue) -> Iterator[Fault]:
    known = {row.id for row in catalogue.states}
    if state is not None and state not in known:
        yield Fault(field, f"There is no such state. There are: {', '.join(sorted(known))}.")


def _discom_faults(item: Discom, catalogue: Catalogue) -> Iterator[Fault]:
    yield from _state_faults("state", item.state, catalogue)


def _settings_faults(item: PriceSettings, catalogue: Catalogue) -> Iterator[Fault]:
    yield from _state_faults("defaultState", item.default_state, catalogue)


def _fee_faults(item: Fee, catalogue: Catalogue) -> Iterator[Fault]:
    yield from _state_faults("state", item.state, catalogue)
    of_state = sorted({row.id for row in catalogue.discoms if row.state == item.state})
    found = [row for row in catalogue.discoms if (row.id, row.state) == (item.discom, item.state)]
    if not found:
        yield Fault("discom", f"This state has no such DISCOM. It has: {', '.join(of_state) or 'none'}.")
        return
    newest = max(found, key=lambda row: row.effective_from)
    if item.phase not in newest.phases:
        yield Fault("phase", f"{item.discom} supports these phases: {', '.join(newest.phases)}.")
    if item.smart_meter not in newest.smart_meter_options:
        offered = " or ".join("with" if smart else "without" for smart in newest.smart_meter_options)
        yield Fault("smartMeter", f"{item.discom} connects only {offered} a smart meter.")


_CHECKS: dict[str, Callable[[Any, Catalogue], Iterator[Fault]]] = {
    "discoms": _discom_faults,
    "fees": _fee_faults,
    "settings": _settings_faults,
}
