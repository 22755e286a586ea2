"""The benches still run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.compare import show


class TestBench:
    def test_writes_a_line_for_each_part(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "tests.bench", "--tiny", "--json", str(tmp_path / "lines.json")]
        done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        lines = json.loads((tmp_path / "lines.json").read_text(encoding="utf-8"))["lines"]
        hops = {line["name"]: line["hops"] for line in lines if "hops" in line}
        assert {line["part"] for line in lines} == {"start", "use case", "250", "import", "backup"}
        assert hops["edit a lead, alone"] == 3 and hops["leads|Admin|leads: no filter"] == 1
        assert hops["a new instance is ready, from a pack"] <= 3
        ratios = [line["bare"] for line in lines if "bare" in line]
        assert len(ratios) == 6 and all(0.05 < ratio < 50 for ratio in ratios)

    def test_two_runs_are_compared_line_by_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        show(
            {("lists", "admin", "p50_ms"): [2.0, 4.0, 2.0], ("x", "gone", "mb"): [1.0]},
            {("lists", "admin", "p50_ms"): [1.0]},
        )
        told = capsys.readouterr().out
        assert "0.50" in told and "gone" not in told
