"""The operators' commands as processes, on real tables: what they print and their exit status."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient

from adapters.schema import create_tables
from adapters.tables import AzureTableStore
from domain.store import Create
from local import azurite
from local.master_data import load_master_data
from tests.domain.sales.world import World

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def connection():
    """An account of its own, with one lead that is executed and paid for."""
    with azurite.start(None, in_memory=True) as running:
        asyncio.run(_filled(running.connection_string))
        yield running.connection_string


async def _filled(connection: str) -> None:
    world, store = World(), AzureTableStore(connection)
    await world.executed()
    await world.approve("LEAD-1001")
    await world.pay("LEAD-1001")
    await world.settle()
    await create_tables(store)
    await load_master_data(store)
    for (table, partition, key), row in (await world.rows()).items():
        values = {name: value for name, value in row.values.items() if name != "writeId"}
        await store.commit(table=table, partition=partition, writes=[Create(key, values)], write_id=f"{table}{key}")
    await store.close()


def run(connection: str | None, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {n: v for n, v in os.environ.items() if n != "STORAGE_CONNECTION"}
    if connection:
        environment["STORAGE_CONNECTION"] = connection
    line = [sys.executable, "-m", f"adapters.commands.{command}", *arguments]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


class TestCommands:
    def test_say_that_all_is_well_and_then_what_is_not(self, connection):
        checked = run(connection, "check_data")
        assert (checked.returncode, checked.stdout) == (0, ""), checked
        assert "0 violations found" in checked.stderr
        one = run(connection, "verify_timeline", "LEAD-1001")
        assert (one.returncode, one.stdout) == (0, "LEAD-1001: 12 entries, complete and unchanged\n")
        prices = run(connection, "verify_timeline", "catalogue")
        assert prices.returncode == 0 and prices.stdout.endswith("complete and unchanged\n"), prices
        assert run(connection, "verify_timeline", "--all").returncode == 0

        with TableServiceClient.from_connection_string(connection) as service:
            table = service.get_table_client("leads")
            entry = table.get_entity("LEAD-1001", "timeline:0000000005:00")
            table.update_entity({**entry, "message": "nothing happened"})

        checked = run(connection, "check_data")
        said = "TIMELINE LEAD-1001: entry 5.0: it was changed after it was written"
        assert checked.returncode == 1 and checked.stdout.startswith(said), checked
        one = run(connection, "verify_timeline", "LEAD-1001")
        said = "LEAD-1001: broken at entry 5.0: it was changed after it was written\n"
        assert (one.returncode, one.stdout) == (1, said)
        every = run(connection, "verify_timeline", "--all")
        assert every.returncode == 1 and every.stdout.startswith(said) and "1 of them broken" in every.stdout

    def test_fail_if_they_cannot_tell(self, connection):
        assert run(None, "check_data").returncode == 2
        for unknown in ("LEAD-9999", "nothing", ""):
            assert run(connection, "verify_timeline", unknown).returncode == 2
        assert run(connection, "verify_timeline").returncode == 2
