"""One-time codes (domain.md "Sign-in"; cases.md 27)."""

from __future__ import annotations

import asyncio

import pytest

from domain.identity import AccountNotActive, MessageNotSent
from domain.values import Role
from tests.domain.identity.setting import (
    DEACTIVATED,
    OTHER_PHONE,
    PENDING,
    PHONE,
    Setting,
    outcome,
    session_count,
)

WRONG = "999999"


class TestRequestCode:
    def test_sends_six_digits_and_stores_only_their_digest(self) -> None:
        async def story() -> None:
            s = Setting()
            code = await s.code()
            (sms,) = s.messages.smses
            assert (sms.to, sms.template, sms.otp) == (PHONE.e164, "sign_in_code", code)
            assert code in sms.text
            row = await s.store.get(table="otps", partition=PHONE.e164, key="otp")
            assert row is not None
            assert code not in [str(value) for value in row.values.values()]

        asyncio.run(story())

    def test_a_known_and_an_unknown_number_look_the_same(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner(PHONE)
            await s.code(PHONE)
            await s.code(OTHER_PHONE)
            assert [m.template for m in s.messages.smses] == ["sign_in_code"] * 2

        asyncio.run(story())

    def test_says_that_it_could_not_be_sent(self) -> None:
        s = Setting()
        s.messages.broken = True
        with pytest.raises(MessageNotSent):
            asyncio.run(s.code())

    def test_of_parallel_requests_only_the_last_stored_code_works(self) -> None:
        async def story() -> None:
            s = Setting()
            await asyncio.gather(*(outcome(s.code()) for _ in range(5)))
            codes = [m.otp or "" for m in s.messages.smses]
            assert len(codes) == 5
            results = [await outcome(s.enter(code)) for code in codes]
            assert results.count("ok") <= 1

        asyncio.run(story())


class TestSignInWithCode:
    def test_signs_a_customer_in_once(self) -> None:
        async def story() -> None:
            s = Setting()
            code = await s.code()
            signed_in = await s.enter(code)
            assert signed_in.caller.actor.role is Role.CUSTOMER
            assert signed_in.caller.phone == PHONE
            assert await outcome(s.enter(code)) == "ONE_TIME_CODE_WRONG"
            assert await session_count(s) == 1

        asyncio.run(story())

    @pytest.mark.parametrize(
        ("after", "expected"),
        [
            ({"minutes": 2, "milliseconds": -1}, "ok"),
            ({"minutes": 2}, "ONE_TIME_CODE_WRONG"),
            ({"minutes": 5}, "ONE_TIME_CODE_WRONG"),
        ],
    )
    def test_a_code_is_valid_for_two_minutes(self, after: dict[str, float], expected: str) -> None:
        async def story() -> None:
            s = Setting()
            code = await s.code()
            s.clock.advance(**after)
            assert await outcome(s.enter(code)) == expected

        asyncio.run(story())

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "12345",
            "1234567",
            " 000001",
            "000001 ",
            "000001\n",
            "００００００",
            "०००००१",
            "00000a",
            "+00001",
            "-00001",
        ],
    )
    def test_only_six_ascii_digits_are_a_code(self, typed: str) -> None:
        async def story() -> None:
            s = Setting()
            await s.code()
            for _ in range(6):
                assert await outcome(s.enter(typed)) == "ONE_TIME_CODE_MALFORMED"
            assert await outcome(s.enter("000001")) == "ok"

        asyncio.run(story())

    def test_a_new_code_kills_the_old(self) -> None:
        async def story() -> None:
            s = Setting()
            old, new = await s.code(), await s.code()
            assert await outcome(s.enter(old)) == "ONE_TIME_CODE_WRONG"
            assert await outcome(s.enter(new)) == "ok"

        asyncio.run(story())

    def test_a_code_is_for_one_phone(self) -> None:
        async def story() -> None:
            s = Setting()
            code = await s.code(PHONE)
            await s.code(OTHER_PHONE)
            assert await outcome(s.enter(code, OTHER_PHONE)) == "ONE_TIME_CODE_WRONG"

        asyncio.run(story())


class TestWhoSignsIn:
    def test_an_active_partner_as_a_partner(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            caller = (await s.enter(await s.code())).caller
            assert (caller.actor.id, caller.actor.name, caller.actor.role) == ("CP-1001", "Asha", Role.CP)
            assert s.customers.asked == []

        asyncio.run(story())

    def test_a_partner_as_a_customer_if_the_client_says_so(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner()
            caller = (await s.enter(await s.code(), as_role=Role.CUSTOMER)).caller
            assert caller.actor.role is Role.CUSTOMER

        asyncio.run(story())

    def test_nobody_becomes_staff_by_asking(self) -> None:
        async def story() -> None:
            s = Setting()
            caller = (await s.enter(await s.code(), as_role=Role.ADMIN)).caller
            assert caller.actor.role is Role.CUSTOMER

        asyncio.run(story())

    @pytest.mark.parametrize("status", [PENDING, DEACTIVATED])
    def test_not_a_partner_who_is_not_active(self, status: str) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_partner(status=status)
            code = await s.code()
            assert await outcome(s.enter(WRONG)) == "ONE_TIME_CODE_WRONG"
            with pytest.raises(AccountNotActive) as refused:
                await s.enter(code)
            assert refused.value.details == {"status": str(status)}
            assert await session_count(s) == 0

        asyncio.run(story())
