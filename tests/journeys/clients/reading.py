"""How the clients' readers are written down: a table of members, each with what the reader needs of it.

A member named `name?` may be missing or null, as in the clients' own types. Members that no reader names may
stand there besides. No tests here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

Check = Callable[[Any], list[str]]
"""What is wrong with a value; nothing if a reader can use it."""
Shape = Mapping[str, "Check | Shape"]

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def faults(shape: Check | Shape, value: Any, at: str = "body") -> list[str]:
    """Everything that keeps the reader from reading, each with its place."""
    if callable(shape):
        return [f"{at}: {said}" for said in shape(value)]
    if not isinstance(value, dict):
        return [f"{at}: not an object but {value!r:.80}"]
    found: list[str] = []
    for member, check in shape.items():
        name, optional = member.removesuffix("?"), member.endswith("?")
        if value.get(name) is None and optional:
            continue
        if name not in value:
            found.append(f"{at}.{name}: missing")
            continue
        found += faults(check, value[name], f"{at}.{name}")
    return found


def _is(good: Callable[[Any], bool], wanted: str) -> Check:
    def check(value: Any) -> list[str]:
        return [] if good(value) else [f"not {wanted} but {value!r:.80}"]

    return check


def _number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


text = _is(lambda v: isinstance(v, str), "a text")
filled = _is(lambda v: isinstance(v, str) and bool(v.strip()), "a text with something in it")
flag = _is(lambda v: isinstance(v, bool), "true or false")
yes = _is(lambda v: v is True, "true")
number = _is(_number, "a number")
positive = _is(lambda v: _number(v) and v > 0, "a number above 0")
count = _is(lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0, "a whole number from 0 on")
rupees = _is(
    lambda v: _number(v) and Decimal(v).as_tuple().exponent in range(-2, 1), "rupees, two decimals at most"
)
instant = _is(lambda v: isinstance(v, str) and bool(_INSTANT.fullmatch(v)), "a UTC date-time with Z")
day = _is(lambda v: isinstance(v, str) and bool(_DAY.fullmatch(v)), "a day, YYYY-MM-DD")
link = _is(lambda v: isinstance(v, str) and v.startswith("http"), "a link")
anything = _is(lambda _: True, "anything")
jwt = _is(lambda v: isinstance(v, str) and bool(re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", v)), "a JWT of three parts")


def equal(*values: Any) -> Check:
    """One of these values."""
    return _is(lambda v: v in values, " or ".join(map(repr, values)))


def like(pattern: str) -> Check:
    """A text of this form."""
    return _is(lambda v: isinstance(v, str) and bool(re.fullmatch(pattern, v)), f"like {pattern}")


def or_null(check: Check | Shape) -> Check:
    """This, or null; the member has to be there."""
    return lambda value: [] if value is None else faults(check, value, "")


def each(check: Check | Shape) -> Check:
    """A list, every member of it like this; it may be empty."""

    def listed(value: Any) -> list[str]:
        if not isinstance(value, list):
            return [f"not a list but {value!r:.80}"]
        return [fault for n, item in enumerate(value) for fault in faults(check, item, f"[{n}]")]

    return listed


def some(check: Check | Shape) -> Check:
    """A list like this with something in it, so that the members are really looked at."""
    return lambda value: ["empty"] if value == [] else each(check)(value)


def page(item: Check | Shape) -> Shape:
    """The CP app's guard of every list: `items`, `total` from 0 on, `limit` above 0, `offset` from 0 on."""
    return {"items": some(item), "total": count, "limit": positive, "offset": count}


def wrapped(data: Check | Shape) -> Shape:
    """`{success: true, data}`."""
    return {"success": yes, "data": data}
