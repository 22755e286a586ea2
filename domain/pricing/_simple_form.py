"""The CP app's simple form (client-contract.md §5) turned into a configuration. Its price is made in `_price`.

The form leaves out most of what a price needs, so this fills in, as well as it can: the DISCOM is the first
active one of the state (by id) that supports the phase; no smart meter where that is offered; Standard cable;
no extra height; the default add-on. The panels given count, and `system_kw` only where none are given: then it
is the recommended panel, as many as come nearest. The phase is the given inverter's, else Single up to 9
panels. Without an inverter it is the recommended or nearest one that fits. `roof_type` changes no price.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from domain.errors import Fault
from domain.pricing._catalogue import CatalogueOfDay, active
from domain.pricing._configuration import (
    PANEL_COUNTS,
    ROOF_TYPES,
    Configuration,
    capacity,
    check,
    fitting_inverters,
)
from domain.pricing._items import Discom, Inverter, Panel, Phase
from domain.pricing.errors import ConfigurationNotPossible

_MAX_KW = Decimal(100)  # far above what the panel counts allow; keeps the arithmetic small


@dataclass(frozen=True, kw_only=True)
class Part:
    """A panel or an inverter, by id or name, and how many."""

    id: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class SimpleForm:
    """What the CP app sends. `system_kw` in kW."""

    system_kw: Decimal
    roof_type: str
    panels: Sequence[Part] = ()
    inverters: Sequence[Part] = ()


def place_of(*, given: str | None, state: str | None, address: str, catalogue: CatalogueOfDay) -> str:
    """The state that a simple form is priced for: what the form says, else the lead's state, else the state
    whose name stands in the lead's address, else the default of the settings; "" if there is none.
    """
    if given or state:
        return given or state or ""
    words = f" {' '.join(re.split(r'[^a-z]+', address.casefold()))} "
    named = (row.id for row in active(catalogue.states) if f" {row.name.casefold()} " in words)
    return next(named, None) or catalogue.pricing.default_state or ""


def from_simple_form(*, form: SimpleForm, state: str, catalogue: CatalogueOfDay) -> Configuration:
    """A configuration for a lead in `state` (id, name or code) that can be priced.

    Raises ConfigurationNotPossible with every fault that can be told.
    """
    faults = _form_faults(form)
    panel, inverter = _panel(form, catalogue), _inverter(form, catalogue)
    if faults or panel is None:
        faults += [] if panel else [Fault("panels", "There is no such panel in the master data.")]
        raise ConfigurationNotPossible("This system isn't possible.", faults=faults)
    count = sum(part.quantity for part in form.panels) or _count(form.system_kw, panel)
    phase = inverter.phase if inverter else _phase(count)
    if inverter is None and not form.inverters:
        inverter = next(iter(fitting_inverters(catalogue=catalogue, phase=phase, kw=capacity(panel, count))), None)
    discom = _discom(state, phase, catalogue)
    configuration = Configuration(
        state=state,
        discom=discom.id if discom else "",
        phase=phase,
        smart_meter=discom is not None and False not in discom.smart_meter_options,
        panel=panel.id,
        panel_count=count,
        inverter=inverter.id if inverter else "",
        roof_type=form.roof_type,
    )
    return _checked(configuration, catalogue)


def _form_faults(form: SimpleForm) -> list[Fault]:
    faults = []
    if not form.system_kw.is_finite() or not 0 < form.system_kw <= _MAX_KW:
        faults.append(Fault("systemKW", "The capacity is a number of kW above 0 and at most 100."))
    if form.roof_type not in ROOF_TYPES:
        faults.append(Fault("roofType", f"The roof type is one of {', '.join(ROOF_TYPES)}."))
    if any(part.quantity < 1 for part in form.panels) or len({part.id for part in form.panels}) > 1:
        faults.append(Fault("panels", "A system has one kind of panel, with a quantity of at least 1."))
    if form.inverters and sum(part.quantity for part in form.inverters) != 1:
        faults.append(Fault("inverters", "A system has one inverter."))
    return faults


def _panel(form: SimpleForm, catalogue: CatalogueOfDay) -> Panel | None:
    if form.panels:
        return catalogue.panel(form.panels[0].id)
    choice = sorted(active(catalogue.panels), key=lambda panel: (not panel.recommended, panel.id))
    return next(iter(choice), None)


def _inverter(form: SimpleForm, catalogue: CatalogueOfDay) -> Inverter | None:
    return catalogue.inverter(form.inverters[0].id) if form.inverters else None


def _count(kw: Decimal, panel: Panel) -> int:
    return int((kw * 1000 / panel.watts).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _phase(count: int) -> Phase:
    return Phase.SINGLE if count < PANEL_COUNTS[Phase.SINGLE].stop else Phase.THREE


def _discom(state: str, phase: Phase, catalogue: CatalogueOfDay) -> Discom | None:
    known = catalogue.state(state)
    offered = catalogue.discoms_of(known) if known else ()
    return next((discom for discom in offered if phase in discom.phases), None)


_FIELDS = {"panel": "panels", "panelCount": "panels", "inverter": "inverters"}


def _checked(configuration: Configuration, catalogue: CatalogueOfDay) -> Configuration:
    """The configuration, if it is possible; faults under the form's own names (`discom` and such: its state)."""
    faults = [Fault(_FIELDS.get(f.field, f.field), f.message) for f in check(configuration, catalogue)]
    if faults:
        raise ConfigurationNotPossible("This system isn't possible.", faults=faults)
    return configuration
