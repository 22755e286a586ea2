"""The fields of master data as people write them (rupees, kW, days), one by one: what each may be. No rows here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, get_args

from domain.errors import Fault, Invalid
from domain.pricing._catalogue import KINDS
from domain.pricing._item import NUMBER, Item, is_plain
from domain.pricing._plain import PAISE, Member, decimal_text, members
from domain.values import ZERO, Money, day

MAX_TEXT = 500
MAX_LIST = 20
_DIGITS = 30
_OWN = ("id", "revision")  # told by the address and by the store, not by a field
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


def fields_of(kind: str) -> dict[str, Member]:
    """What can be said of an item of a kind, by the names of the API: money is rupees there."""
    known = {member.key.removesuffix(PAISE): member for member in members(KINDS[kind])}
    return {name: member for name, member in known.items() if name not in _OWN}


def parsed(kind: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The given fields under their names in the item's class, and everything that is wrong with them."""
    known, values, faults = fields_of(kind), {}, []
    for name, value in given.items():
        if name not in known:
            faults.append(Fault(name, f"There is no such field here. There are: {', '.join(known)}."))
            continue
        try:
            values[known[name].name] = _typed(known[name], value)
        except (ValueError, Invalid) as error:
            faults.append(Fault(name, str(error)))
    return values, faults


def missing(kind: str, given: Mapping[str, Any]) -> list[Fault]:
    """The fields that a new item needs and that aren't given."""
    needed = (name for name, member in fields_of(kind).items() if not member.optional and name != "effectiveFrom")
    return [Fault(name, "This field is needed.") for name in needed if name not in given]


def from_cells(kind: str, cells: Mapping[str, str]) -> dict[str, Any]:
    """The cells of a CSV row as what JSON would say. An empty one is no text, no list or null; for a number that
    has a default it says nothing."""
    known = fields_of(kind)
    given: dict[str, Any] = {}
    for name, cell in cells.items():
        member = known.get(name)
        if member is None:
            given[name] = cell
        elif cell.strip():
            given[name] = _from_list(member, cell) if member.is_list else _from_cell(member.core, cell.strip())
        elif member.nullable or not member.optional:
            given[name] = None
        elif member.is_list or member.core is str:
            given[name] = [] if member.is_list else ""
    return given


def as_said(item: Item, kind: str) -> dict[str, Any]:
    """The item's fields by the names of the API: money in exact rupees, kW and per cent as numbers."""
    pairs = ((name, getattr(item, member.name)) for name, member in fields_of(kind).items())
    return {name: _said(value) for name, value in pairs}


def as_cells(item: Item, kind: str) -> dict[str, str]:
    """The item's fields as the cells of a CSV row."""
    return {name: _cell(getattr(item, member.name)) for name, member in fields_of(kind).items()}


def _said(value: Any) -> Any:
    match value:
        case Money():
            return value.in_rupees
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case tuple():
            return [_said(part) for part in value]
    return value


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Money():
            return str(value.in_rupees)
        case Decimal():
            return decimal_text(value)
        case tuple():
            return ";".join(_cell(part).replace("\\", "\\\\").replace(";", "\\;") for part in value)
    return str(value)


_PART = re.compile(r"(?:\\[\\;]|[^;])+")
_ESCAPED = re.compile(r"\\([\\;])")
"""The texts of a list are parted by `;`. One inside a text has a backslash before it, and so has a backslash.
Before anything else a backslash is itself, as people type it."""


def _from_list(member: Member, cell: str) -> list[Any]:
    core = get_args(member.core)[0]
    parts = (_ESCAPED.sub(r"\1", part).strip() for part in _PART.findall(cell))
    return [_from_cell(core, part) for part in parts if part]


def _from_cell(core: Any, cell: str) -> Any:
    """A cell as JSON would say it; one that can't be is left as text, and refused as such."""
    if core is bool:
        return True if cell.lower() in _TRUE else False if cell.lower() in _FALSE else cell
    if core not in (int, Decimal, Money):
        return cell
    try:
        number = Decimal(cell)
        if abs(number.adjusted()) > _DIGITS:  # int() would make them, for hours
            return cell
        return int(number) if core is int and number == int(number) else number
    except (InvalidOperation, ValueError, OverflowError):
        return cell


def _typed(member: Member, value: Any) -> Any:
    if value is None:
        if member.nullable:
            return None
        raise ValueError("This field can't be empty.")
    if value == "" and not member.optional:
        raise ValueError("This field can't be empty.")
    if not member.is_list:
        return _one(member.core, value)
    if not isinstance(value, list) or len(value) > MAX_LIST:
        raise ValueError(f"This must be a list of at most {MAX_LIST}.")
    return tuple(_one(get_args(member.core)[0], part) for part in value)


def _one(core: Any, value: Any) -> Any:
    if core in _TYPES:
        return _TYPES[core](value)
    allowed = [part.value for part in core]
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"This must be one of {', '.join(allowed)}.")
    return core(value)


def _money(value: Any) -> Money:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("This must be a number of rupees.")
    amount = Money.rupees(value)
    if amount < ZERO:
        raise ValueError("A price may not be negative.")
    return amount


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not is_plain(Decimal(value)):
        raise ValueError(NUMBER)
    return Decimal(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
        raise ValueError("This must be a whole number from 0 to 1,000,000.")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("This must be true or false.")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError(f"This must be a text of at most {MAX_TEXT} characters.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        raise ValueError("This has a control character or half of a character in it.")
    return value.strip()


def _day(value: Any) -> date:
    if not isinstance(value, str):
        raise ValueError("A date must be YYYY-MM-DD.")
    return day(value)


_TYPES: dict[Any, Callable[[Any], Any]] = {
    Money: _money,
    Decimal: _number,
    int: _whole,
    bool: _truth,
    str: _text,
    date: _day,
}
