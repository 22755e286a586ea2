"""The command that rebuilds all views, as an operator runs it, on real storage."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from adapters.schema import create_tables
from adapters.tables import AzureTableStore
from domain.store import Delete
from tests.domain.leads.test_views import assert_views_are_the_lead
from tests.domain.leads.world import World

ROOT = Path(__file__).parents[3]
IDS = [f"LEAD-{number}" for number in range(88_001, 88_006)]


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    names = ("STORAGE_CONNECTION", "STORAGE_ACCOUNT")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    command = [sys.executable, "-m", "adapters.commands.rebuild_views"]
    return subprocess.run(
        command, cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True, timeout=120, check=False
    )


class TestRebuildViews:
    def test_makes_lost_views_anew_and_finds_nothing_to_do_the_second_time(self, azurite_connection: str) -> None:
        async def lose_views() -> None:
            world = World(AzureTableStore(azurite_connection))
            world.ports.ids.last = 88_000
            await create_tables(world.store)
            for lead_id in IDS:
                await world.register(lead_id)
            await world.quiet()
            async for row in world.store.scan(table="views"):
                if row.key in IDS:
                    write = Delete(row.key, row.etag)
                    await world.store.commit(
                        table="views", partition=row.partition, writes=[write], write_id=world.ports.ids.unique()
                    )
            await world.store.close()

        async def check() -> None:
            world = World(AzureTableStore(azurite_connection))
            for lead_id in IDS:
                await assert_views_are_the_lead(world, lead_id)
            await world.store.close()

        asyncio.run(lose_views())
        first = run(STORAGE_CONNECTION=azurite_connection)
        assert first.returncode == 0, first.stderr
        done = first.stdout.splitlines()[
            -1
        ]  # others may have left so many leads here that it tells of its progress
        assert done.startswith("Done: ") and int(done.split()[3]) >= len(IDS)
        asyncio.run(check())
        again = run(STORAGE_CONNECTION=azurite_connection)
        assert again.stdout.endswith(", 0 had views out of date.\n")

    def test_says_what_is_missing(self) -> None:
        said = run()
        assert said.returncode == 2 and "STORAGE_CONNECTION" in said.stderr
