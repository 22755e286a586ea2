"""What stands in headers and cursors, made from sound ones: read as it was meant, or refused in words."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import Any, cast

import azure.functions as func
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.cursors import HmacCursors
from domain.errors import Invalid
from domain.identity import Caller, NotAuthenticated
from domain.lists import Place
from domain.values import PhoneNumber, Role
from functions.edge import Endpoint, Reply
from functions.edge import _parsing as parsing
from functions.edge._address import UNKNOWN, client_address
from functions.edge._call import Reception
from functions.edge._edge import _reply
from tests.adapters.forgeries import forgeries
from tests.adapters.test_tokens import CALLER, NOW, TOKENS

GENUINE = TOKENS.issue(caller=CALLER, at=NOW)
BLANKS = st.text(" \t", max_size=3)
TEXTS = st.one_of(st.text(max_size=40), st.text('W/"*,;: \t\x00\ud800१9e-+', max_size=12))


def a_request(method: str = "GET", **headers: str) -> func.HttpRequest:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return func.HttpRequest(method=method, url="/api/v1", headers=told, params={}, body=b"")


class TestIfMatch:
    @given(st.integers(0, 999_999_999), BLANKS, BLANKS)
    def test_an_etag_of_ours_is_its_version(self, version: int, before: str, behind: str) -> None:
        assert parsing.read_version(a_request(if_match=f'{before}"{version}"{behind}')) == version

    @given(TEXTS, TEXTS, st.integers(0, 10**12))
    def test_with_anything_else_about_it_is_no_version(self, before: str, behind: str, version: int) -> None:
        text = f'{before}"{version}"{behind}'
        if (before + behind).strip():
            assert parsing.read_version(a_request(if_match=text)) == 0

    @given(TEXTS, st.sampled_from(["GET", "HEAD"]))
    def test_if_none_match_is_304_for_the_very_version_only(self, text: str, method: str) -> None:
        answer = asyncio.run(_reply(a_request(method, if_none_match=text), Reply({}, version=7)))
        known = any(tag.strip() in ('"7"', 'W/"7"') for tag in text.split(","))
        assert answer.status_code == (304 if known else 200)


class TestIdempotencyKey:
    @given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=255))
    def test_of_visible_characters_is_taken_as_it_is(self, key: str) -> None:
        assert parsing.read_key(a_request(idempotency_key=key)) == key

    @given(st.text(max_size=20), st.sampled_from(["", " ", "\t", "\n", "\x00", "\x7f", "é", "१", "x" * 256]))
    def test_with_any_other_is_refused(self, text: str, other: str) -> None:
        key = text + other
        if not key or other:
            try:
                parsing.read_key(a_request(idempotency_key=key))
            except Invalid as refusal:
                assert refusal.code == "HEADER_INVALID"
            else:
                raise AssertionError(key)


class TestAuthorization:
    @given(
        st.one_of(TEXTS, forgeries(GENUINE, [b""])), st.sampled_from(["{}", "Bearer {}", "bearer  {}", "Basic {}"])
    )
    def test_that_is_not_ours_lets_nobody_in(self, token: str, spelt: str) -> None:
        header = spelt.format(token)
        assume(header != f"Bearer {GENUINE}")  # one of the forgeries has the word in it already
        assert caller_of(header) is None

    @given(st.text(st.characters(exclude_characters="\x00"), max_size=30), BLANKS)
    def test_ours_is_read_with_blanks_about_it_and_nothing_else(self, more: str, blanks: str) -> None:
        assert caller_of(f"Bearer {blanks}{GENUINE}{blanks}") is not None
        if more.strip():
            assert caller_of(f"Bearer {GENUINE}{more}") is None
            assert caller_of(f"{more}Bearer {GENUINE}") is None


class Tokens:
    """Lets in whose token is sound; sessions are not looked at."""

    async def caller(self, token: str) -> Caller:
        return TOKENS.read(token=token, at=NOW)


def caller_of(header: str) -> Caller | None:
    endpoint = Endpoint("Try", "GET", "try", frozenset(Role), "Tries")
    reception = Reception(cast("Any", None), Tokens(), cast("Any", None))
    try:
        return asyncio.run(reception._caller(a_request(authorization=header), endpoint))
    except NotAuthenticated:
        return None


class TestForwardedFor:
    @given(st.lists(st.one_of(st.ip_addresses().map(str), TEXTS), max_size=4), st.integers(0, 3))
    def test_is_an_address_or_unknown(self, entries: list[str], proxies: int) -> None:
        found = client_address(",".join(entries), proxies=proxies)
        assert found == UNKNOWN or (len(found) <= 42 and not set(found) & set("/\\#? "))


class TestPhone:
    @given(st.data())
    def test_is_the_same_number_however_it_is_typed(self, data: st.DataObject) -> None:
        number = data.draw(st.from_regex(r"[6-9][0-9]{9}", fullmatch=True))
        if number.startswith("91"):  # may be read as the country: test_phone.py
            number = "8" + number[1:]
        zero = data.draw(st.sampled_from("0٠०０෦"))
        inner = st.sampled_from(["", "", " ", "-", ".", "\u00a0", "\u200e", "\u2011", "\u2013"])
        typed = "".join(chr(ord(zero) + int(digit)) + data.draw(inner) for digit in number)
        prefix = data.draw(st.sampled_from(["", "+91", "+91 ", "91", "0091 ", "tel:+91-", "\ufeff", "(+91) "]))
        assert PhoneNumber.parse(f" {prefix}{typed.rstrip('-.')}\t").e164 == "+91" + number

    @given(st.text(st.characters(categories=["Nd", "Nl", "No", "Pd", "Cf", "Zs", "Sm"]), max_size=30))
    def test_of_whatever_looks_like_digits_is_a_mobile_or_refused(self, typed: str) -> None:
        try:
            found = PhoneNumber.parse(typed)
        except Invalid:
            return
        digits = [str(unicodedata.digit(c)) for c in unicodedata.normalize("NFKC", typed) if c.isdecimal()]
        assert "".join(digits).endswith(found.e164[3:])


class TestCursors:
    @given(
        st.text(max_size=30), st.text(max_size=30), st.dictionaries(st.text(max_size=9), st.integers(), max_size=3)
    )
    def test_come_back_as_they_were_given(self, value: str, began: str, young: dict[str, int]) -> None:
        cursors = HmacCursors(key=b"k" * 32)
        place = Place((value, "LEAD-1001"), began, young)
        assert cursors.read(cursors.sign(place, bound_to=value), bound_to=value) == place

    @given(st.binary(max_size=80), st.integers(0, 7), st.data())
    def test_with_a_changed_bit_or_of_another_key_are_none(
        self, said: bytes, bit: int, data: st.DataObject
    ) -> None:
        cursors, others = HmacCursors(key=b"k" * 32), HmacCursors(key=b"j" * 32)
        text = cursors.sign(Place(("2026-11-25", "LEAD-1001"), "2026-11-25T09:00:00Z", {}), bound_to="mine")
        at = data.draw(st.integers(0, len(text) - 1))
        changed = text[:at] + chr(ord(text[at]) ^ 1 << bit) + text[at + 1 :]
        for other in (changed, cursors._spelt(said), text + "=", text + "\n", " " + text):
            assert cursors.read(other, bound_to="mine") is None
        assert others.read(text, bound_to="mine") is None
