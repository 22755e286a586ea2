"""Clearing what has expired: only that, and as often as the timer likes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from domain.identity import clear_old_codes, clear_old_locks
from tests.domain.identity.setting import Setting, outcome


async def _left(s: Setting, table: str) -> list[str]:
    return [row.key async for row in s.store.scan(table=table)]


class TestCodes:
    @pytest.mark.parametrize(
        ("wrong_tries", "age", "cleared"),
        [
            (0, timedelta(minutes=9, seconds=59), 0),
            (0, timedelta(minutes=10), 1),
            (1, timedelta(minutes=14, seconds=59), 0),
            (1, timedelta(minutes=15), 1),
            (5, timedelta(minutes=14, seconds=59), 0),
            (5, timedelta(minutes=15), 1),
        ],
    )
    def test_go_once_neither_code_nor_count_means_anything(
        self, wrong_tries: int, age: timedelta, cleared: int
    ) -> None:
        async def story() -> None:
            s = Setting()
            await s.code()
            for _ in range(wrong_tries):
                await outcome(s.enter("999999"))
            s.clock.at += age
            assert [await clear_old_codes(ports=s.ports) for _ in range(2)] == [cleared, 0]
            assert len(await _left(s, "otps")) == 1 - cleared

        asyncio.run(story())


class TestLocks:
    @pytest.mark.parametrize(("minutes", "left"), [(14, ["lock", "staff"]), (15, ["staff"])])
    def test_go_once_they_are_over_and_claims_stay(self, minutes: int, left: list[str]) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            for _ in range(5):
                await outcome(s.log_in("wrong"))
            s.clock.advance(minutes=minutes)
            await clear_old_locks(ports=s.ports)
            assert await _left(s, "emails") == left

        asyncio.run(story())

    def test_two_runs_at_once_clear_each_once(self) -> None:
        async def story() -> None:
            s = Setting()
            await s.a_kam()
            await outcome(s.log_in("wrong"))
            s.clock.advance(days=1)
            done = await asyncio.gather(*(clear_old_locks(ports=s.ports) for _ in range(3)))
            assert sum(done) == 1

        asyncio.run(story())
