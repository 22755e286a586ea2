"""Wrong one-time codes: the count, the lock, and guesses in parallel (domain.md "Sign-in"; cases.md 27)."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from domain.identity import SignInLocked
from tests.domain.identity.setting import OTHER_PHONE, Setting, outcome, session_count

WRONG = "999999"


class TestLock:
    def test_five_wrong_ones_refuse_the_right_one_until_the_lock_ends(self) -> None:
        async def story() -> None:
            s = Setting()
            code = await s.code()
            assert [await outcome(s.enter(WRONG)) for _ in range(5)] == ["ONE_TIME_CODE_WRONG"] * 5
            assert await outcome(s.enter(code)) == "SIGN_IN_LOCKED"
            s.clock.advance(minutes=15, milliseconds=-1)
            assert await outcome(s.enter(code)) == "SIGN_IN_LOCKED"
            s.clock.advance(milliseconds=1)
            assert await outcome(s.enter(await s.code())) == "ok"

        asyncio.run(story())

    def test_says_how_many_seconds_are_left(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.code()
            for _ in range(5):
                await outcome(s.enter(WRONG))
            s.clock.advance(minutes=14, milliseconds=500)
            with pytest.raises(SignInLocked) as refused:
                await s.enter(WRONG)
            assert refused.value.retry_after == 60

        asyncio.run(story())

    def test_while_locked_no_code_is_sent_and_nothing_is_said(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.code()
            for _ in range(5):
                await outcome(s.enter(WRONG))
            await s.code()
            assert len(s.messages.smses) == 1
            assert await outcome(s.enter(WRONG)) == "SIGN_IN_LOCKED"

        asyncio.run(story())

    def test_a_new_code_does_not_reset_the_count(self) -> None:
        async def story() -> None:
            s = Setting()
            for _ in range(5):
                await s.code()
                assert await outcome(s.enter(WRONG)) == "ONE_TIME_CODE_WRONG"
            assert await outcome(s.enter(WRONG)) == "SIGN_IN_LOCKED"

        asyncio.run(story())

    @pytest.mark.parametrize("between", ["a right one", "fifteen minutes"])
    def test_the_count_starts_again_after(self, between: str) -> None:
        async def story() -> None:
            s = Setting()
            code = await s.code()
            for _ in range(4):
                await outcome(s.enter(WRONG))
            if between == "a right one":
                assert await outcome(s.enter(code)) == "ok"
            else:
                s.clock.advance(minutes=15)
            code = await s.code()
            for _ in range(4):
                assert await outcome(s.enter(WRONG)) == "ONE_TIME_CODE_WRONG"
            assert await outcome(s.enter(code)) == "ok"

        asyncio.run(story())

    def test_a_lock_is_of_one_phone(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.code()
            for _ in range(5):
                await outcome(s.enter(WRONG))
            assert await outcome(s.enter(await s.code(OTHER_PHONE), OTHER_PHONE)) == "ok"

        asyncio.run(story())


class TestInParallel:
    def test_of_fifty_wrong_guesses_five_are_answered(self) -> None:
        async def story() -> None:
            s = Setting()
            code = await s.code()
            results = Counter(await asyncio.gather(*(outcome(s.enter(WRONG)) for _ in range(50))))
            assert results == {"ONE_TIME_CODE_WRONG": 5, "SIGN_IN_LOCKED": 45}
            assert await outcome(s.enter(code)) == "SIGN_IN_LOCKED"

        asyncio.run(story())

    @pytest.mark.parametrize("place", [0, 3, 25, 49])
    def test_a_right_guess_among_fifty_is_no_sixth(self, place: int) -> None:
        async def story() -> None:
            s = Setting()
            code = await s.code()
            guesses = [WRONG] * 50
            guesses[place] = code
            results = Counter(await asyncio.gather(*(outcome(s.enter(guess)) for guess in guesses)))
            assert results["ok"] <= 1
            assert results["ONE_TIME_CODE_WRONG"] <= 5 or results["ok"] == 1
            assert await session_count(s) == results["ok"]

        asyncio.run(story())

    def test_two_right_codes_make_one_session(self) -> None:
        async def story() -> None:
            s = Setting()
            code = await s.code()
            results = await asyncio.gather(*(outcome(s.enter(code)) for _ in range(20)))
            assert Counter(results) == {"ok": 1, "ONE_TIME_CODE_WRONG": 19}
            assert await session_count(s) == 1
            assert await outcome(s.enter(await s.code())) == "ok"

        asyncio.run(story())
