"""A real process killed with SIGKILL between storage calls on real storage: one sweep makes the views good."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.schema import create_tables
from adapters.tables import AzureTableStore
from domain import leads
from tests.domain.leads.test_views import assert_views_are_the_lead, truth
from tests.domain.leads.world import World
from tests.fakes.clock import FakeClock

ROOT = Path(__file__).parents[3]

VICTIM = """
import asyncio, os, signal, sys
from adapters.tables import AzureTableStore
from tests.domain.leads.world import World

connection, lead_id, nth = sys.argv[1], sys.argv[2], int(sys.argv[3])
count = 0

async def die_at_the_nth(request, send):
    global count
    count += 1
    mine = count
    reply = await send()
    if mine == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return reply

async def main():
    world = World(AzureTableStore(connection, intercept=die_at_the_nth))
    world.ports.ids.last = 900_000
    await world.edit(lead_id, city="Surat")
    await world.quiet()

asyncio.run(main())
"""


class TestKilledProcess:
    @pytest.mark.parametrize("nth", [2, 3, 4, 5, 6, 8, 9])
    def test_is_made_good_by_one_sweep(self, azurite_connection: str, nth: int) -> None:
        lead_id = f"LEAD-77{nth:03d}"

        async def before() -> None:
            world = World(AzureTableStore(azurite_connection))
            world.ports.ids.last = 77_000 + nth * 20
            await create_tables(world.store)
            await world.register(lead_id)
            await world.quiet()
            await world.store.close()

        async def after() -> None:
            clock = FakeClock(datetime.now(UTC) + timedelta(seconds=30))
            world = World(AzureTableStore(azurite_connection), clock)
            world.ports.ids.last = 500_000 + nth * 20
            await leads.sweep(ports=world.ports)
            await assert_views_are_the_lead(world, lead_id)
            summary = await truth(world, lead_id)
            assert summary and summary.version in ((2,) if nth >= 5 else (1, 2))
            await world.store.close()

        asyncio.run(before())
        victim = subprocess.run(
            [sys.executable, "-c", VICTIM, azurite_connection, lead_id, str(nth)], cwd=ROOT, timeout=60, check=False
        )
        assert victim.returncode == -9
        asyncio.run(after())
