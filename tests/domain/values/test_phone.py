"""Phone numbers in every spelling of cases.md 17: one number, one customer; anything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.values import PhoneNumber

THE_NUMBER = "+919876543210"

SPELLINGS = {
    "ten digits": "9876543210",
    "E.164": "+919876543210",
    "with a trunk 0": "09876543210",
    "with 91": "919876543210",
    "with +91 and a trunk 0": "+91 098765 43210",
    "with 00 91": "00919876543210",
    "with the country in brackets": "(+91) 98765-43210",
    "as a tel: address": "tel:+91-98765-43210",
    "as a TEL: address": "TEL:+91-98765-43210",
    "with dots": "98765.43210",
    "with spaces around": "  98765 43210\t",
    "in Devanagari digits": "९८७६५४३२१०",
    "in Devanagari digits with the country": "+९१ ९८७६५ ४३२१०",
    "in full-width digits": "９８７６５４３２１０",
    "in full-width digits with the country": "＋９１９８７６５４３２１０",
    "between bidi embedding marks": "\u202a+91 98765 43210\u202c",
    "after a left-to-right mark": "\u200e9876543210",
    "between bidi isolates": "\u2066+919876543210\u2069",
    "with no-break hyphens": "+91 98765\u201143210",
    "with an en dash": "98765 \u2013 43210",
    "with a minus sign": "98765\u221243210",
    "with a full-width hyphen": "98765\uff0d43210",
    "with a no-break space": "98765\u00a043210",
    "with a byte order mark": "\ufeff9876543210",
}

NOT_A_MOBILE = {
    "empty": "",
    "blank": "   ",
    "a plus": "+",
    "a plus and letters": "+abc",
    "nine digits": "987654321",
    "eleven digits": "98765432101",
    "eleven digits that begin with 1": "19876543210",
    "nine digits after +91": "+91987654321",
    "eleven digits after +91": "+9198765432101",
    "a first digit of 5": "5876543210",
    "a first digit of 0 after +91 and too few": "+91 0987654321",
    "another country": "+14155552671",
    "another country with 00": "0014155552671",
    "an extension": "9876543210 ext. 5",
    "an extension with x": "9876543210x5",
    "letters among digits": "98765abc43210",
    "two numbers": "9876543210, 9876543211",
    "two pluses": "++919876543210",
    "a plus at the end": "9876543210+",
    "too long a text": "9876543210" + " " * 500 + "1",
    "a superscript": "987654321⁰x",
}

LANDLINES = {
    "Delhi": "011 2345 6789",
    "Mumbai": "022-22345678",
    "Kolkata": "+91 33 2234 5678",
    "Chennai": "044 28123456",
    "Hyderabad": "040-23456789",
    "Lucknow": "0522 2234567",
    "Ahmedabad": "079 2658 0000",
    "Bengaluru": "080 2558 7890",
}


class TestParse:
    @pytest.mark.parametrize("typed", SPELLINGS.values(), ids=SPELLINGS.keys())
    def test_reads_every_spelling_as_one_number(self, typed: str) -> None:
        assert PhoneNumber.parse(typed) == PhoneNumber(THE_NUMBER)

    def test_keeps_the_91_of_ten_digits(self) -> None:
        assert PhoneNumber.parse("9198765432").e164 == "+919198765432"

    def test_never_doubles_the_country_after_a_trunk_0(self) -> None:
        try:
            found = PhoneNumber.parse("0919876543210").e164
        except Invalid:
            return
        assert found == THE_NUMBER

    @pytest.mark.parametrize("typed", NOT_A_MOBILE.values(), ids=NOT_A_MOBILE.keys())
    def test_refuses_what_is_no_indian_mobile(self, typed: str) -> None:
        with pytest.raises(Invalid, match="Indian mobile number"):
            PhoneNumber.parse(typed)

    @pytest.mark.parametrize("typed", LANDLINES.values(), ids=LANDLINES.keys())
    def test_refuses_landlines(self, typed: str) -> None:
        with pytest.raises(Invalid, match="Indian mobile number"):
            PhoneNumber.parse(typed)

    @given(st.text(max_size=80))
    def test_gives_a_number_or_refuses_and_nothing_else(self, typed: str) -> None:
        try:
            found = PhoneNumber.parse(typed)
        except Invalid:
            return
        assert PhoneNumber.parse(found.e164) == found


class TestPhoneNumber:
    @pytest.mark.parametrize(
        "e164", ["", "9876543210", "+91987654321", "+9198765432100", "+915876543210", "+91९८७६५४३२१०"]
    )
    def test_cannot_hold_anything_but_e164(self, e164: str) -> None:
        with pytest.raises(Invalid):
            PhoneNumber(e164)
