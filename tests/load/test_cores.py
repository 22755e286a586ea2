"""Whose fault it is that a budget wasn't held, told from who had the processors."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.load._cores import Moment, Use, cpu_of, used, why
from tests.load._report import rows_of, told, uses_of
from tests.load._stages import Stage


def ten_seconds(idle: float, **cores: float) -> list[Moment]:
    """Of a machine on which each process has so much of a core."""
    return [
        Moment(float(at), {name: 7 + share * at for name, share in cores.items()}, 100 + idle * at)
        for at in range(11)
    ]


class TestUsed:
    def test_is_of_a_core_and_second(self) -> None:
        use = used(ten_seconds(0.5, worker=0.5, storage=0.25), 0, 10, of=2)
        assert use == Use({"worker": 0.5, "storage": 0.25}, 0.5, 2)
        assert use.others == 0.75

    def test_only_between_the_two_moments(self) -> None:
        moments = [Moment(0, {"worker": 0}, 0), Moment(5, {"worker": 1}, 0), Moment(10, {"worker": 5}, 4)]
        assert used(moments, 4, 11, of=1) == Use({"worker": 0.8}, 0.8, 1)
        assert used(moments, 6, 11, of=1) is None, "one look tells nothing"

    def test_of_a_process_that_came_later_counts_from_its_beginning(self) -> None:
        moments = [Moment(0, {}, 0), Moment(10, {"clients": 3}, 0)]
        assert used(moments, 0, 10, of=1) == Use({"clients": 0.3}, 0, 1)

    def test_reads_what_the_system_says(self) -> None:
        found = cpu_of({"worker": os.getpid(), "gone": 2**30})
        assert found["worker"] > 0 and "gone" not in found and "papers" in found
        assert cpu_of({"worker": 2**30}) == {}

    def test_counts_the_children_of_the_worker_that_have_ended(self) -> None:
        before = cpu_of({"worker": os.getpid()})["papers"]
        subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)
        assert cpu_of({"worker": os.getpid()})["papers"] > before


class TestWhy:
    @pytest.mark.parametrize(
        ("use", "says"),
        [
            (Use({"worker": 0.5, "storage": 0.97}, 0.4, 2), "storage could do no more"),
            (Use({"worker": 0.5, "clients": 0.95}, 0.4, 2), "clients could do no more"),
            (Use({"worker": 0.4, "storage": 0.4}, 0.1, 2), "the machine could do no more"),
            (Use({"worker": 0.93, "storage": 0.95}, 0.1, 2), "by the backend itself"),
            (Use({"worker": 0.3, "storage": 0.2}, 1.4, 2), "by the backend itself"),
            (None, "nobody looked"),
        ],
    )
    def test_accuses_others_only_if_they_were_full_and_the_backend_was_not(
        self, use: Use | None, says: str
    ) -> None:
        assert why(use).startswith(says)

    def test_is_told_of_the_stages_that_were_not_held(self) -> None:
        stages = [Stage("quick", 1, 0, 10, 100, ""), Stage("slow", 1, 0, 10, 100, "")]
        samples = [
            (float(at), stage, "x", ms, "") for stage, ms in (("quick", 1.0), ("slow", 900.0)) for at in range(11)
        ]
        rows, uses = rows_of(samples, stages), uses_of(samples, ten_seconds(0.5, worker=0.5, storage=1.0))
        text = told(rows, [], {}, uses)
        assert "slow: not held, storage could do no more" in text and "quick: not held" not in text
        assert not rows[1].held, "it fails all the same"
