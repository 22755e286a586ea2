"""What a configuration costs: one example worked out by hand, and what holds for all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.pricing import (
    PANEL_COUNTS,
    Configuration,
    ConfigurationNotPossible,
    Phase,
    PriceSettings,
    Scheme,
    StructureStep,
    capacity,
    fitting_inverters,
    price,
)
from domain.pricing._items import Basis, Cable
from domain.values import ZERO, Money
from local.master_data import example_catalogue
from tests.domain.pricing.builders import (
    FIRST,
    TODAY,
    a_bom,
    a_catalogue,
    a_configuration,
    a_panel,
    all_rows,
    an_inverter,
    rs,
)

EXAMPLES = example_catalogue().on(TODAY)

BY_HAND = [  # 7 × 545 W = 3.815 kW; extra height 1.5 m = 3 steps × 3.815 kW = 11.445
    ("panels", "7", "10333.33", "72333.31"),
    ("inverter", "1", "40000.05", "40000.05"),
    ("bom:B2", "3.815", "3150.55", "12019.35"),  # 12,019.34825
    ("bom:B4", "1", "8600", "8600"),
    ("bom:B5", "3.815", "1150.10", "4387.63"),  # 4,387.6315
    ("charge:C1", "3.815", "1050", "4005.75"),
    ("charge:C2", "1", "5200", "5200"),
    ("charge:C3", "3.815", "4100.01", "15641.54"),  # 15,641.53815
    ("charge:C4", "1", "4000", "4000"),
    ("structure:H1", "11.445", "650.30", "7442.68"),  # 7,442.6835
    ("fee:discom", "1", "1180", "1180"),
    ("fee:discomMisc", "1", "600.50", "600.50"),
    ("fee:installation", "1", "14500", "14500"),
    ("fee:meter", "1", "7800", "7800"),
    ("fee:modemBox", "1", "3400", "3400"),
]


class TestByHand:
    def test_each_line(self) -> None:
        lines = price(a_configuration(), a_catalogue()).lines
        found = [(line.code, line.quantity, line.unit_price, line.amount) for line in lines]
        assert found == [(code, Decimal(n), rs(unit), rs(amount)) for code, n, unit, amount in BY_HAND]

    def test_the_sums(self) -> None:
        made = price(a_configuration(), a_catalogue())
        assert made.capacity_kw == Decimal("3.815")
        assert made.hardware_subtotal == rs("201110.81")
        assert made.inflated_base == rs("221221.89")  # 221,221.891
        assert made.add_on_total == rs(6_867)  # 1,800 × 3.815
        assert made.system_price == rs("228088.89")
        assert (made.central_subsidy.amount, made.state_subsidy.amount) == (rs(78_000), rs(30_000))
        assert made.customer_pays == rs("120088.89")

    def test_keeps_what_it_was_computed_from(self) -> None:
        catalogue = a_catalogue()
        typed = a_configuration(state="uttar  pradesh", discom="kanpur electricity", panel="waaree 545 dcr")
        made = price(typed, catalogue)
        assert made.configuration == a_configuration(add_on_per_kw=rs(1_800))
        assert (made.catalogue_version, made.day) == (all_rows().version, TODAY)
        assert (made.panel, made.inverter) == (catalogue.panel("P1"), catalogue.inverter("I1"))


class TestRules:
    def test_state_subsidy_is_for_dcr_panels_only(self) -> None:
        made = price(a_configuration(panel="P2"), a_catalogue())
        assert (made.central_subsidy.amount, made.state_subsidy.amount) == (rs(78_000), ZERO)

    def test_a_discom_may_have_another_subsidy_type_than_its_state(self) -> None:
        made = price(a_configuration(state="MH", discom="MSEDCL"), a_catalogue())
        assert (made.state_subsidy.scheme, made.state_subsidy.amount) == (Scheme.S2, rs(7_630))  # 2,000 × 3.815

    def test_the_customer_never_pays_less_than_nothing(self) -> None:
        free = PriceSettings(id="PRICING", effective_from=FIRST, inflation_percent=Decimal(0))
        cable = tuple(item for item in a_bom() if item.id == "B2")
        cheap = a_catalogue(
            settings=(free,),
            bom=cable,
            panels=(a_panel(unit_price=ZERO),),
            inverters=(an_inverter(unit_price=ZERO),),
        )
        made = price(a_configuration(structure_height=Decimal(0), add_on_per_kw=ZERO), cheap)
        assert made.system_price == rs("68347.14")  # cable 12,019.35 + charges 28,847.29 + fees 27,480.50
        assert made.total_subsidy == rs(108_000)
        assert made.customer_pays == ZERO

    def test_the_settings_say_inflation_and_default_add_on(self) -> None:
        other = PriceSettings(
            id="PRICING", effective_from=FIRST, inflation_percent=Decimal("2.5"), default_add_on_per_kw=rs(1_000)
        )
        made = price(a_configuration(), a_catalogue(settings=(other,)))
        assert made.inflated_base == rs("206138.58")  # 201,110.81 × 1.025 = 206,138.58025
        assert made.add_on_total == rs(3_815)

    def test_without_settings_the_defaults_of_the_rules_hold(self) -> None:
        assert price(a_configuration(), a_catalogue(settings=())).system_price == rs("228088.89")

    def test_extra_height_may_cost_a_fixed_amount_for_each_half_metre(self) -> None:
        fixed = StructureStep(id="H1", basis=Basis.FIXED, unit_price=rs(2_000), effective_from=FIRST)
        lines = price(a_configuration(), a_catalogue(structure=(fixed,))).lines
        assert [line.amount for line in lines if line.code == "structure:H1"] == [rs(6_000)]

    def test_refuses_what_is_not_possible(self) -> None:
        with pytest.raises(ConfigurationNotPossible) as refused:
            price(a_configuration(panel_count=6, inverter="I9"), a_catalogue())
        assert [fault.field for fault in refused.value.faults] == ["panelCount", "inverter"]

    def test_the_price_of_the_day_counts(self) -> None:
        later = a_panel(unit_price=rs(9_000), effective_from=date(2026, 4, 1))
        catalogue = all_rows(panels=(a_panel(), later))
        prices = [price(a_configuration(), catalogue.on(day)) for day in (TODAY, date(2026, 4, 1))]
        assert [made.panel.unit_price for made in prices] == [rs("10333.33"), rs(9_000)]


class TestRounding:
    def test_case_15(self) -> None:
        assert rs("350000.20").percent("2.5") == rs("8750.01")
        assert rs("1.15").percent(50) == rs("0.58")

    def test_a_large_price_survives_to_the_paisa(self) -> None:
        large = rs("21_47_48_364.80")
        made = price(a_configuration(), a_catalogue(panels=(a_panel(unit_price=large),)))
        assert made.lines[0].amount == rs("1503238553.60")


@st.composite
def possible(draw: st.DrawFn) -> Configuration:
    """Any configuration that the example data allow."""
    discom = draw(st.sampled_from(EXAMPLES.discoms))
    phase = draw(st.sampled_from(Phase))
    panel = draw(st.sampled_from([panel for panel in EXAMPLES.panels if panel.active]))
    count = draw(st.sampled_from(PANEL_COUNTS[phase]))
    fitting = fitting_inverters(catalogue=EXAMPLES, phase=phase, kw=capacity(panel, count))
    return Configuration(
        state=discom.state,
        discom=discom.id,
        phase=phase,
        smart_meter=draw(st.sampled_from(discom.smart_meter_options)),
        panel=panel.id,
        panel_count=count,
        inverter=draw(st.sampled_from(fitting)).id,
        cable=draw(st.sampled_from(Cable)),
        structure_height=Decimal(draw(st.integers(0, 4))) / 2,
        add_on_per_kw=draw(st.none() | st.integers(0, 200_000).map(Money)),
    )


class TestAlways:
    @given(chosen=possible())
    def test_the_sums_hold(self, chosen: Configuration) -> None:
        made = price(chosen, EXAMPLES)
        assert made.hardware_subtotal.paise == sum(line.amount.paise for line in made.lines)
        assert all(line.amount == line.unit_price.times(line.quantity) >= ZERO for line in made.lines)
        assert made.inflated_base == made.hardware_subtotal.times(Decimal("1.1"))
        assert made.system_price == made.inflated_base + made.add_on_total
        assert made.customer_pays == max(ZERO, made.system_price - made.total_subsidy)

    @given(chosen=possible())
    def test_the_add_on_total_is_rate_times_kw(self, chosen: Configuration) -> None:
        made = price(chosen, EXAMPLES)
        rate = rs(1_800) if chosen.add_on_per_kw is None else chosen.add_on_per_kw
        assert made.add_on_total == rate.times(made.capacity_kw) <= rs(2_000).times(made.capacity_kw)

    @given(chosen=possible(), more=st.integers(1, 100_000))
    def test_a_higher_add_on_never_makes_it_cheaper(self, chosen: Configuration, more: int) -> None:
        assume(chosen.add_on_per_kw is not None and chosen.add_on_per_kw.paise + more <= 200_000)
        assert chosen.add_on_per_kw is not None
        dearer = Configuration(**{**vars(chosen), "add_on_per_kw": chosen.add_on_per_kw + Money(more)})
        assert price(chosen, EXAMPLES).system_price <= price(dearer, EXAMPLES).system_price
