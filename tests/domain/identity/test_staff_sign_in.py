"""Signing in with email and password (domain.md "Sign-in"): the same answers for known and unknown addresses."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from domain.errors import Invalid
from domain.identity import EmailAddress, EmailInvalid, PasswordTooWeak, check_password
from domain.values import Role
from tests.domain.identity.setting import (
    DEACTIVATED,
    EMAIL,
    PASSWORD,
    Setting,
    outcome,
    session_count,
)

NOBODY = EmailAddress("nobody@example.com")


class TestSignInWithPassword:
    def test_signs_staff_in_for_four_hours(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            signed_in = await s.log_in()
            assert (signed_in.caller.actor.id, signed_in.caller.actor.role) == ("KAM-1001", Role.KAM)
            assert signed_in.caller.email == EMAIL.text
            assert signed_in.expires_at == s.clock.now() + timedelta(hours=4)
            assert s.tokens.issued[signed_in.access_token] == signed_in.caller

        asyncio.run(story())

    def test_unknown_addresses_and_wrong_passwords_get_the_same_answer_and_work(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            asked = []
            for email in (EMAIL, NOBODY):
                before = len(s.store.requests)
                answers = [await outcome(s.log_in("wrong", email)) for _ in range(6)]
                assert answers == ["CREDENTIALS_WRONG"] * 5 + ["SIGN_IN_LOCKED"]
                asked.append(s.store.requests[before:])
            assert asked[0] == asked[1]
            assert s.passwords.compared == [f"hash of {PASSWORD}"] * 5 + [None] * 5

        asyncio.run(story())

    def test_the_lock_refuses_the_right_password_until_it_ends(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            for _ in range(5):
                await outcome(s.log_in("wrong"))
            s.clock.advance(minutes=15, milliseconds=-1)
            assert await outcome(s.log_in()) == "SIGN_IN_LOCKED"
            s.clock.advance(milliseconds=1)
            assert await outcome(s.log_in()) == "ok"

        asyncio.run(story())

    def test_a_right_password_ends_the_count(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            for _ in range(3):
                for _ in range(4):
                    assert await outcome(s.log_in("wrong")) == "CREDENTIALS_WRONG"
                assert await outcome(s.log_in()) == "ok"

        asyncio.run(story())

    def test_of_fifty_parallel_guesses_five_are_answered(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            results = Counter(await asyncio.gather(*(outcome(s.log_in("wrong")) for _ in range(50))))
            assert results == {"CREDENTIALS_WRONG": 5, "SIGN_IN_LOCKED": 45}

        asyncio.run(story())

    def test_fifty_parallel_right_ones_all_sign_in(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            results = Counter(await asyncio.gather(*(outcome(s.log_in()) for _ in range(50))))
            assert results == {"ok": 50}
            assert await session_count(s) == 50

        asyncio.run(story())

    def test_somebody_deactivated_is_told_so_only_after_the_right_password(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam(status=DEACTIVATED)
            assert await outcome(s.log_in("wrong")) == "CREDENTIALS_WRONG"
            assert await outcome(s.log_in()) == "ACCOUNT_NOT_ACTIVE"

        asyncio.run(story())

    def test_the_password_is_the_same_in_either_unicode_spelling(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam(password="Caf\u00e9-Solar-2026")
            assert await outcome(s.log_in("Cafe\u0301-Solar-2026")) == "ok"

        asyncio.run(story())


class TestEmailAddress:
    @pytest.mark.parametrize("typed", ["kam@example.com", " KAM@Example.COM ", "kam@example.com\n"])
    def test_case_and_spaces_around_do_not_matter(self, typed: str) -> None:
        assert EmailAddress.parse(typed) == EMAIL

    @pytest.mark.parametrize("typed", ["o'brien+x@mail.example.co.in", "a.b-c_d@x-y.example"])
    def test_takes_the_usual_ones(self, typed: str) -> None:
        assert EmailAddress.parse(typed).text == typed

    @pytest.mark.parametrize(
        "typed",
        [
            "", "kam", "@example.com", "kam@", "kam@localhost", "a b@example.com", "a@b@example.com",
            "a/b@example.com", "a#b@example.com", "a?b@example.com", "a\\b@example.com", "a%b@example.com",
            ".a@example.com", "a..b@example.com", "a@-x.com", "a@x..com", "ка@example.com",
            "a\x00@example.com", "a" * 250 + "@example.com",
        ],
    )  # fmt: skip
    def test_refuses(self, typed: str) -> None:
        with pytest.raises(EmailInvalid) as refused:
            EmailAddress.parse(typed)
        assert [fault.field for fault in refused.value.faults] == ["email"]


class TestCheckPassword:
    """client-contract.md §3: at least 8 characters and 4 of 5 rules: upper/lower/digit/special/length ≥ 12."""

    @pytest.mark.parametrize(
        "password",
        [
            "Admin-Demo-1!",
            "Kam-Demo-1!",
            "Abcde-1x",
            "abcdefgh-123",
            "ABCDEFGHIJ1-",
            "Abcdefghijk1",
            "A" + "a1-" * 42,
        ],
    )
    def test_accepts(self, password: str) -> None:
        check_password(password)

    @pytest.mark.parametrize(
        "password",
        [
            "",
            "Ab-1",
            "Abc-12x",
            "abcdefg1",
            "Abcdefg1",
            "abcdefghijklmno",
            "Abcdefghijkl",
            "Abcdefgh 1",
            "A" + "a1-" * 43,
        ],
    )
    def test_refuses(self, password: str) -> None:
        with pytest.raises(PasswordTooWeak) as refused:
            check_password(password, field="newPassword")
        assert isinstance(refused.value, Invalid)
        assert [fault.field for fault in refused.value.faults] == ["newPassword"]
