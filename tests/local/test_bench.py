"""The benches still run, and leads that they make are as the product would have made them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from adapters.tables import AzureTableStore
from domain.continuity import violations
from local import azurite
from tests.bench import capacity
from tests.bench.compare import show
from tests.bench.make_leads import make_whole


class TestMakeLeads:
    def test_makes_leads_in_which_every_invariant_holds_and_goes_on_where_it_was(self) -> None:
        with azurite.start(None, in_memory=True) as storage:
            for count in (8, 12):  # as if it had been stopped after eight
                make_whole(storage.connection_string, count, processes=1)
            heads, found = asyncio.run(_checked(storage.connection_string))
        assert (heads, found) == (12, [])


async def _checked(connection: str) -> tuple[int, list[object]]:
    store = AzureTableStore(connection)
    try:
        heads = [row async for row in store.scan(table="leads") if row.key == "lead"]
        return len(heads), [v async for v in violations(lambda table: store.scan(table=table))]
    finally:
        await store.close()


class TestBench:
    def test_writes_a_line_for_each_part(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "tests.bench", "--tiny", "--json", str(tmp_path / "lines.json")]
        done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        lines = json.loads((tmp_path / "lines.json").read_text(encoding="utf-8"))["lines"]
        hops = {line["name"]: line["hops"] for line in lines if "hops" in line}
        assert {line["part"] for line in lines} == {"start", "use case", "100", "import", "backup"}
        assert hops["edit a lead, alone"] == 3 and hops["admin, no filter"] == 1
        assert hops["cold start from a pack"] <= 3
        ratios = [line["bare"] for line in lines if "bare" in line]
        assert len(ratios) == 6 and all(0.05 < ratio < 50 for ratio in ratios)

    def test_two_runs_are_compared_line_by_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        show(
            {("lists", "admin", "p50_ms"): [2.0, 4.0, 2.0], ("x", "gone", "mb"): [1.0]},
            {("lists", "admin", "p50_ms"): [1.0]},
        )
        told = capsys.readouterr().out
        assert "0.50" in told and "gone" not in told


class TestCapacity:
    """Against figures worked out by hand, for a load of one change in ten requests and one list in twenty."""

    MEASURED: ClassVar = {
        "cpuMs": {"worker": 4.0},
        "useCases": [
            {"name": "edit a lead", "share": 0.1},
            {"name": "leads of staff", "share": 0.05},
            {"name": "poll", "share": 0.85},
        ],
    }

    def test_what_600_users_ask_for(self) -> None:
        load = capacity.load_of(self.MEASURED, 600)
        assert {name: round(value, 3) for name, value in load.items()} == {
            "requests": 60.0,
            "instances": 2.0,
            "storage": 60 * (0.1 * 14 + 0.9 * 1.2) + 3 * 2 * 1.2,  # 3 lists a second ask 2.4 logs
            "markers": 12.0,  # 6 changes a second
            "names": 7.2,
            "log": 2 * 6 + 3 + 3,  # read twice, the last row with each list, and written by one of two
            "rows": 2 * 2 * 6 + 7.2 + 7.2,  # each change twice by two, last rows, names
        }

    def test_ten_times_as_many_is_well_below_every_limit_and_the_first_is_told(self) -> None:
        load = capacity.load_of(self.MEASURED, 6_000)
        assert max(load["markers"], load["names"], load["log"]) < 400 and capacity.of_account(load) < 0.2
        what, users = capacity.first_limit(self.MEASURED)
        assert what == "the partition of the logs' names"
        before, after = (capacity.load_of(self.MEASURED, users - less)["names"] for less in (100, 0))
        assert before < 2_000 <= after

    def test_the_bill_of_a_month(self) -> None:
        """9 hours of 26 days on one instance of 2 GB, and 7 timers a minute for a second each in 30 days."""
        lines = "\n".join(capacity.costs(self.MEASURED))
        assert "| a GB-second of its work | 0.000016 | 1,684,800.0 | 26.96 |" in lines
        assert "| a GB-second on demand | 0.000026 | 604,800.0 | 15.72 |" in lines
        assert "| a GB-second that an instance is kept ready | 0.000004 | 5,184,000.0 | 20.74 |" in lines
