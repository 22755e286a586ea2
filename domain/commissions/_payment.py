"""How a commission was paid out: the bank's reference, the day and the method. Values only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.errors import Invalid

_UTR = re.compile(r"[A-Z0-9]{12,22}")


class PaymentMethod(StrEnum):
    """The ways in which a commission is paid out."""

    NEFT = "NEFT"
    RTGS = "RTGS"
    IMPS = "IMPS"
    UPI = "UPI"
    CHEQUE = "Cheque"


@dataclass(frozen=True)
class Utr:
    """The bank's unique transaction reference: 12 to 22 letters and digits, in upper case.

    RTGS has 22 characters, NEFT 16, IMPS and UPI 12.
    """

    text: str

    def __post_init__(self) -> None:
        if not _UTR.fullmatch(self.text):
            raise Invalid("A UTR has 12 to 22 letters and digits, without spaces.")

    @classmethod
    def parse(cls, typed: str) -> Utr:
        """From what was typed or copied; Invalid with what is allowed otherwise."""
        text = typed.strip()
        return cls(text.upper() if text.isascii() else "")


@dataclass(frozen=True)
class Payment:
    """One payout. `on` is a day in India."""

    utr: Utr
    on: date
    method: PaymentMethod
