"""One-time codes from randomness, and their digests."""

from __future__ import annotations

import re

import pytest

from adapters.one_time_codes import HmacOneTimeCodes
from domain.values import PhoneNumber

PHONE, OTHER_PHONE = PhoneNumber("+919000000001"), PhoneNumber("+919000000002")
CODES = HmacOneTimeCodes(key=b"k" * 32)


class TestHmacOneTimeCodes:
    def test_codes_are_six_digits_with_leading_zeros(self) -> None:
        codes = [CODES.new() for _ in range(2_000)]
        assert all(re.fullmatch("[0-9]{6}", code) for code in codes)
        assert len(set(codes)) > 1_900
        assert any(code.startswith("0") for code in codes)

    def test_a_digest_is_of_one_phone_code_and_key(self) -> None:
        digest = CODES.digest(phone=PHONE, code="012345")
        assert digest == HmacOneTimeCodes(key=b"k" * 32).digest(phone=PHONE, code="012345")
        others = [
            CODES.digest(phone=OTHER_PHONE, code="012345"),
            CODES.digest(phone=PHONE, code="012346"),
            HmacOneTimeCodes(key=b"l" * 32).digest(phone=PHONE, code="012345"),
        ]
        assert digest not in others
        assert len(digest) == 64

    def test_a_short_key_is_refused(self) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            HmacOneTimeCodes(key=b"k" * 31)
