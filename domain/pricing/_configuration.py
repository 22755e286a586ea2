"""The configuration of a system and what is possible of it. What it costs is in `_price`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.errors import Fault
from domain.pricing._catalogue import CatalogueOfDay, active
from domain.pricing._items import Cable, ChargeKind, Discom, Inverter, Panel, Phase, Scheme, State
from domain.values import ZERO, Money

PANEL_COUNTS = {Phase.SINGLE: range(4, 10), Phase.THREE: range(7, 19)}  # domain.md, price 2
ROOF_TYPES = ("RCC", "TinShed", "Other")  # client-contract.md §10
HEIGHTS = tuple(Decimal(half) / 2 for half in range(5))  # domain.md, price 3: 0-2 m in 0.5 m steps
INVERTER_TOLERANCE = Decimal("0.15")  # domain.md, price 3
_MOST_PANELS = max(max(counts) for counts in PANEL_COUNTS.values())


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What a CP chose (domain.md, price 1 to 5). Texts are references: an id, or a name in any case.

    `structure_height` is in metres; `add_on_per_kw` is the dealer add-on per kW, None for the default of
    the settings in force. `roof_type` is one of `ROOF_TYPES`, kept because people ask; it changes no price.
    `discount` is what staff take off the price of the whole system (docs/adr/0019).
    """

    state: str
    discom: str
    phase: Phase
    smart_meter: bool
    panel: str
    panel_count: int
    inverter: str
    cable: Cable = Cable.STANDARD
    structure_height: Decimal = Decimal(0)
    add_on_per_kw: Money | None = None
    roof_type: str | None = None
    discount: Money | None = None


def capacity(panel: Panel, count: int) -> Decimal:
    """The system's capacity in kW, exact: count × watts ÷ 1000 (domain.md, price 2)."""
    return Decimal(panel.watts * count) / 1000


def fits(inverter: Inverter, kw: Decimal) -> bool:
    """Whether the inverter is within ±15 % of the system's capacity, both ends included (domain.md, price 3)."""
    return abs(inverter.capacity_kw - kw) <= kw * INVERTER_TOLERANCE


def fitting_inverters(*, catalogue: CatalogueOfDay, phase: Phase, kw: Decimal) -> tuple[Inverter, ...]:
    """The active inverters that a system may have: recommended ones first, then the nearest in capacity."""
    possible = (row for row in active(catalogue.inverters) if row.phase is phase and fits(row, kw))
    return tuple(sorted(possible, key=lambda i: (not i.recommended, abs(i.capacity_kw - kw), i.id)))


def check(configuration: Configuration, catalogue: CatalogueOfDay) -> tuple[Fault, ...]:
    """Everything that is wrong with a configuration, with what would be allowed; empty if it can be priced."""
    return (
        *_location_faults(configuration, catalogue),
        *_panel_faults(configuration, catalogue),
        *_inverter_faults(configuration, catalogue),
        *_extras_faults(configuration, catalogue),
        *_catalogue_faults(configuration, catalogue),
    )


def _location_faults(chosen: Configuration, catalogue: CatalogueOfDay) -> list[Fault]:
    state, discom = catalogue.state(chosen.state), catalogue.discom(chosen.discom)
    faults = []
    if state is None or not state.active:
        faults.append(Fault("state", f"The state must be one of {_names(catalogue.states)}."))
    if discom is None or not discom.active or (state is not None and discom.state != state.id):
        offered = catalogue.discoms_of(state) if state is not None else active(catalogue.discoms)
        faults.append(Fault("discom", f"The DISCOM must be one of {_names(offered)}."))
        return faults
    connection = _connection_faults(chosen, discom)
    if not connection and state is not None and _fee_missing(chosen, catalogue, state, discom):
        connection = [Fault("discom", f"There are no fees for {discom.name}, this phase and this meter.")]
    return faults + connection


def _connection_faults(chosen: Configuration, discom: Discom) -> list[Fault]:
    faults = []
    if chosen.phase not in discom.phases:
        faults.append(Fault("phase", f"{discom.name} supports these phases: {', '.join(discom.phases)}."))
    if chosen.smart_meter not in discom.smart_meter_options:
        offered = " or ".join("with" if smart else "without" for smart in discom.smart_meter_options)
        faults.append(Fault("smartMeter", f"{discom.name} connects only {offered} a smart meter."))
    return faults


def _fee_missing(chosen: Configuration, catalogue: CatalogueOfDay, state: State, discom: Discom) -> bool:
    fee = catalogue.fee(state=state.id, discom=discom.id, phase=chosen.phase, smart_meter=chosen.smart_meter)
    return fee is None


def _panel_faults(chosen: Configuration, catalogue: CatalogueOfDay) -> list[Fault]:
    panel, counts, faults = catalogue.panel(chosen.panel), PANEL_COUNTS[chosen.phase], []
    if panel is None or not panel.active:
        faults.append(Fault("panel", f"The panel must be one of {_names(catalogue.panels)}."))
    if chosen.panel_count not in counts:
        said = f"On a {chosen.phase} phase connection there are {counts.start} to {counts.stop - 1} panels."
        faults.append(Fault("panelCount", said))
    return faults


def _inverter_faults(chosen: Configuration, catalogue: CatalogueOfDay) -> list[Fault]:
    panel, inverter = catalogue.panel(chosen.panel), catalogue.inverter(chosen.inverter)
    known = inverter is not None and inverter.active
    same_phase = inverter is not None and inverter.phase is chosen.phase
    if panel is None or not 1 <= chosen.panel_count <= _MOST_PANELS:  # the capacity isn't known
        if known and same_phase:
            return []
        offered = tuple(row for row in catalogue.inverters if row.phase is chosen.phase)
        return [Fault("inverter", f"The inverter must be one of {_names(offered)}.")]
    kw = capacity(panel, chosen.panel_count)
    if inverter is not None and known and same_phase and fits(inverter, kw):
        return []
    offered = fitting_inverters(catalogue=catalogue, phase=chosen.phase, kw=kw)
    rule = f"must be {chosen.phase} phase and within 15 % of the system's {kw.normalize():f} kW"
    return [Fault("inverter", f"The inverter {rule}: {_names(offered)}.")]


def _extras_faults(chosen: Configuration, catalogue: CatalogueOfDay) -> list[Fault]:
    faults = []
    if chosen.roof_type is not None and chosen.roof_type not in ROOF_TYPES:
        faults.append(Fault("roofType", f"The roof type is one of {', '.join(ROOF_TYPES)}."))
    if not chosen.structure_height.is_finite() or chosen.structure_height not in HEIGHTS:
        faults.append(Fault("structureHeight", "The extra structure height is 0, 0.5, 1, 1.5 or 2 m."))
    return [*faults, *add_on_faults(chosen.add_on_per_kw, catalogue)]


def add_on_faults(rate: Money | None, catalogue: CatalogueOfDay) -> list[Fault]:
    """What is wrong with a dealer add-on per kW (domain.md, price 5)."""
    most = catalogue.pricing.max_add_on_per_kw
    if rate is None or ZERO <= rate <= most:
        return []
    return [Fault("dealerAddOnPerKw", f"The dealer add-on is ₹0 to {most} per kW.")]


def _catalogue_faults(chosen: Configuration, catalogue: CatalogueOfDay) -> list[Fault]:
    """A row that an admin forgot must not quietly make a system cheaper (or lose a subsidy)."""
    missing = []
    if not any(item.cable is chosen.cable for item in catalogue.bom_for(phase=chosen.phase, cable=chosen.cable)):
        missing.append(Fault("cable", f"There is no price for {chosen.cable} cable on {chosen.phase} phase."))
    if chosen.structure_height and not active(catalogue.structure):
        missing.append(Fault("structureHeight", "There is no price for extra structure height."))
    charged = {row.kind for row in active(catalogue.charges)}
    subsidized = {row.scheme for row in active(catalogue.subsidies)}
    needed = {Scheme.CENTRAL} | _state_schemes(chosen, catalogue)
    for absent in (*(set(ChargeKind) - charged), *(needed - subsidized)):
        missing.append(Fault("catalogue", f"The master data has no row in force for {absent}."))
    return sorted(missing, key=lambda fault: (fault.field, fault.message))


def _state_schemes(chosen: Configuration, catalogue: CatalogueOfDay) -> set[Scheme]:
    discom = catalogue.discom(chosen.discom)
    return {catalogue.subsidy_type(discom)} if discom else set()


def _names(rows: Iterable[State | Discom | Panel | Inverter]) -> str:
    return ", ".join(f"{row.name} ({row.id})" for row in rows if row.active) or "none"
