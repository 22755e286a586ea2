"""The portal's wizard form (client-contract.md §5) turned into a configuration. Its price is made in `_price`.

The form repeats what master data knows (wattage, DCR flag, the inverter's capacity and phase, the system's kW).
What it repeats has to agree, else the person saw something else than what would be priced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from domain.errors import Fault
from domain.pricing._catalogue import CatalogueOfDay, active
from domain.pricing._configuration import Configuration, capacity, check
from domain.pricing._items import Cable, Inverter, Panel, Phase
from domain.pricing.errors import ConfigurationNotPossible
from domain.values import Money

R = TypeVar("R", Panel, Inverter)


@dataclass(frozen=True, kw_only=True)
class WizardPanels:
    """By id, or by make and variant; either may be left out where the other names one panel only."""

    count: int
    id: str | None = None
    make: str | None = None
    variant: str | None = None
    wattage: int | None = None
    dcr_flag: bool | None = None


@dataclass(frozen=True, kw_only=True)
class WizardInverter:
    """By id, or by model; with its make where two makes have the model. `capacity` in kW."""

    id: str | None = None
    make: str | None = None
    model: str | None = None
    capacity: Decimal | None = None
    phase: Phase | None = None


@dataclass(frozen=True, kw_only=True)
class WizardForm:
    """What the wizard sends. `system_kw` in kW, `extra_structure_height` in metres."""

    state: str
    discom: str
    phase: Phase
    smart_meter: bool
    panels: WizardPanels
    inverter: WizardInverter
    cable: Cable = Cable.STANDARD
    extra_structure_height: Decimal = Decimal(0)
    dealer_add_on_rate: Money | None = None
    system_kw: Decimal | None = None
    roof_type: str | None = None


def from_wizard_form(*, form: WizardForm, catalogue: CatalogueOfDay) -> Configuration:
    """A configuration that can be priced.

    Raises ConfigurationNotPossible with every fault, under the form's own names.
    """
    panels, inverters = _panels(form.panels, catalogue), _inverters(form.inverter, catalogue)
    panel, inverter = _only(panels), _only(inverters)
    configuration = Configuration(
        state=form.state,
        discom=form.discom,
        phase=form.phase,
        smart_meter=form.smart_meter,
        panel=panel.id if panel else "",
        panel_count=form.panels.count,
        inverter=inverter.id if inverter else "",
        cable=form.cable,
        structure_height=form.extra_structure_height,
        add_on_per_kw=form.dealer_add_on_rate,
        roof_type=form.roof_type,
    )
    faults = [Fault(_FIELDS.get(f.field, f.field), f.message) for f in check(configuration, catalogue)]
    faults += [*_ambiguous(panels, inverters), *_disagreements(form, panel, inverter)]
    if faults:
        raise ConfigurationNotPossible("This configuration isn't possible.", faults=faults)
    return configuration


_FIELDS = {
    "panel": "panels",
    "panelCount": "panels.count",
    "cable": "bom.cableType",
    "structureHeight": "bom.extraStructureHeight",
    "dealerAddOnPerKw": "dealerAddOnRate",
}


def _panels(form: WizardPanels, catalogue: CatalogueOfDay) -> list[Panel]:
    wanted = (form.id, form.make, form.variant)
    return [row for row in active(catalogue.panels) if _matches(wanted, (row.id, row.make, row.variant))]


def _inverters(form: WizardInverter, catalogue: CatalogueOfDay) -> list[Inverter]:
    wanted = (form.id, form.make, form.model)
    return [row for row in active(catalogue.inverters) if _matches(wanted, (row.id, row.make, row.model))]


def _matches(wanted: Iterable[str | None], found: Iterable[str]) -> bool:
    pairs = [(a, b) for a, b in zip(wanted, found, strict=True) if a is not None]
    return bool(pairs) and all(" ".join(a.split()).casefold() == b.casefold() for a, b in pairs)


def _only(rows: list[R]) -> R | None:
    return rows[0] if len(rows) == 1 else None


def _ambiguous(panels: list[Panel], inverters: list[Inverter]) -> Iterator[Fault]:
    for field, rows in (("panels", panels), ("inverter", inverters)):
        if len(rows) > 1:
            names = ", ".join(f"{row.name} ({row.id})" for row in rows)
            yield Fault(field, f"Several have this name; say the id of one of them: {names}.")


def _disagreements(form: WizardForm, panel: Panel | None, inverter: Inverter | None) -> Iterator[Fault]:
    said: list[tuple[str, object, object]] = []
    if panel:
        said.append(("panels.wattage", form.panels.wattage, panel.watts))
        said.append(("panels.dcrFlag", form.panels.dcr_flag, panel.dcr))
        said.append(("systemKW", form.system_kw, capacity(panel, form.panels.count)))
    if inverter:
        said.append(("inverter.capacity", form.inverter.capacity, inverter.capacity_kw))
        said.append(("inverter.phase", form.inverter.phase, inverter.phase))
    for field, given, known in said:
        if given is not None and given != known:
            yield Fault(
                field, f"By the master data it is {_spelt(known)}, not {_spelt(given)}. Leave it out or correct it."
            )


def _spelt(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
