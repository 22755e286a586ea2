"""The benches still run, and say what they found out whatever fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench import __main__ as bench
from tests.bench import results
from tests.bench.differences import Difference, differences
from tests.bench.most_used import Budget
from tests.bench.recording import Asked, until
from tests.bench.use_cases import Measured, covered


def run(*arguments: str, into: Path) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """What a run of the benches said, and what it wrote."""
    command = [sys.executable, "-m", "tests.bench", "--tiny", "--json", str(into), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done, json.loads(into.read_text(encoding="utf-8")) if into.exists() else {}


class TestBench:
    def test_writes_a_line_for_each_part_and_leaves_nothing_open(self, tmp_path: Path) -> None:
        parts = [part for part in bench.PARTS if part != "worker"]  # takes long; `pdf` begins as it does
        done, written = run("--parts", " ".join(parts), into=tmp_path / "lines.json")
        assert done.returncode == 0, done.stderr
        assert "Unclosed" not in done.stderr + done.stdout
        lines = [line for line in written["lines"] if line["part"] != "bench"]
        kinds = {"start", "use case", "contention", "pdf", "price", "import", "backup", "250"}
        assert {line["part"] for line in lines} == kinds
        hops = {line["name"]: (line["requests"], line["hops"]) for line in lines if "hops" in line}
        assert hops["read a lead, alone"] == (1, 1) and hops["edit a lead, alone"][1] == 3
        assert hops["a partner's sync, nothing new (304), alone"] == (1, 1)
        assert hops["leads|Admin|leads: no filter"][1] <= 2 and hops["a new instance is ready, from a pack"][1] <= 3
        compared = {line["name"] for line in lines if "bare_low" in line}
        assert {"read a lead, alone", "a customer accepts, alone", "sign in with a password, alone"} <= compared
        assert all(0.02 < line["bare"] < 50 for line in lines if "bare" in line)

    def test_tells_the_machine_the_versions_and_the_sizes(self, tmp_path: Path) -> None:
        done, written = run("--parts", "price", into=tmp_path / "lines.json")
        needed = {"processor", "cores", "load", "python", "azurite", "azure-data-tables", "commit", "leads", "size"}
        assert needed <= written["about"].keys()
        assert all(f"{name}: {written['about'][name]}" in done.stdout for name in needed)

    def test_refuses_a_part_that_there_isnt(self, tmp_path: Path) -> None:
        done, _ = run("--parts", "prices", into=tmp_path / "lines.json")
        assert done.returncode == 2 and "no such part: prices" in done.stderr

    def test_names_a_part_that_fails_and_keeps_the_rest(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        broken = {"imports": {"tiny": ["--rows", "none"]}, "price": {"tiny": []}}
        monkeypatch.setattr(bench, "PARTS", broken)
        monkeypatch.setattr(results, "_rows", [])
        monkeypatch.setattr(sys, "argv", ["bench", "--tiny", "--json", str(tmp_path / "lines.json")])
        assert bench.main() == 1
        written = json.loads((tmp_path / "lines.json").read_text(encoding="utf-8"))
        assert list(written["about"]["failed"]) == ["imports --rows none"]
        assert {line["part"] for line in written["lines"]} == {"bench", "price"}
        assert "FAILED: imports --rows none: exit status 2" in capsys.readouterr().err

    @pytest.mark.parametrize(("load", "busy"), [(0.2, False), (0.7, False), (0.8, True), (5.0, True)])
    def test_a_machine_with_other_work_is_busy(self, load: float, busy: bool) -> None:
        assert results.is_busy({"load": load, "cores": 2}) is busy


class TestComparingWithBareCalls:
    def test_time_without_a_request_under_way_is_our_own(self) -> None:
        assert covered([(0.0, 2.0), (1.0, 3.0), (5.0, 6.0), (5.2, 5.4)]) == pytest.approx(4.0)

    @pytest.mark.parametrize(
        ("requests", "hops", "ratio", "at_least", "met"),
        [
            (6, 3, 0.8, 0.5, True),
            (7, 3, 1.25, 1.2, True),
            (8, 3, 0.8, 0.5, False),
            (6, 4, 0.8, 0.5, False),
            (6, 3, 1.4, 1.3, False),
            (6, 3, 1.4, 1.1, None),
        ],
    )
    def test_a_budget_is_met_in_all_its_parts(
        self, requests: int, hops: int, ratio: float, at_least: float, met: bool | None
    ) -> None:
        budget = Budget(requests=7, hops=3)
        assert budget.met(requests=requests, hops=hops, ratio=ratio, at_least=at_least) is met

    def test_what_ends_after_the_answer_isnt_made_again(self) -> None:
        early, late = (Asked(0, "table", "get", {}, 0.0, ended) for ended in (1.0, 3.0))
        assert until([early, late], answered=2.0) == ([early], [late])

    def test_the_ratio_is_that_of_the_medians_and_its_spread_that_of_the_blocks(self) -> None:
        ours = [1.0] * 8 + [3.0] * 8
        found = Measured(ours=ours, bare=[2.0] * 16)
        assert found.ratios() == [1.0, *[0.5] * 4, *[1.5] * 4]


def compared(base: list[float], ours: list[float], figure: str = "p50_ms") -> Difference:
    """One row among thirty whose turns vary by a tenth."""
    place = ("use case", "the row", figure)
    others = {("use case", f"row {n}", figure): [90.0, 100.0, 110.0, 100.0] for n in range(30)}
    found = differences({**others, place: base}, {**others, place: ours, ("use case", "new", figure): [1.0]})
    assert [row.told for row in found[:-1]] == [False] * 30
    return found[-1]


class TestDifferences:
    @pytest.mark.parametrize(
        ("base", "ours", "verdict"),
        [
            ([100.0, 102.0, 98.0, 100.0], [151.0, 149.0, 150.0, 152.0], "WORSE"),
            ([100.0, 102.0, 98.0, 100.0], [51.0, 49.0, 50.0, 52.0], "BETTER"),
            ([100.0, 102.0, 98.0, 100.0], [115.0, 117.0, 113.0, 115.0], ""),  # the others vary as much
            ([100.0, 102.0, 98.0, 160.0], [151.0, 149.0, 150.0, 152.0], ""),  # one turn of the base did too
            ([0.10, 0.11, 0.10, 0.11], [0.17, 0.18, 0.17, 0.18], ""),  # a tenth of a millisecond
        ],
    )
    def test_are_told_beyond_what_turns_vary(self, base: list[float], ours: list[float], verdict: str) -> None:
        assert compared(base, ours).verdict == verdict

    def test_of_rates_more_is_better(self) -> None:
        assert compared([100.0] * 4, [200.0] * 4, "per_s").verdict == "BETTER"

    def test_of_counts_are_told_unless_turns_overlap(self) -> None:
        assert compared([6.0] * 4, [7.0] * 4, "requests").verdict == "WORSE"
        assert compared([6.0, 6.0, 7.0, 6.0], [7.0] * 4, "requests").verdict == ""

    def test_say_the_ratio_and_its_reach(self) -> None:
        found = compared([90.0, 100.0, 110.0], [190.0, 200.0, 220.0])
        assert (found.base, found.ours, found.ratio) == (100.0, 200.0, 2.0)
        assert (found.low, found.high) == (190 / 110, 220 / 90)
