"""Backup and restore hold a part and a page, however many rows there are (design.md §7)."""

from __future__ import annotations

import asyncio
import tracemalloc
from pathlib import Path

import pytest

from domain.continuity import Depth, Wanted, back_up, restore, verify_backup
from tests.bench.continuity import FolderBlobs, MadeUpRows, engine
from tests.fakes.store import FakeStore


async def work(rows: int, folder: Path) -> None:
    our = engine(MadeUpRows(rows), FolderBlobs(folder), FakeStore())
    outcome = await back_up(engine=our)
    assert outcome.manifest is not None and outcome.manifest.rows() == rows
    assert len(outcome.manifest.series[0].parts) >= rows // 1_000
    await verify_backup(engine=our, backup_id=outcome.manifest.id, depth=Depth.FULL)
    done = await restore(engine=our, wanted=Wanted(prefix="scratch"), dry_run=False)
    assert done.total().fates == {"created": rows}


def peak(rows: int, folder: Path) -> int:
    folder.mkdir()
    tracemalloc.start()
    try:
        asyncio.run(work(rows, folder))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class TestMemory:
    def test_is_flat_in_the_number_of_rows(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("domain.continuity._objects.PART_BYTES", 200_000)
        few, many = peak(2_000, tmp_path / "few"), peak(8_000, tmp_path / "many")
        # The 6,000 rows more are 2.5 MB as text and four times that as objects.
        assert many < few + 750_000, f"{few:,} bytes for 2,000 rows, {many:,} for 8,000"
