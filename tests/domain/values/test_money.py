"""Money: exact to the paisa, rounded half up once (cases.md 15)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.values import ZERO, Money

amounts = st.integers(-(10**13), 10**13).map(Money)
factors = st.decimals(-50, 50, places=8, allow_nan=False, allow_infinity=False)


class TestRounding:
    def test_takes_two_and_a_half_percent_half_up(self) -> None:
        assert Money.rupees("350000.20").percent("2.5") == Money.rupees("8750.01")

    def test_takes_half_of_an_odd_amount_up(self) -> None:
        assert Money.rupees("1.15").percent(50) == Money.rupees("0.58")

    def test_rounds_a_negative_half_away_from_zero(self) -> None:
        assert Money.rupees("-1.15").percent(50) == Money.rupees("-0.58")

    def test_rounds_less_than_a_half_down(self) -> None:
        assert Money(1).times(Decimal("0.4999")) == ZERO

    def test_rounds_once_even_with_a_very_long_factor(self) -> None:
        assert Money(1).times(Decimal("0." + "4" + "9" * 40)) == ZERO

    @given(amounts, factors)
    def test_is_never_more_than_half_a_paisa_off(self, amount: Money, factor: Decimal) -> None:
        off = Fraction(amount.times(factor).paise) - Fraction(factor) * amount.paise
        assert abs(off) <= Fraction(1, 2)

    @given(amounts, factors)
    def test_is_symmetric_about_zero(self, amount: Money, factor: Decimal) -> None:
        assert amount.times(-factor) == ZERO - amount.times(factor)


class TestRupees:
    def test_keeps_more_than_32_bits_of_paise(self) -> None:
        amount = Money.rupees("214748364.80")
        assert (amount.paise, str(amount.in_rupees)) == (21_474_836_480, "214748364.80")

    @given(amounts)
    def test_comes_back_exactly(self, amount: Money) -> None:
        assert Money.rupees(amount.in_rupees) == amount
        assert amount.in_rupees.as_tuple().exponent == -2

    @pytest.mark.parametrize("amount", ["0.001", "1.005", "-0.009", "1e-9"])
    def test_refuses_parts_of_a_paisa(self, amount: str) -> None:
        with pytest.raises(Invalid, match="two decimals"):
            Money.rupees(amount)

    def test_refuses_a_part_of_a_paisa_behind_many_zeros(self) -> None:
        with pytest.raises(Invalid):
            Money.rupees("1000." + "0" * 30 + "1")

    @pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1e16", "1e999999"])
    def test_refuses_what_is_no_ordinary_number(self, amount: str) -> None:
        with pytest.raises(Invalid):
            Money.rupees(amount)


class TestMoney:
    @given(amounts, amounts)
    def test_adds_and_subtracts_without_loss(self, one: Money, other: Money) -> None:
        assert one + other - other == one
        assert (one + other).paise == one.paise + other.paise

    @given(st.lists(amounts, max_size=20))
    def test_sorts_by_amount(self, several: list[Money]) -> None:
        assert [m.paise for m in sorted(several)] == sorted(m.paise for m in several)

    @pytest.mark.parametrize("paise", [1.0, "1", True, Decimal(1)])
    def test_holds_only_whole_paise(self, paise: object) -> None:
        with pytest.raises(TypeError):
            Money(paise)

    def test_refuses_amounts_beyond_all_reason(self) -> None:
        assert Money(10**15).paise == 10**15
        for paise in (10**15 + 1, -(10**15) - 1):
            with pytest.raises(Invalid):
                Money(paise)

    @pytest.mark.parametrize("amount", ["1e16", "1e9999999", "-1e9999999", "0e9999999", "1e-9999999"])
    def test_refuses_rupees_beyond_all_reason(self, amount: str) -> None:
        with pytest.raises(Invalid):
            Money.rupees(amount)

    def test_refuses_a_product_beyond_all_reason(self) -> None:
        for factor in (2, 10**15):
            with pytest.raises(Invalid):
                Money(10**15).times(factor)


class TestText:
    @pytest.mark.parametrize(
        ("paise", "text"),
        [
            (0, "₹0.00"),
            (5, "₹0.05"),
            (99_999, "₹999.99"),
            (100_000, "₹1,000.00"),
            (21_474_836, "₹2,14,748.36"),
            (2_147_483_648_0, "₹21,47,48,364.80"),
            (10**15, "₹1,00,00,00,00,00,000.00"),
            (-7_800_000, "– ₹78,000.00"),
        ],
    )
    def test_is_grouped_as_in_india(self, paise: int, text: str) -> None:
        assert str(Money(paise)) == text
