"""Subsidies at every edge (domain.md, price 7). The expected amounts are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pricing import Scheme, SubsidySlab, subsidy
from domain.values import Money
from local.master_data import example_catalogue
from tests.domain.pricing.builders import SLABS, TODAY, rs

EXAMPLES = example_catalogue().on(TODAY).subsidies
AT_EDGES = (  # kW, central, S2, S3; S1 is always 0
    ("0.5", 0, 1_000, 7_500),
    ("0.999", 0, 1_998, 14_985),
    ("1", 30_000, 2_000, 15_000),
    ("1.001", 30_030, 2_002, 15_015),
    ("1.5", 45_000, 3_000, 22_500),
    ("1.999", 59_970, 3_998, 29_985),
    ("2", 60_000, 4_000, 30_000),
    ("2.001", 60_018, 4_002, 30_000),
    ("2.5", 69_000, 5_000, 30_000),
    ("2.999", 77_982, 5_998, 30_000),
    ("3", 78_000, 6_000, 30_000),
    ("3.5", 78_000, 7_000, 30_000),
    ("4.999", 78_000, 9_998, 30_000),
    ("5", 78_000, 10_000, 30_000),
    ("5.001", 78_000, 10_000, 30_000),
    ("10", 78_000, 10_000, 30_000),
)
kilowatts = st.decimals(min_value=0, max_value=20, places=3)


def amount(scheme: Scheme, kw: Decimal, slabs: tuple[SubsidySlab, ...] = SLABS) -> Money:
    return subsidy(slabs=slabs, scheme=scheme, kw=kw).amount


@pytest.mark.parametrize("slabs", [SLABS, EXAMPLES], ids=["builders", "example data"])
class TestSlabs:
    @pytest.mark.parametrize(("kw", "central", "s2", "s3"), AT_EDGES)
    def test_pays_as_worked_out_by_hand(
        self, slabs: tuple[SubsidySlab, ...], kw: str, central: int, s2: int, s3: int
    ) -> None:
        paid = tuple(amount(scheme, Decimal(kw), slabs) for scheme in Scheme)
        assert paid == (rs(central), rs(0), rs(s2), rs(s3))

    @given(kw=kilowatts)
    def test_follows_the_formulas_of_the_rules(self, slabs: tuple[SubsidySlab, ...], kw: Decimal) -> None:
        beyond = Decimal(60_000) + 18_000 * (kw - 2)
        central = 0 if kw < 1 else 30_000 * kw if kw <= 2 else beyond if kw < 3 else 78_000
        s2 = 2_000 * kw if kw <= 5 else 10_000
        s3 = 15_000 * kw if kw <= 2 else 30_000
        expected = (rs(central), rs(0), rs(s2), rs(s3))
        assert tuple(amount(scheme, kw, slabs) for scheme in Scheme) == expected


class TestShape:
    @given(kw=kilowatts, more=kilowatts)
    def test_never_falls_as_the_system_grows(self, kw: Decimal, more: Decimal) -> None:
        for scheme in Scheme:
            assert rs(0) <= amount(scheme, kw) <= amount(scheme, kw + more)

    @pytest.mark.parametrize("edge", [2, 3])
    def test_central_has_no_jump_at_2_and_3_kw(self, edge: int) -> None:
        nearly = amount(Scheme.CENTRAL, Decimal(edge) - Decimal("0.000001"))
        assert amount(Scheme.CENTRAL, Decimal(edge)) - nearly <= Money(3)  # 0.000001 kW × ₹30,000 = 3 paise

    def test_central_jumps_to_30_000_at_1_kw(self) -> None:
        assert amount(Scheme.CENTRAL, Decimal("0.999999")) == rs(0)
        assert amount(Scheme.CENTRAL, Decimal(1)) == rs(30_000)

    def test_rounds_half_up_to_the_paisa(self) -> None:
        assert amount(Scheme.S2, Decimal("0.0000025")) == Money(1)  # 2,000 × 0.0000025 = 0.005
        assert amount(Scheme.S2, Decimal("0.0000024")) == Money(0)

    def test_tells_which_slab_gave_it(self) -> None:
        found = subsidy(slabs=SLABS, scheme=Scheme.CENTRAL, kw=Decimal("2.5"))
        assert (found.from_kw, found.base, found.rate_per_kw) == (Decimal(2), rs(60_000), rs(18_000))
