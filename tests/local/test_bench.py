"""The benches still run, and leads that they make are as the product would have made them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.tables import AzureTableStore
from domain.continuity import violations
from local import azurite
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
