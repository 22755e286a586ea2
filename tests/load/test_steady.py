"""The verdict of a soak on made-up series, with what a person would say of each."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.continuity import back_up_if_due, drill_if_due
from tests.domain.continuity.setting import Platform
from tests.fakes.store import FakeStore
from tests.load._processes import LIMITS, Sample, verdict
from tests.load._steady import Limit, Verdict, judged, lowest, theil_sen
from tests.load._timers import in_turn, make_due, runs_told, timers_of

PERIOD, PERIODS = 225.0, 8
STARTS = [PERIOD * number for number in range(PERIODS)]
MINUTES = [at * 5.0 / 60 for at in range(int(PERIOD * PERIODS / 5))]
MB = LIMITS["mb"]
NOISE = random.Random(7)

Shape = Callable[[float], float]
"""MB after so many minutes."""


def step(at: float, height: float) -> Shape:
    return lambda minute: height if minute >= at else 0.0


SERIES: dict[str, tuple[Shape, Verdict]] = {
    "flat": (lambda minute: 0.0, Verdict.STEADY),
    "falling": (lambda minute: -minute, Verdict.STEADY),
    "noise of 3 MB": (lambda minute: NOISE.gauss(0, 3), Verdict.STEADY),
    "filling in the warm-up": (lambda minute: min(minute, 7) * 10, Verdict.STEADY),
    "a step of 18 MB in the warm-up": (step(5, 18), Verdict.STEADY),
    "a step of 18 MB in the middle": (step(18, 18), Verdict.STEADY),
    "a step of 18 MB at the end": (step(28, 18), Verdict.STEADY),
    "a step of 60 MB": (step(18, 60), Verdict.JUMPED),
    "a saw-tooth of 30 MB in each period": (lambda minute: minute % 3.75 * 8, Verdict.STEADY),
    "a saw-tooth of 30 MB in each minute": (lambda minute: minute % 1 * 30, Verdict.STEADY),
    "one dip": (lambda minute: -20.0 if 15 < minute < 16 else 0.0, Verdict.STEADY),
    "a leak of 1 MB a minute": (lambda minute: minute, Verdict.GROWS),
    "a leak of 1 MB a minute under noise": (lambda minute: minute + NOISE.gauss(0, 3), Verdict.GROWS),
    "a leak of 1 MB a minute and a step": (lambda minute: minute + step(18, 18)(minute), Verdict.GROWS),
    "a leak of 1 MB a minute under a saw-tooth": (lambda minute: minute + minute % 3.75 * 8, Verdict.GROWS),
    "2 MB with each round of the timers": (lambda minute: minute // 3.75 * 2, Verdict.GROWS),
    "8 MB with every second round": (lambda minute: minute // 7.5 * 8, Verdict.GROWS),
    "two steps of 10 MB": (lambda minute: step(12, 10)(minute) + step(22, 10)(minute), Verdict.GROWS),
    "a leak of 6 MB an hour, below what is told": (lambda minute: minute / 10, Verdict.STEADY),
    "a leak of 30 MB an hour": (lambda minute: minute / 2, Verdict.GROWS),
}


class TestJudged:
    @pytest.mark.parametrize("name", SERIES)
    def test_says_what_a_person_would(self, name: str) -> None:
        shape, expected = SERIES[name]
        found = judged([(minute * 60, 150 + shape(minute)) for minute in MINUTES], STARTS, MB)
        assert found.verdict is expected, found

    def test_says_how_much(self) -> None:
        """After two periods of 3.75 minutes: the 150 + 7.5 MB of the third one, to 150 + 26.25 MB of the last."""
        found = judged([(minute * 60, 150 + minute) for minute in MINUTES], STARTS, MB)
        assert (found.first, found.last, found.step) == (157.5, 176.25, 0.0)
        assert (found.growth, found.per_hour) == (pytest.approx(18.75), pytest.approx(60))

    @pytest.mark.parametrize("periods", [0, 1, 5])
    def test_fewer_than_six_periods_tell_nothing(self, periods: int) -> None:
        points = [(minute * 60, 150.0) for minute in MINUTES if minute * 60 < PERIOD * periods]
        assert judged(points, STARTS[:periods], MB).verdict is Verdict.UNKNOWN

    def test_periods_that_were_not_measured_do_not_count(self) -> None:
        assert judged([(0.0, 150.0)], STARTS, MB).verdict is Verdict.UNKNOWN

    def test_the_least_of_a_period_counts(self) -> None:
        assert lowest([(0, 5), (9, 3), (10, 8), (30, 1)], [0, 10, 20]) == [(0, 3), (10, 8), (20, 1)]

    def test_the_slope_leaves_outliers_out(self) -> None:
        assert theil_sen([(0, 0), (1, 2), (2, 400), (3, 6), (4, 8), (5, 10)]) == 2
        assert theil_sen([(0, 3)]) == 0

    @pytest.mark.parametrize("name", ["sockets", "files", "threads", "tasks"])
    def test_one_more_of_anything_with_each_round_or_two_is_told(self, name: str) -> None:
        limit: Limit = LIMITS[name]
        leak = [(minute * 60, 10 + minute // 3.75 * (limit.growth / 4)) for minute in MINUTES]
        assert judged(leak, STARTS, limit).verdict is Verdict.GROWS


class TestVerdict:
    def of(self, **growing: float) -> bool:
        """Of a worker in which this grows by so much a minute."""

        def at(minute: float) -> Sample:
            grown: dict[str, Any] = {name: value * minute for name, value in growing.items()}
            return replace(Sample(minute * 60, "worker", 150.0, 9, 9, 9, 9), **grown)

        storage = [Sample(minute * 60, "storage", 100 + 50 * minute, 1, 1, 1) for minute in MINUTES]
        return verdict([*map(at, MINUTES), *storage], STARTS)

    def test_holds_what_stays_as_it_is_and_does_not_judge_the_storage(self) -> None:
        assert self.of()

    @pytest.mark.parametrize("name", ["mb", "sockets", "files", "threads", "tasks"])
    def test_one_that_grows_is_enough(self, name: str) -> None:
        assert not self.of(**{name: 1.0})

    def test_without_measurements_nothing_is_proved(self) -> None:
        assert not verdict([], STARTS)
        assert not verdict([], [])


class TestTimers:
    def test_are_those_that_the_host_lists_with_a_timer(self) -> None:
        listed = [
            {"name": "PackLeads", "config": {"bindings": [{"type": "timerTrigger"}]}},
            {"name": "Health", "config": {"bindings": [{"type": "httpTrigger"}, {"type": "http"}]}},
        ]
        assert timers_of(listed) == ["PackLeads"]

    def test_take_turns_with_the_drill_far_from_the_backups(self) -> None:
        assert in_turn(["BackUpDaily", "ClearExpired", "DrillWeekly", "PackLeads", "SweepViews"]) == [
            "BackUpDaily", "ClearExpired", "DrillWeekly", "PackLeads", "SweepViews",
        ]  # fmt: skip
        assert in_turn(["BackUpDaily", "DrillWeekly", "P", "Q", "R"]) == [
            "BackUpDaily",
            "P",
            "DrillWeekly",
            "Q",
            "R",
        ]

    def test_that_failed_are_told_from_those_that_ended(self, tmp_path: Path) -> None:
        end = '2026 INFO solarium.timers: {"function": "PackLeads", "event": "end", "outcome": "%s", "ms": 1}'
        lines = [
            '2026 INFO solarium.timers: {"function": "PackLeads", "event": "start"}',
            end % "done",
            end % "storage-unavailable",
            end % "done",
            "2026 INFO solarium.timers: packed 7 leads",
            "2026 ERROR local.host: The timer function PackLeads failed",
            "2026 ERROR solarium.continuity: backups need attention: the drill failed",
        ]
        (tmp_path / "log").write_text("\n".join(lines), encoding="utf-8")
        done, failed = runs_told(tmp_path / "log")
        assert done == {"PackLeads": 2}
        assert failed == [lines[2], lines[5], lines[6]]

    def test_of_a_day_and_of_a_week_are_due_again(self) -> None:
        platform = Platform()
        engine = platform.engine()

        async def story() -> None:
            for number in range(3):
                done = await back_up_if_due(engine=engine, within=timedelta(minutes=7))
                assert done and done.manifest and done.run.generation == number + 1
                assert await back_up_if_due(engine=engine, within=timedelta(minutes=7)) is None
                report = await drill_if_due(engine=engine)
                assert report and report.passed and await drill_if_due(engine=engine) is None
                await make_due(engine.ports.store, slot=done.run.slot)
                platform.clock.advance(minutes=4)

        asyncio.run(story())


def test_a_store_without_runs_is_left_alone() -> None:
    store = FakeStore()
    asyncio.run(make_due(store, slot="2026-11-25"))
    assert "transaction" not in store.requests
