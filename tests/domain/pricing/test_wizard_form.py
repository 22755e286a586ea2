"""The portal's wizard form (client-contract.md §5)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.pricing import (
    Cable,
    Configuration,
    ConfigurationNotPossible,
    Phase,
    WizardForm,
    WizardInverter,
    WizardPanels,
    from_wizard_form,
)
from tests.domain.pricing.builders import a_catalogue, a_panel, an_inverter, rs


def a_form(
    *, panels: dict[str, Any] | None = None, inverter: dict[str, Any] | None = None, **more: Any
) -> WizardForm:
    form = WizardForm(
        state="Uttar Pradesh",
        discom="KESCO",
        phase=Phase.THREE,
        smart_meter=True,
        panels=WizardPanels(**{"make": "Waaree", "variant": "545 DCR", "count": 7} | (panels or {})),
        inverter=WizardInverter(**{"model": "4K 3P"} | (inverter or {})),
    )
    return replace(form, **more)


def faults(form: WizardForm) -> dict[str, str]:
    with pytest.raises(ConfigurationNotPossible) as refused:
        from_wizard_form(form=form, catalogue=a_catalogue())
    return {fault.field: fault.message for fault in refused.value.faults}


class TestFromWizardForm:
    def test_finds_what_the_names_mean(self) -> None:
        form = a_form(
            panels={"make": "waaree", "wattage": 545, "dcr_flag": True},
            inverter={"make": "Solis", "capacity": Decimal("4.0"), "phase": Phase.THREE},
            cable=Cable.POLYCAB,
            extra_structure_height=Decimal("1.5"),
            dealer_add_on_rate=rs(0),
            system_kw=Decimal("3.815"),
            roof_type="RCC",
        )
        assert from_wizard_form(form=form, catalogue=a_catalogue()) == Configuration(
            state="Uttar Pradesh",
            discom="KESCO",
            phase=Phase.THREE,
            smart_meter=True,
            panel="P1",
            panel_count=7,
            inverter="I1",
            cable=Cable.POLYCAB,
            structure_height=Decimal("1.5"),
            add_on_per_kw=rs(0),
            roof_type="RCC",
        )

    def test_refuses_what_disagrees_with_the_master_data(self) -> None:
        told = faults(
            a_form(
                panels={"wattage": 540, "dcr_flag": False},
                inverter={"capacity": Decimal(5), "phase": Phase.SINGLE},
                system_kw=Decimal(4),
            )
        )
        assert told["panels.wattage"] == "By the master data it is 545, not 540. Leave it out or correct it."
        assert told["panels.dcrFlag"] == "By the master data it is true, not false. Leave it out or correct it."
        assert set(told) == {
            "panels.wattage", "panels.dcrFlag", "inverter.capacity", "inverter.phase", "systemKW",
        }  # fmt: skip

    def test_a_name_that_several_have_is_not_guessed(self) -> None:
        catalogue = a_catalogue(inverters=(an_inverter(), an_inverter(id="I3", make="Growatt")))
        with pytest.raises(ConfigurationNotPossible) as refused:
            from_wizard_form(form=a_form(), catalogue=catalogue)
        assert "Solis 4K 3P (I1), Growatt 4K 3P (I3)" in refused.value.faults[-1].message
        made = from_wizard_form(form=a_form(inverter={"make": "Growatt"}), catalogue=catalogue)
        assert made.inverter == "I3"

    def test_tells_every_fault_under_its_own_names(self) -> None:
        told = faults(
            a_form(
                panels={"count": 6},
                extra_structure_height=Decimal("0.7"),
                dealer_add_on_rate=rs(2_001),
                roof_type="Thatch",
                phase=Phase.THREE,
            )
        )
        assert set(told) == {
            "panels.count", "inverter", "bom.extraStructureHeight", "dealerAddOnRate", "roofType",
        }  # fmt: skip

    def test_an_inactive_panel_is_none_to_choose(self) -> None:
        catalogue = a_catalogue(panels=(a_panel(active=False), a_panel(id="P2", variant="545", dcr=False)))
        with pytest.raises(ConfigurationNotPossible) as refused:
            from_wizard_form(form=a_form(), catalogue=catalogue)
        first = refused.value.faults[0]
        assert (first.field, first.message) == ("panels", "The panel must be one of Waaree 545 (P2).")
