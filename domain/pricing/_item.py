"""What every row of master data has: its id, its days, its revision, and no impossible number. No kinds here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from domain.errors import Fault
from domain.pricing._plain import plain_name
from domain.pricing.errors import MasterDataInvalid
from domain.values import ZERO, Money

_ID = re.compile(r"[A-Z0-9](?:[A-Za-z0-9_ -]{0,62}[A-Za-z0-9])?")  # no dot: it divides the timeline's field names
_MAX = Decimal(1_000_000)
_DECIMALS = Decimal("0.000001")
NUMBER = "A number from 0 to 1,000,000 with at most 6 decimals."


@dataclass(frozen=True, kw_only=True)
class Item:
    """What all rows have. Days are calendar days in India, both inclusive; an inactive row can't be chosen.

    `revision` is the version of the master data that the row was last written in, from 1. Making an impossible
    row raises MasterDataInvalid with every fault.
    """

    id: str
    effective_from: date
    effective_to: date | None = None
    active: bool = True
    revision: int = 1

    def __post_init__(self) -> None:
        faults = [*_faults_of_frame(self), *_faults_of_numbers(self), *self.own_faults()]
        if faults:
            raise MasterDataInvalid(f"The master data row {self.id!r} is invalid.", faults=faults)

    def own_faults(self) -> Iterable[Fault]:
        """What is wrong by the rules of the row's own kind."""
        return ()

    def counts_on(self, day: date) -> bool:
        """Whether the row is in force on that day in India."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


def _faults_of_frame(item: Item) -> list[Fault]:
    faults = []
    if not _ID.fullmatch(item.id):
        faults.append(Fault("id", "An id is a capital letter or digit and up to 63 of A-Z, a-z, 0-9, “_ -”."))
    if item.effective_to is not None and item.effective_to < item.effective_from:
        faults.append(Fault("effectiveTo", "The last day may not be before the first."))
    if item.revision < 1:
        faults.append(Fault("revision", "Revisions count from 1."))
    return faults


def _faults_of_numbers(item: Item) -> list[Fault]:
    """No negative price or measure; few enough digits that amount × measure is exact before it is rounded."""
    faults = []
    for field in fields(item):
        value = getattr(item, field.name)
        if isinstance(value, Money) and value < ZERO:
            faults.append(Fault(plain_name(field.name), "A price may not be negative."))
        if isinstance(value, Decimal) and not is_plain(value):
            faults.append(Fault(plain_name(field.name), NUMBER))
    return faults


def is_plain(number: Decimal) -> bool:
    """Whether a measure can be kept: `NUMBER` in words."""
    return number.is_finite() and 0 <= number <= _MAX and number % _DECIMALS == 0
