"""Configurations and prices as JSON text in a quotation's row: nothing lost, the same bytes for the same value."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from domain.pricing import (
    Configuration,
    as_text,
    configuration_as_plain,
    configuration_from_plain,
    price,
    price_as_plain,
    price_from_plain,
)
from domain.store import MAX_TEXT_UNITS
from tests.domain.pricing.builders import a_catalogue, a_configuration, rs
from tests.domain.pricing.test_price import EXAMPLES, possible


class TestConfiguration:
    def test_is_this(self) -> None:
        assert configuration_as_plain(a_configuration(add_on_per_kw=rs("1799.50"))) == {
            "state": "UP",
            "discom": "KESCO",
            "phase": "Three",
            "smartMeter": True,
            "panel": "P1",
            "panelCount": 7,
            "inverter": "I1",
            "cable": "Polycab",
            "structureHeight": "1.5",
            "addOnPerKwPaise": 179950,
        }

    @given(chosen=possible())
    def test_comes_back_the_same(self, chosen: Configuration) -> None:
        text = as_text(configuration_as_plain(chosen))
        assert configuration_from_plain(json.loads(text)) == chosen

    @pytest.mark.parametrize(("one", "other"), [("1", "1.00"), ("0", "-0.0"), ("2", "0.2E1")])
    def test_equal_values_give_the_same_bytes(self, one: str, other: str) -> None:
        texts = {
            as_text(configuration_as_plain(a_configuration(structure_height=Decimal(h)))) for h in (one, other)
        }
        assert len(texts) == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"panelCount": 7.0},
            {"panelCount": True},
            {"smartMeter": 1},
            {"structureHeight": 1.5},
            {"structureHeight": "NaN"},
            {"addOnPerKwPaise": "1800"},
            {"phase": "Two"},
            {"unknown": 1},
        ],
    )
    def test_refuses_what_is_not_such_a_form(self, change: dict[str, Any]) -> None:
        with pytest.raises(ValueError):
            configuration_from_plain({**configuration_as_plain(a_configuration()), **change})

    def test_refuses_a_form_with_something_missing(self) -> None:
        with pytest.raises(ValueError, match="without discom, phase"):
            configuration_from_plain(
                {"state": "UP", "smartMeter": True, "panel": "P", "panelCount": 7, "inverter": "I"}
            )


class TestPrice:
    @given(chosen=possible())
    def test_comes_back_the_same_and_fits_in_a_column(self, chosen: Configuration) -> None:
        made = price(chosen, EXAMPLES)
        text = as_text(price_as_plain(made))
        assert price_from_plain(json.loads(text)) == made
        assert as_text(price_as_plain(price_from_plain(json.loads(text)))) == text
        assert len(text) <= MAX_TEXT_UNITS // 4

    def test_has_the_sums_in_paise(self) -> None:
        plain = price_as_plain(price(a_configuration(), a_catalogue()))
        assert {key: plain[key] for key in plain if key.endswith("Paise")} == {
            "hardwareSubtotalPaise": 20_111_081,
            "inflatedBasePaise": 22_122_189,
            "addOnPerKwPaise": 180_000,
            "addOnTotalPaise": 686_700,
            "systemPricePaise": 22_808_889,
            "totalSubsidyPaise": 10_800_000,
            "customerPaysPaise": 12_008_889,
        }

    def test_holds_no_float_anywhere(self) -> None:
        json.loads(as_text(price_as_plain(price(a_configuration(), a_catalogue()))), parse_float=pytest.fail)
