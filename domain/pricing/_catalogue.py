"""All master data, and the part of it that counts on one day. No storage and no price rules here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from domain.pricing._company import COMPANY_ID, Company, without_letterhead
from domain.pricing._item import Item
from domain.pricing._items import (
    SETTINGS_ID,
    BomItem,
    Cable,
    Discom,
    Fee,
    Inverter,
    OtherCharge,
    Panel,
    Phase,
    PriceSettings,
    Scheme,
    Service,
    State,
    StructureStep,
    SubsidySlab,
)

KINDS: dict[str, type[Item]] = {
    "panels": Panel,
    "inverters": Inverter,
    "bom": BomItem,
    "fees": Fee,
    "states": State,
    "discoms": Discom,
    "structure": StructureStep,
    "charges": OtherCharge,
    "subsidies": SubsidySlab,
    "settings": PriceSettings,
    "services": Service,
    "company": Company,
}
"""The kinds of master data: the field of a catalogue, the beginning of a row's key and the class of a row."""

R = TypeVar("R", bound=Item)


class _Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


@dataclass(frozen=True, kw_only=True)
class _Rows:
    panels: tuple[Panel, ...] = ()
    inverters: tuple[Inverter, ...] = ()
    bom: tuple[BomItem, ...] = ()
    fees: tuple[Fee, ...] = ()
    states: tuple[State, ...] = ()
    discoms: tuple[Discom, ...] = ()
    structure: tuple[StructureStep, ...] = ()
    charges: tuple[OtherCharge, ...] = ()
    subsidies: tuple[SubsidySlab, ...] = ()
    settings: tuple[PriceSettings, ...] = ()
    services: tuple[Service, ...] = ()
    company: tuple[Company, ...] = ()

    def of_kind(self, kind: str) -> tuple[Item, ...]:
        """The rows of one of `KINDS`."""
        rows: tuple[Item, ...] = getattr(self, kind)
        return rows


@dataclass(frozen=True, kw_only=True)
class Catalogue(_Rows):
    """All rows, past and future ones included. `updated_at` is when one was last written (UTC), if known.

    `version` counts the transactions that made it, 0 for one that was never stored. A quotation keeps it, and
    `catalogue_as_of` makes the same catalogue from it again.
    """

    version: int = 0
    updated_at: datetime | None = None

    def on(self, day: date) -> CatalogueOfDay:
        """What counts on a day in India: of each id the row in force, the one that began last if several are."""
        return CatalogueOfDay(
            panels=_in_force(self.panels, day),
            inverters=_in_force(self.inverters, day),
            bom=_in_force(self.bom, day),
            fees=_in_force(self.fees, day),
            states=_in_force(self.states, day),
            discoms=_in_force(self.discoms, day),
            structure=_in_force(self.structure, day),
            charges=_in_force(self.charges, day),
            subsidies=_in_force(self.subsidies, day),
            settings=_in_force(self.settings, day),
            services=_in_force(self.services, day),
            company=_in_force(self.company, day),
            day=day,
            version=self.version,
            updated_at=self.updated_at,
        )


@dataclass(frozen=True, kw_only=True)
class CatalogueOfDay(_Rows):
    """The rows in force on `day`, sorted by id, each id once: what a configuration is checked and priced with.

    A reference is an id, or a name (panel: make and variant, inverter: make and model) in any case.
    """

    day: date
    version: int
    updated_at: datetime | None = None

    def panel(self, reference: str) -> Panel | None:
        """The panel with this id or this make and variant, active or not."""
        return _find(self.panels, reference)

    def inverter(self, reference: str) -> Inverter | None:
        """The inverter with this id or this make and model, active or not."""
        return _find(self.inverters, reference)

    def state(self, reference: str) -> State | None:
        """The state with this id, name or code, active or not."""
        by_code = (row for row in self.states if row.code.casefold() == reference.strip().casefold())
        return _find(self.states, reference) or next(by_code, None)

    def discom(self, reference: str) -> Discom | None:
        """The DISCOM with this id or name, active or not."""
        return _find(self.discoms, reference)

    def discoms_of(self, state: State) -> tuple[Discom, ...]:
        """The active DISCOMs of a state, by id."""
        return tuple(row for row in active(self.discoms) if row.state == state.id)

    def fee(self, *, state: str, discom: str, phase: Phase, smart_meter: bool) -> Fee | None:
        """The active fees of a combination (domain.md, price 4), by the ids of state and DISCOM."""
        wanted = (state, discom, phase, smart_meter)
        found = (row for row in active(self.fees) if (row.state, row.discom, row.phase, row.smart_meter) == wanted)
        return next(found, None)

    def bom_for(self, *, phase: Phase, cable: Cable) -> tuple[BomItem, ...]:
        """The active BOM items that a system of this phase with this cable needs."""
        return tuple(row for row in active(self.bom) if row.phase in (None, phase) and row.cable in (None, cable))

    def subsidy_type(self, discom: Discom) -> Scheme:
        """The type of state subsidy by state and DISCOM (domain.md, price 7): its own, else the state's."""
        state = self.state(discom.state)
        return discom.subsidy_type or (state.subsidy_type if state else Scheme.S1)

    @property
    def pricing(self) -> PriceSettings:
        """The settings in force, or the defaults of domain.md if an admin never set any."""
        found = (row for row in active(self.settings) if row.id == SETTINGS_ID)
        return next(found, PriceSettings(id=SETTINGS_ID, effective_from=date.min))

    @property
    def letterhead(self) -> Company:
        """The company as it presents itself on paper."""
        found = (row for row in active(self.company) if row.id == COMPANY_ID)
        return next(found, without_letterhead())


def active(rows: Iterable[R]) -> tuple[R, ...]:
    """The rows that may be chosen."""
    return tuple(row for row in rows if row.active)


def _in_force(rows: Iterable[R], day: date) -> tuple[R, ...]:
    by_start = sorted((row for row in rows if row.counts_on(day)), key=lambda row: row.effective_from)
    newest = {row.id: row for row in by_start}
    return tuple(newest[key] for key in sorted(newest))


def _find(rows: Sequence[N], reference: str) -> N | None:
    wanted = " ".join(reference.split()).casefold()
    by_id = (row for row in rows if row.id.casefold() == wanted)
    by_name = (row for row in rows if row.name.casefold() == wanted)
    return next(by_id, None) or next(by_name, None)
