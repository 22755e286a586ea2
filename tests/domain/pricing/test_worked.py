"""Prices beside an independent calculation (`sheet`): every slab edge, every bound, and anything possible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pricing import Cable, Configuration, Phase, Price, catalogue_from_plain, check, price
from domain.values import ZERO, Money
from tests.domain.pricing.sheet import CABLE, FIRST, INVERTERS, PANELS, Case, F, catalogue, rows, sheet

CASES = (
    # c just below 1, at 1: 4 × 249 W = 0.996, 7 × 143 W = 1.001, 4 × 250 W = 1
    *(Case("P249", 4, "Single", "0.9", s) for s in "ABC"),
    Case("P249N", 4, "Single", "1", "C"),
    *(Case("P250", 4, "Single", "1", s, smart=True) for s in "ABC"),
    *(Case("P143", 7, "Single", "1", s, add_on="0") for s in "BC"),
    # around 2: 4 × 499 W = 1.996, 4 × 500 W = 2, 6 × 333 W = 1.998, 9 × 249 W = 2.241
    *(Case("P499", 4, "Single", "2", s, height="0.5") for s in "ABC"),
    *(Case("P500", 4, "Single", "2", s, height="2", add_on="2000") for s in "ABC"),
    Case("P500N", 4, "Single", "2", "C"),
    Case("P333", 6, "Single", "2", "B", cable="Polycab"),
    Case("P249", 9, "Single", "2.2", "C"),
    # around 3: 6 × 499 W = 2.994, 6 × 500 W = 3, 9 × 333 W = 2.997
    *(Case("P499", 6, "Single", "3", s, smart=True, add_on="0") for s in "ABC"),
    *(Case("P500", 6, "Single", "3", s, cable="Polycab", height="0.5") for s in "ABC"),
    Case("P333", 9, "Single", "3", "B", height="2"),
    Case("P500N", 6, "Single", "3", "B", add_on="2000"),
    # around 5: 9 × 555 W = 4.995, 8 × 625 W = 5, 10 × 500 W = 5, 10 × 499 W = 4.99, 9 × 625 W = 5.625
    *(Case("P555", 9, "Single", "5", s) for s in "ABC"),
    *(Case("P625", 8, "Three", "5", s, smart=True, height="2", add_on="2000") for s in "ABC"),
    *(Case("P500", 10, "Three", "5", s, add_on="0") for s in "ABC"),
    Case("P499", 10, "Three", "5", "B", cable="Polycab", height="0.5"),
    Case("P625", 9, "Single", "5.6", "B", add_on="1234.56"),
    Case("P625", 9, "Three", "5.6", "C"),
    # the inverter exactly 15 % below and above: 2 kW → 1.7 and 2.3; 5 kW → 4.25 and 5.75; 12.6 kW → 10.71 and 14.49
    *(Case("P500", 4, "Single", kw, "B") for kw in ("1.7", "2.3")),
    *(Case("P500", 10, "Three", kw, "C", smart=True) for kw in ("4.25", "5.75")),
    *(Case("P700N", 18, "Three", kw, "B", height="2", cable="Polycab") for kw in ("10.71", "14.49")),
    # the fewest and the most panels of each phase, and the other heights
    Case("P555", 7, "Three", "4", "C", height="1"),
    Case("P555", 18, "Three", "10", "B", height="1.5"),
    Case("P700N", 4, "Single", "2.8", "A"),
    Case("P555", 4, "Single", "2.2", "C", height="1.5", add_on="0.01"),
)


OF_DAY = catalogue().on(date(2026, 3, 31))


def test_there_are_enough_cases_and_each_is_another() -> None:
    assert len(CASES) == len(set(CASES)) >= 40


def computed(case: Case) -> Price:
    return price(
        Configuration(
            state=case.state,
            discom=f"D{case.state}",
            phase=Phase(case.phase),
            smart_meter=case.smart,
            panel=case.panel,
            panel_count=case.count,
            inverter=f"Make {case.inverter} {case.phase}",
            cable=Cable(case.cable),
            structure_height=Decimal(case.height),
            add_on_per_kw=Money.rupees(case.add_on),
        ),
        OF_DAY,
    )


def as_on_the_sheet(made: Price) -> dict[str, F]:
    sums = {
        "subtotal": made.hardware_subtotal,
        "inflated": made.inflated_base,
        "add on": made.add_on_total,
        "system": made.system_price,
        "central": made.central_subsidy.amount,
        "state": made.state_subsidy.amount,
        "pays": made.customer_pays,
    }
    return {name: F(amount.paise, 100) for name, amount in sums.items()}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_price_is_the_sheet_s_to_the_paisa(case: Case) -> None:
    assert as_on_the_sheet(computed(case)) == sheet(case)


def fits(kw: str, watts: int, count: int) -> bool:
    """domain.md, price 3: within 15 %, both ends included."""
    c = F(count * watts, 1000)
    return c * F(85, 100) <= F(kw) <= c * F(115, 100)


COUNTS = {"Single": range(4, 10), "Three": range(7, 19)}
FITTING = [
    (panel, count, phase, kw)
    for phase, kws in INVERTERS.items()
    for kw in kws
    for panel, (watts, _, _) in PANELS.items()
    for count in COUNTS[phase]
    if fits(kw, watts, count)
]


@given(
    chosen=st.sampled_from(FITTING),
    state=st.sampled_from("ABC"),
    smart=st.booleans(),
    cable=st.sampled_from(sorted(CABLE)),
    height=st.sampled_from(("0", "0.5", "1", "1.5", "2")),
    add_on=st.decimals(0, 2000, places=2).map(str),
)
def test_every_possible_price_is_the_sheet_s(
    chosen: tuple[str, int, str, str], state: str, smart: bool, cable: str, height: str, add_on: str
) -> None:
    case = Case(*chosen, state, smart=smart, cable=cable, height=height, add_on=add_on)
    made = computed(case)
    assert as_on_the_sheet(made) == sheet(case)
    assert made.customer_pays >= ZERO
    assert sum(line.amount.paise for line in made.lines) == made.hardware_subtotal.paise


@pytest.mark.parametrize(("kw", "possible"), [("1.69", False), ("1.7", True), ("2.3", True), ("2.31", False)])
def test_an_inverter_may_be_15_percent_off_and_no_more(kw: str, possible: bool) -> None:
    beside = {"id": "EDGE", "make": "Edge", "model": kw, "capacityKw": kw, "phase": "Single", "unitPricePaise": 100}
    other = {**rows(), "inverters": [beside]}
    day = catalogue_from_plain({k: [{**row, "effectiveFrom": FIRST} for row in of] for k, of in other.items()})
    chosen = replace(computed(Case("P500", 4, "Single", "2", "A")).configuration, inverter="EDGE")
    faults = check(chosen, day.on(date(2026, 3, 31)))
    assert [fault.field for fault in faults] == ([] if possible else ["inverter"])


def test_the_sheet_itself_by_hand() -> None:
    """4 × 500 W = 2 kW in B, 2 m, ₹2,000: the one case worked out with paper and pencil."""
    case = Case("P500", 4, "Single", "2", "B", height="2", add_on="2000")
    # panels 32,000 + inverter 20,000.83 + cable 4,800.02 + mounting 15,000.98 + earthing 6,200 + box 4,500
    # + transport 2,100.30 + overheads 5,200 + company 8,200.02 + dealer 3,000 + 4 steps × 2 × 650.30 = 5,202.40
    # + fees 590 + 350.25 + 9,500 + 2,800 = 13,240.25  →  119,444.80
    # × 1.1 = 131,389.28; + 4,000 = 135,389.28; − 60,000 − 4,000 = 71,389.28
    assert sheet(case) == {
        "subtotal": F("119444.80"),
        "inflated": F("131389.28"),
        "add on": F(4_000),
        "system": F("135389.28"),
        "central": F(60_000),
        "state": F(4_000),
        "pays": F("71389.28"),
    }
