"""Field types of the API: how a text becomes a phone, a day or a money amount, and what is said if it can't."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema
from pydantic.alias_generators import to_camel

from domain.errors import Invalid
from domain.values import Money, PhoneNumber, day

_WHEN_USED = ConfigDict(defer_build=True)
"""A model is built when it is first used: most are of endpoints that a new instance isn't asked for at once, or of
replies, which only the documentation looks at. Building them all took a tenth of the start."""


class Body(BaseModel):
    """A request body: camelCase names, unknown members refused."""

    model_config = ConfigDict(
        **_WHEN_USED,
        extra="forbid",
        alias_generator=to_camel,
        arbitrary_types_allowed=True,
        validate_by_name=False,
    )


class Query(Body):
    """Query parameters; a parameter of another client's that means nothing here is ignored."""

    model_config = ConfigDict(
        extra="ignore", alias_generator=to_camel, arbitrary_types_allowed=True, validate_by_name=False
    )


class Shape(BaseModel):
    """A reply's data: camelCase names."""

    model_config = ConfigDict(
        **_WHEN_USED, alias_generator=to_camel, arbitrary_types_allowed=True, validate_by_name=True
    )


class FlatShape(Shape):
    """A reply's data whose members stand beside `data` as well, for the clients that read them there."""


def _parsed(parse: Callable[[str], Any]) -> BeforeValidator:
    def validate(value: object) -> Any:
        if not isinstance(value, str):
            raise ValueError("This must be a text.")
        try:
            return parse(value)
        except Invalid as error:
            raise ValueError(error.message) from None

    return BeforeValidator(validate)


def _clean(text: str) -> str:
    """Refuse what no one types and storage or logs may choke on: controls and halves of characters."""
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t":
            raise ValueError("This has a control character or half of a character in it.")
    return text.strip()


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}", text):
        raise ValueError("This must be an e-mail address, such as name@example.com.")
    return text.lower()


def spelt(pattern: str, message: str) -> AfterValidator:
    """A text of this form and no other; `message` says which."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(message)
        return text

    return AfterValidator(check)


LOWERED = BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)
"""Reads a word in whatever case, where all that are allowed are in lower case."""


def any_case(words: type[StrEnum]) -> BeforeValidator:
    """Reads a word in whatever case as the one that is meant."""
    known = {str(word).lower(): word for word in words}

    def meant(value: object) -> object:
        return known.get(value.strip().lower(), value) if isinstance(value, str) else value

    return BeforeValidator(meant)


Name = Annotated[
    str,
    StringConstraints(strict=True, max_length=100),
    AfterValidator(_clean),
    StringConstraints(min_length=1),
]
Line = Annotated[
    str,
    StringConstraints(strict=True, max_length=200),
    AfterValidator(_clean),
    StringConstraints(min_length=1),
]
LongText = Annotated[str, StringConstraints(strict=True, max_length=2000), AfterValidator(_clean)]
Email = Annotated[
    str, StringConstraints(strict=True, max_length=254), AfterValidator(_clean), AfterValidator(_email)
]
PinCode = Annotated[
    str,
    StringConstraints(strict=True),
    spelt(r"[1-9][0-9]{5}", "A PIN code has 6 digits, and doesn't begin with 0."),
]
TokenNumber = Annotated[
    str, StringConstraints(strict=True), spelt(r"TKN-[0-9]{1,20}", "A token number is TKN- and digits.")
]
QuotationRef = Annotated[
    str,
    StringConstraints(strict=True),
    spelt(r"QUOT-[0-9]{1,20}", "A quotation's id is QUOT- and digits."),
]
Code = Annotated[str, StringConstraints(strict=True), spelt(r"[0-9]{6}", "The code has 6 digits, 0 to 9.")]
Phone = Annotated[
    PhoneNumber,
    _parsed(PhoneNumber.parse),
    WithJsonSchema({"type": "string", "examples": ["9876543210", "+91 98765 43210"]}),
]
Day = Annotated[date, _parsed(day), WithJsonSchema({"type": "string", "examples": ["2026-03-31"]})]
E164 = Annotated[str, WithJsonSchema({"type": "string", "examples": ["+919876543210"]})]
Rupees = Annotated[Decimal, WithJsonSchema({"type": "number", "examples": [214748.36]})]


def _money(value: object) -> Money:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("This must be a number of rupees.")
    try:
        return Money.rupees(value)
    except Invalid as error:
        raise ValueError(error.message) from None


Amount = Annotated[Money, BeforeValidator(_money), WithJsonSchema({"type": "number", "examples": [1800]})]
