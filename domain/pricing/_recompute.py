"""Proof that a stored price can be computed again from its inputs and the master data of then. No storage here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from domain.errors import Invalid
from domain.pricing._catalogue import Catalogue
from domain.pricing._plain_forms import configuration_from_plain, price_as_plain
from domain.pricing._price import price


def differences(stored: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
    """Where the price that was stored isn't the one that its configuration has with this catalogue on its day.

    `stored` is what `price_as_plain` gave then; `catalogue` has its `catalogueVersion`. What today's code adds to a
    price is no difference; what it no longer says is one.
    """
    try:
        configuration = configuration_from_plain(stored["configuration"])
        again = price_as_plain(price(configuration, catalogue.on(date.fromisoformat(stored["day"]))))
    except Invalid as refused:
        return [f"it isn't possible any more ({', '.join(f.field for f in refused.faults) or refused.message})"]
    except (KeyError, ValueError) as broken:
        return [f"it can't be read ({type(broken).__name__})"]
    return list(_between(stored, again, ""))


def _between(stored: Any, again: Any, place: str) -> Iterator[str]:
    if isinstance(stored, Mapping) and isinstance(again, Mapping):
        for name, value in stored.items():
            yield from _between(value, again.get(name), f"{place}.{name}" if place else name)
    elif isinstance(stored, list) and isinstance(again, list) and len(stored) == len(again):
        for number, (one, other) in enumerate(zip(stored, again, strict=True)):
            yield from _between(one, other, f"{place}[{number}]")
    elif stored != again:
        yield f"{place}: stored {stored!r:.80}, computed {again!r:.80}"
