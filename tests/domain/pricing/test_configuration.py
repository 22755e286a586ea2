"""What configurations are possible (domain.md, price 1 to 5): every fault at once, with what is allowed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.errors import Fault
from domain.pricing import PANEL_COUNTS, Phase, capacity, check, fitting_inverters
from domain.values import Money
from local.master_data import example_catalogue
from tests.domain.pricing.builders import TODAY, a_catalogue, a_configuration, a_panel, an_inverter, rs


def fields(**changes: Any) -> list[str]:
    return [fault.field for fault in check(a_configuration(**changes), a_catalogue())]


class TestCheck:
    def test_nothing_is_wrong_with_a_possible_one(self) -> None:
        assert check(a_configuration(), a_catalogue()) == ()

    @pytest.mark.parametrize(
        ("changes", "wrong"),
        [
            ({"state": "Kerala"}, ["state"]),
            ({"discom": "NOBODY"}, ["discom"]),
            ({"discom": "MSEDCL"}, ["discom"]),  # of another state
            ({"phase": Phase.SINGLE}, ["phase", "inverter"]),
            ({"smart_meter": False}, ["smartMeter"]),
            ({"panel": "P9"}, ["panel"]),
            ({"panel_count": 6}, ["panelCount", "inverter"]),
            ({"panel_count": 19}, ["panelCount"]),
            ({"panel_count": -1}, ["panelCount"]),
            ({"panel_count": 9}, ["inverter"]),  # 4.905 kW: 4 kW is 18 % below
            ({"inverter": "I2"}, ["inverter"]),  # single phase
            ({"inverter": ""}, ["inverter"]),
            ({"structure_height": Decimal("0.3")}, ["structureHeight"]),
            ({"structure_height": Decimal("2.5")}, ["structureHeight"]),
            ({"structure_height": Decimal("-0.5")}, ["structureHeight"]),
            ({"structure_height": Decimal("NaN")}, ["structureHeight"]),
            ({"structure_height": Decimal("Infinity")}, ["structureHeight"]),
            ({"add_on_per_kw": Money(2_000_01)}, ["dealerAddOnPerKw"]),
            ({"add_on_per_kw": Money(-1)}, ["dealerAddOnPerKw"]),
        ],
    )
    def test_names_what_is_wrong(self, changes: dict[str, Any], wrong: list[str]) -> None:
        assert fields(**changes) == wrong

    @pytest.mark.parametrize(
        "changes",
        [
            {"add_on_per_kw": rs(0)},
            {"add_on_per_kw": rs(2_000)},
            {"structure_height": Decimal("0")},
            {"structure_height": Decimal("2.00")},
            {"panel_count": 8},  # 4.36 kW
        ],
    )
    def test_the_ends_of_the_ranges_are_allowed(self, changes: dict[str, Any]) -> None:
        assert fields(**changes) == []

    def test_lists_everything_at_once_with_what_is_allowed(self) -> None:
        wrong = a_configuration(
            state="Kerala", discom="X", panel="X", panel_count=3, inverter="X",
            structure_height=Decimal(3), add_on_per_kw=rs(2_001),
        )  # fmt: skip
        assert check(wrong, a_catalogue()) == (
            Fault("state", "The state must be one of Maharashtra (MH), Uttar Pradesh (UP)."),
            Fault(
                "discom", "The DISCOM must be one of Kanpur Electricity (KESCO), Maharashtra Distribution (MSEDCL)."
            ),
            Fault("panel", "The panel must be one of Waaree 545 DCR (P1), Waaree 545 (P2)."),
            Fault("panelCount", "On a Three phase connection there are 7 to 18 panels."),
            Fault("inverter", "The inverter must be one of Solis 4K 3P (I1)."),
            Fault("structureHeight", "The extra structure height is 0, 0.5, 1, 1.5 or 2 m."),
            Fault("dealerAddOnPerKw", "The dealer add-on is ₹0 to ₹2,000.00 per kW."),
        )

    @pytest.mark.parametrize(
        ("kw", "possible"),
        # 3.815 kW ± 15 % is 3.24275 to 4.38725 kW
        [("3.24275", True), ("3.242749", False), ("4.38725", True), ("4.387251", False)],
    )
    def test_both_ends_of_15_percent_are_allowed(self, kw: str, possible: bool) -> None:
        catalogue = a_catalogue(inverters=(an_inverter(capacity_kw=Decimal(kw)),))
        assert (check(a_configuration(), catalogue) == ()) is possible

    @pytest.mark.parametrize(
        ("kind", "wrong"),
        [
            ("states", ["state"]),
            ("discoms", ["discom"]),
            ("fees", ["discom"]),
            ("panels", ["panel"]),
            ("inverters", ["inverter"]),
            ("bom", ["cable"]),
            ("structure", ["structureHeight"]),
            ("charges", ["catalogue"] * 4),
            ("subsidies", ["catalogue"] * 2),
        ],
    )
    def test_an_inactive_row_cannot_be_chosen_and_is_never_quietly_free(self, kind: str, wrong: list[str]) -> None:
        full = a_catalogue()
        without = a_catalogue(**{kind: tuple(replace(row, active=False) for row in full.of_kind(kind))})
        assert [fault.field for fault in check(a_configuration(), without)] == wrong


class TestFittingInverters:
    def test_recommended_ones_come_first_then_the_nearest(self) -> None:
        sizes = (("A", "4.3", False), ("B", "3.9", False), ("C", "3.3", True), ("D", "5", True))
        rows = tuple(an_inverter(id=i, capacity_kw=Decimal(kw), recommended=r) for i, kw, r in sizes)
        found = fitting_inverters(catalogue=a_catalogue(inverters=rows), phase=Phase.THREE, kw=Decimal("3.815"))
        assert [row.id for row in found] == ["C", "B", "A"]

    def test_capacity_is_exact(self) -> None:
        assert capacity(a_panel(watts=545), 7) == Decimal("3.815")

    def test_the_example_data_have_one_for_every_allowed_number_of_every_panel(self) -> None:
        catalogue = example_catalogue().on(TODAY)
        without = [
            (panel.id, phase, count)
            for panel in catalogue.panels
            for phase, counts in PANEL_COUNTS.items()
            for count in counts
            if not fitting_inverters(catalogue=catalogue, phase=phase, kw=capacity(panel, count))
        ]
        assert without == []
