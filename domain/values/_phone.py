"""Phone numbers: Indian mobiles in E.164, however they were typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

from domain.errors import Invalid

_MAX_TYPED = 64
_SPELLING = re.compile(r"[( ]*\+?[0-9 ().\t-]+")
_MESSAGE = (
    "A phone number must be an Indian mobile number: 10 digits beginning with 6, 7, 8 or 9, "
    "with or without +91 or a leading 0."
)


@dataclass(frozen=True)
class PhoneNumber:
    """An Indian mobile number. `e164` is its one spelling: `+91` and ten digits beginning 6–9 (domain.md)."""

    e164: str

    def __post_init__(self) -> None:
        digits = self.e164[3:]
        if not (
            self.e164.startswith("+91")
            and len(digits) == 10
            and digits.isascii()
            and digits.isdigit()
            and digits[0] in "6789"
        ):
            raise Invalid(_MESSAGE)

    @classmethod
    def parse(cls, typed: str) -> PhoneNumber:
        """From any common spelling (cases.md 17); Invalid with what is allowed otherwise.

        The library does the reading; before it, digits and dashes of other kinds become ASCII and invisible
        direction marks go, since all arrive by copy and paste; after it, only an Indian mobile passes.
        """
        text = _plain(typed).removeprefix("tel:") if len(typed) <= _MAX_TYPED else ""
        if not _SPELLING.fullmatch(text):
            raise Invalid(_MESSAGE)
        try:
            number = phonenumbers.parse(_with_country(text), "IN")
        except phonenumbers.NumberParseException:
            raise Invalid(_MESSAGE) from None
        # 080 2345 6789 is a Bengaluru landline by its area code. Without the leading 0 the same digits are
        # taken for the mobile that they have the form of (domain.md: 10 digits beginning 6 to 9).
        fixed = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE
        landline = fixed and text.lstrip("( ").startswith("0") and not text.lstrip("( ").startswith("00")
        if number.country_code != 91 or number.extension or number.number_of_leading_zeros or landline:
            raise Invalid(_MESSAGE)
        return cls(f"+91{number.national_number}")


def _plain(typed: str) -> str:
    """NFKC, ASCII for digits of any script, `-` for any dash, no format characters (bidi marks, zero-width)."""
    text = unicodedata.normalize("NFKC", typed)
    return "".join(_plain_character(c) for c in text).strip().lower()


def _plain_character(c: str) -> str:
    if c.isdecimal():
        return str(unicodedata.digit(c))
    kind = unicodedata.category(c)
    if kind == "Pd" or c == "\N{MINUS SIGN}":  # contacts of telephones have no-break hyphens
        return "-"
    return "" if kind == "Cf" else c


def _with_country(text: str) -> str:
    """`91…` and `0…91…` with ten more digits name the country without a plus; ten digits never do."""
    digits = "".join(c for c in text if c.isdigit())
    if "+" in text:
        return text
    bare = digits.lstrip("0")
    if len(bare) == 12 and bare.startswith("91"):
        return "+" + bare
    return text
