"""The CP app's simple form (client-contract.md §5)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pricing import (
    Configuration,
    ConfigurationNotPossible,
    Part,
    Phase,
    SimpleForm,
    check,
    from_simple_form,
    place_of,
)
from local.master_data import example_catalogue
from tests.domain.pricing.builders import TODAY, a_catalogue

EXAMPLES = example_catalogue().on(TODAY)


def a_form(
    kw: str = "3", roof: str = "RCC", panels: tuple[Part, ...] = (), inverters: tuple[Part, ...] = ()
) -> SimpleForm:
    return SimpleForm(system_kw=Decimal(kw), roof_type=roof, panels=panels, inverters=inverters)


def filled(form: SimpleForm, state: str = "Gujarat") -> Configuration:
    return from_simple_form(form=form, state=state, catalogue=EXAMPLES)


def faults(form: SimpleForm, state: str = "Gujarat") -> list[str]:
    with pytest.raises(ConfigurationNotPossible) as refused:
        filled(form, state)
    return [fault.field for fault in refused.value.faults]


class TestFromSimpleForm:
    def test_fills_in_everything_from_the_capacity_alone(self) -> None:
        assert filled(a_form("3")) == Configuration(
            state="Gujarat",
            discom="DGVCL",
            phase=Phase.SINGLE,
            smart_meter=False,
            panel="PANEL-1",
            panel_count=6,  # 3 kW ÷ 540 W = 5.56
            inverter="INVERTER-1",
            roof_type="RCC",
        )

    def test_takes_the_panels_and_the_inverter_that_were_chosen(self) -> None:
        made = filled(
            a_form("5", panels=(Part(id="PANEL-6", quantity=9),), inverters=(Part(id="INVERTER-8", quantity=1),))
        )
        assert (made.phase, made.panel, made.panel_count, made.inverter) == (
            Phase.THREE, "PANEL-6", 9, "INVERTER-8",
        )  # fmt: skip

    def test_more_than_nine_panels_need_three_phases(self) -> None:
        made = filled(a_form("8"))
        assert (made.phase, made.panel_count) == (Phase.THREE, 15)

    def test_a_smart_meter_where_nothing_else_is_offered(self) -> None:
        assert filled(a_form(), "Maharashtra").smart_meter is True  # AEML is the first of the state

    @given(
        kw=st.decimals(min_value="2", max_value="9.9", places=3),
        state=st.sampled_from(["Gujarat", "maharashtra", "RJ", "Uttar Pradesh"]),
    )
    def test_any_ordinary_capacity_is_possible_anywhere(self, kw: Decimal, state: str) -> None:
        assert check(filled(a_form(str(kw)), state), EXAMPLES) == ()

    @pytest.mark.parametrize(
        ("form", "wrong"),
        [
            (a_form("0"), ["systemKW"]),
            (a_form("NaN", "Thatch"), ["systemKW", "roofType"]),
            (a_form("0.1"), ["panels", "inverters"]),
            (a_form("50"), ["panels", "inverters"]),
            (a_form(panels=(Part(id="P9", quantity=6),)), ["panels"]),
            (a_form(panels=(Part(id="PANEL-7", quantity=6),)), ["panels"]),  # inactive
            (a_form(panels=(Part(id="PANEL-1", quantity=0),)), ["panels"]),
            (a_form(panels=(Part(id="PANEL-1", quantity=3), Part(id="PANEL-2", quantity=3))), ["panels"]),
            (a_form(inverters=(Part(id="INVERTER-1", quantity=2),)), ["inverters"]),
            (a_form(inverters=(Part(id="X", quantity=1),)), ["inverters"]),
        ],
    )
    def test_refuses_what_is_not_possible(self, form: SimpleForm, wrong: list[str]) -> None:
        assert faults(form) == wrong

    def test_refuses_an_unknown_state(self) -> None:
        assert faults(a_form(), "Kerala") == ["state", "discom"]


class TestPlaceOf:
    @pytest.mark.parametrize(
        ("given", "state", "address", "place"),
        [
            ("RJ", "Maharashtra", "Jaipur, Gujarat", "RJ"),
            (None, "Maharashtra", "Jaipur, Gujarat", "Maharashtra"),
            (None, None, "12 Mall Road, Agra, uttar pradesh-282001", "UP"),
            (None, None, "Gujaratnagar 5", "GJ"),  # no state's name as a whole word: the default
            (None, "", "", "GJ"),
        ],
    )
    def test_takes_the_first_that_is_known(
        self, given: str | None, state: str | None, address: str, place: str
    ) -> None:
        assert place_of(given=given, state=state, address=address, catalogue=EXAMPLES) == place

    def test_without_a_default_it_is_nowhere(self) -> None:
        assert place_of(given=None, state=None, address="5 Station Road", catalogue=a_catalogue()) == ""
