"""The rows of master data, as frozen dataclasses. No storage here, and no rule that combines rows.

Every row has an id, a first and maybe a last day on which it counts, and a revision that rises by one with
each write. Money is per unit, in paise; kW and per cent are `Decimal`. A row can't exist invalid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.errors import Fault
from domain.pricing.errors import MasterDataInvalid
from domain.values import ZERO, Money

_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._ -]{0,62}[A-Za-z0-9])?")
_MAX = Decimal(1_000_000)
_DECIMALS = Decimal("0.000001")


class Phase(StrEnum):
    """Of the grid connection and of an inverter (domain.md, price 1)."""

    SINGLE = "Single"
    THREE = "Three"


class Cable(StrEnum):
    """domain.md, price 3."""

    STANDARD = "Standard"
    POLYCAB = "Polycab"


class Basis(StrEnum):
    """What a price is for: each kW of the system's capacity, or the whole system."""

    PER_KW = "PerKW"
    FIXED = "Fixed"


class BomType(StrEnum):
    """Kinds of BOM item as the CP app knows them (client-contract.md §5)."""

    CABLE = "Cable"
    STRUCTURE = "Structure"
    ACCESSORY = "Accessory"


class ChargeKind(StrEnum):
    """The four "other charges" of domain.md, price 6."""

    TRANSPORT = "Transport"
    OVERHEADS = "Overheads"
    COMPANY_MARGIN = "CompanyMargin"
    DEALER_MARGIN = "DealerMargin"


class Scheme(StrEnum):
    """The central subsidy and the three types of state subsidy (domain.md, price 7)."""

    CENTRAL = "Central"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"


@dataclass(frozen=True, kw_only=True)
class Item:
    """What all rows have. Days are calendar days in India, both inclusive; an inactive row can't be chosen."""

    id: str
    effective_from: date
    effective_to: date | None = None
    active: bool = True
    revision: int = 1

    def __post_init__(self) -> None:
        faults = [*_faults_of_frame(self), *_faults_of_numbers(self)]
        if faults:
            raise MasterDataInvalid(f"The master data row {self.id!r} is invalid.", faults=faults)

    def counts_on(self, day: date) -> bool:
        """Whether the row is in force on that day in India."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


def _faults_of_frame(item: Item) -> list[Fault]:
    faults = []
    if not _ID.fullmatch(item.id):
        faults.append(Fault("id", "An id has 1 to 64 letters, digits, dots, blanks, dashes or underscores."))
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
            faults.append(Fault(field.name, "A price may not be negative."))
        if isinstance(value, Decimal) and not _is_plain(value):
            faults.append(Fault(field.name, "A number from 0 to 1,000,000 with at most 6 decimals."))
    return faults


def _is_plain(number: Decimal) -> bool:
    return number.is_finite() and 0 <= number <= _MAX and number % _DECIMALS == 0


@dataclass(frozen=True, kw_only=True)
class Panel(Item):
    """A panel of one make and variant; `unit_price` is for one panel."""

    make: str
    variant: str
    watts: int
    unit_price: Money
    dcr: bool
    recommended: bool = False
    technology: str = ""
    efficiency_percent: Decimal = Decimal(0)
    warranty: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.watts <= 5_000:
            raise MasterDataInvalid(faults=[Fault("watts", "A panel has 1 to 5,000 W.")])

    @property
    def name(self) -> str:
        """Make and variant, as people write it."""
        return f"{self.make} {self.variant}"


@dataclass(frozen=True, kw_only=True)
class Inverter(Item):
    """An inverter; `unit_price` is for one."""

    make: str
    model: str
    capacity_kw: Decimal
    phase: Phase
    unit_price: Money
    recommended: bool = False
    efficiency_percent: Decimal = Decimal(0)
    warranty: str = ""
    features: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Make and model, as people write it."""
        return f"{self.make} {self.model}"


@dataclass(frozen=True, kw_only=True)
class BomItem(Item):
    """A part of the bill of materials. `phase` / `cable`: only for that one; None: for either."""

    name: str
    type: BomType
    basis: Basis
    unit_price: Money
    phase: Phase | None = None
    cable: Cable | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.type is BomType.CABLE) != (self.cable is not None):
            raise MasterDataInvalid(faults=[Fault("cable", "A cable, and nothing else, is Standard or Polycab.")])


@dataclass(frozen=True, kw_only=True)
class Fee(Item):
    """The fees of one (state, DISCOM, phase, smart meter); whole amounts for the system (domain.md, price 4)."""

    state: str
    discom: str
    phase: Phase
    smart_meter: bool
    discom_fee: Money
    discom_misc: Money
    installation: Money
    meter: Money
    modem_box: Money


@dataclass(frozen=True, kw_only=True)
class State(Item):
    """A state; its subsidy type holds for its DISCOMs unless one says otherwise."""

    name: str
    code: str
    subsidy_type: Scheme


@dataclass(frozen=True, kw_only=True)
class Discom(Item):
    """A distribution company in one state; `subsidy_type` None: the state's."""

    name: str
    state: str
    phases: tuple[Phase, ...]
    smart_meter_options: tuple[bool, ...]
    subsidy_type: Scheme | None = None


@dataclass(frozen=True, kw_only=True)
class StructureStep(Item):
    """The price of 0.5 m of extra structure height, for each kW or for the whole system."""

    basis: Basis
    unit_price: Money


@dataclass(frozen=True, kw_only=True)
class OtherCharge(Item):
    """One of the other charges, for each kW or for the whole system."""

    name: str
    kind: ChargeKind
    basis: Basis
    unit_price: Money


@dataclass(frozen=True, kw_only=True)
class SubsidySlab(Item):
    """From `from_kw` (inclusive) up to the next slab: `base` and `rate_per_kw` for each kW beyond `from_kw`."""

    scheme: Scheme
    from_kw: Decimal
    base: Money
    rate_per_kw: Money


@dataclass(frozen=True, kw_only=True)
class PriceSettings(Item):
    """What an admin may set; the defaults are those of domain.md (price 5, 6; Quotation: 30 days)."""

    inflation_percent: Decimal = Decimal(10)
    default_add_on_per_kw: Money = Money(1_800_00)
    max_add_on_per_kw: Money = Money(2_000_00)
    validity_days: int = 30
