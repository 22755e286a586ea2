"""Frozen dataclasses as plain JSON values and back, without loss. Knows no class of pricing by name.

Money is integer paise under a name that ends in `Paise`; Decimal and dates are text; names are camelCase;
what is None is left out. Equal values give the same bytes: sorted names, and one spelling for each number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from domain.values import Money

T = TypeVar("T")

PAISE = "Paise"  # what the name of an amount in whole paise ends in

_NUMBER = re.compile(r"-?[0-9]{1,28}(?:\.[0-9]{1,28})?")


@dataclass(frozen=True)
class Member:
    """One field of a dataclass: its plain name, its type without None, whether it has a default, or may be None."""

    name: str
    key: str
    core: Any
    optional: bool
    nullable: bool

    @property
    def is_list(self) -> bool:
        """Whether the plain value is a list."""
        return get_origin(self.core) is tuple


def members(kind: Any) -> tuple[Member, ...]:
    """The fields of a dataclass, in order."""
    return _members(kind)


@lru_cache(maxsize=64)
def _members(kind: Any) -> tuple[Member, ...]:
    hints = get_type_hints(kind)
    return tuple(_member(field, hints[field.name]) for field in fields(kind))


def _member(field: Field[Any], hint: Any) -> Member:
    nullable = isinstance(hint, UnionType)
    core = next(a for a in get_args(hint) if a is not type(None)) if nullable else hint
    key = plain_name(field.name) + (PAISE if core is Money else "")
    return Member(name=field.name, key=key, core=core, optional=field.default is not MISSING, nullable=nullable)


def plain_name(name: str) -> str:
    """`unit_price` → `unitPrice`."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def as_plain(value: Any) -> dict[str, Any]:
    """A dataclass as a dict of str, int, bool, lists and dicts."""
    pairs = ((member.key, getattr(value, member.name)) for member in members(type(value)))
    return {key: _plain(part) for key, part in pairs if part is not None}


def _plain(value: Any) -> Any:
    match value:
        case Money():
            return value.paise
        case Decimal():
            return decimal_text(value)
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(part) for part in value]
    return as_plain(value) if is_dataclass(value) else value


def decimal_text(number: Decimal) -> str:
    """The one spelling of a number: no exponent, no trailing zeros, no minus zero."""
    return format(number.normalize() + 0, "f")


def as_text(plain: Any) -> str:
    """Plain values as JSON text; the same bytes for equal values."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def from_plain(kind: type[T], plain: Any) -> T:
    """The dataclass that `as_plain` was made from. ValueError names what is missing, unknown or of a wrong type."""
    known = {member.key: member for member in members(kind)}
    if not isinstance(plain, Mapping) or plain.keys() - known.keys():
        raise ValueError(f"not a {kind.__name__}: {plain!r:.200}")
    missing = [key for key, member in known.items() if key not in plain and not member.optional]
    if missing:
        raise ValueError(f"a {kind.__name__} without {', '.join(missing)}")
    values = {known[key].name: _parse(known[key].core, value) for key, value in plain.items()}
    return kind(**values)


def _parse(core: Any, value: Any) -> Any:
    if get_origin(core) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"a list was expected: {value!r:.100}")
        return tuple(_parse(get_args(core)[0], part) for part in value)
    if core in _PARSERS:
        return _PARSERS[core](value)
    if is_dataclass(core) and isinstance(core, type):
        return from_plain(core, value)
    if issubclass(core, Enum):
        return core(value)
    if type(value) is not core:
        raise ValueError(f"{core.__name__} was expected: {value!r:.100}")
    return value


def _parse_money(value: Any) -> Money:
    if type(value) is not int:
        raise ValueError(f"whole paise were expected: {value!r:.100}")
    return Money(value)


def _parse_decimal(value: Any) -> Decimal:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise ValueError(f"a number as text was expected: {value!r:.100}")
    return Decimal(value)


def _parse_date(value: Any) -> date:
    if not isinstance(value, str):
        raise ValueError(f"a date as text was expected: {value!r:.100}")
    return date.fromisoformat(value)


_PARSERS: dict[Any, Callable[[Any], Any]] = {Money: _parse_money, Decimal: _parse_decimal, date: _parse_date}
