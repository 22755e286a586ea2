"""The kinds of master data, as frozen dataclasses. No storage here, and no rule that combines rows.

Money is per unit, in paise; kW and per cent are `Decimal`. What all kinds have is in `_item`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.errors import Fault
from domain.pricing._item import Item
from domain.values import Money

_DEFAULT_ADD_ON = Money.rupees(1_800)  # domain.md, price 5, per kW
_MAX_ADD_ON = Money.rupees(2_000)
SETTINGS_ID = "PRICING"  # the one row of `settings`


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

    def own_faults(self) -> Iterator[Fault]:
        if not 1 <= self.watts <= 5_000:
            yield Fault("watts", "A panel has 1 to 5,000 W.")

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

    def own_faults(self) -> Iterator[Fault]:
        if not self.capacity_kw:
            yield Fault("capacityKw", "An inverter has a capacity above 0 kW.")

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

    def own_faults(self) -> Iterator[Fault]:
        if (self.type is BomType.CABLE) != (self.cable is not None):
            yield Fault("cable", "A cable, and nothing else, is Standard or Polycab.")


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

    def own_faults(self) -> Iterator[Fault]:
        yield from _not_of_a_state(self.subsidy_type)


@dataclass(frozen=True, kw_only=True)
class Discom(Item):
    """A distribution company in one state; `subsidy_type` None: the state's."""

    name: str
    state: str
    phases: tuple[Phase, ...]
    smart_meter_options: tuple[bool, ...]
    subsidy_type: Scheme | None = None

    def own_faults(self) -> Iterator[Fault]:
        for field, chosen in (("phases", self.phases), ("smartMeterOptions", self.smart_meter_options)):
            if not chosen or len(set(chosen)) < len(chosen):
                yield Fault(field, "At least one, and each only once.")
        yield from _not_of_a_state(self.subsidy_type)


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
class Service(Item):
    """What a customer may ask for; `price_from` and `price_to` are a guide, not an offer."""

    name: str
    type: str
    description: str
    category: str = ""
    price_from: Money | None = None
    price_to: Money | None = None
    features: tuple[str, ...] = ()
    estimated_duration: str = ""

    def own_faults(self) -> Iterator[Fault]:
        if self.price_from is not None and self.price_to is not None and self.price_to < self.price_from:
            yield Fault("priceTo", "The upper price may not be below the lower one.")


@dataclass(frozen=True, kw_only=True)
class PriceSettings(Item):
    """What an admin may set; the defaults are those of domain.md (price 5, 6; Quotation: 30 days).

    `default_state` is the id of the state that a simple form is priced for where nothing says another
    (docs/adr/0017).
    """

    inflation_percent: Decimal = Decimal(10)
    default_add_on_per_kw: Money = _DEFAULT_ADD_ON
    max_add_on_per_kw: Money = _MAX_ADD_ON
    validity_days: int = 30
    default_state: str | None = None

    def own_faults(self) -> Iterator[Fault]:
        if self.id != SETTINGS_ID or not self.active:
            yield Fault("id" if self.active else "active", f"There is one {SETTINGS_ID}, and it is always active.")
        if self.inflation_percent > 100:
            yield Fault("inflationPercent", "The inflation is 0 to 100 per cent.")
        if self.default_add_on_per_kw > self.max_add_on_per_kw:
            yield Fault("defaultAddOnPerKw", "The default add-on may not be above the highest one.")
        if not 1 <= self.validity_days <= 365:
            yield Fault("validityDays", "A quotation is valid for 1 to 365 days.")


def _not_of_a_state(scheme: Scheme | None) -> Iterator[Fault]:
    if scheme is Scheme.CENTRAL:
        yield Fault("subsidyType", "The type of state subsidy is S1, S2 or S3.")
