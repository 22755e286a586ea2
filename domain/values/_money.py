"""Money: Indian rupees as whole paise, never as a binary float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import total_ordering

from domain.errors import Invalid

_MAX_DECIMALS = 100
_MAX_PAISE = 10**15  # ₹ 10 trillion: far beyond any quotation, far within 64 bits

_MAX_EXPONENT = 15


@total_ordering
@dataclass(frozen=True)
class Money:
    """An amount in INR. `paise` may be negative (a difference) and stays within ±10^15.

    The one rounding rule of the product: a result that isn't whole paise is rounded half up (away from
    zero), once, at the end of the multiplication that made it (`times`).
    """

    paise: int

    def __post_init__(self) -> None:
        if not isinstance(self.paise, int) or isinstance(self.paise, bool):
            raise TypeError("Money holds whole paise as an int")
        if abs(self.paise) > _MAX_PAISE:
            raise Invalid("An amount of money may not be beyond ₹10,00,00,00,00,00,000.")

    @classmethod
    def rupees(cls, amount: Decimal | int | str) -> Money:
        """From an exact number of rupees; Invalid if it has parts of a paisa or isn't finite."""
        number = Decimal(amount)
        if not number.is_finite() or number.adjusted() > _MAX_EXPONENT:  # 1e9999999 has no abs()
            raise Invalid("An amount of money must be an ordinary number of rupees.")
        exponent = number.as_tuple().exponent
        paise = Fraction(number) * 100 if isinstance(exponent, int) and exponent >= -_MAX_DECIMALS else None
        if paise is None or paise.denominator != 1:
            raise Invalid("An amount of money has at most two decimals (paise).")
        return cls(paise.numerator)

    def __add__(self, other: Money) -> Money:
        return Money(self.paise + other.paise)

    def __sub__(self, other: Money) -> Money:
        return Money(self.paise - other.paise)

    def __lt__(self, other: Money) -> bool:
        return self.paise < other.paise

    def times(self, factor: Decimal | Fraction | int) -> Money:
        """This amount multiplied by an exact factor and rounded half up to whole paise."""
        product = self.paise * Fraction(factor)  # no precision limit, unlike Decimal's product
        exact = abs(product)
        rounded = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
        return Money(rounded if product >= 0 else -rounded)

    def percent(self, rate: Decimal | int | str) -> Money:
        """`rate` per cent of this amount (cases.md 15: 2.5 % of ₹350,000.20 is ₹8,750.01)."""
        return self.times(Fraction(Decimal(rate)) / 100)

    @property
    def in_rupees(self) -> Decimal:
        """The exact amount in rupees, with two decimals."""
        return Decimal(self.paise).scaleb(-2)

    def __str__(self) -> str:
        """`₹2,14,748.36`: Indian grouping, the last three digits and then pairs; always two decimals."""
        whole, part = divmod(abs(self.paise), 100)
        head, tail = f"{whole // 1000 or ''}", f"{whole % 1000:03}" if whole >= 1000 else f"{whole}"
        pairs: list[str] = []
        while head:
            head, pair = head[:-2], head[-2:]
            pairs.insert(0, pair)
        return f"{'– ' if self.paise < 0 else ''}₹{','.join([*pairs, tail])}.{part:02}"


ZERO = Money(0)
