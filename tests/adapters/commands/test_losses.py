"""`backup` and `restore` as an operator runs them after the worst: every table gone, or the whole account."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient

from adapters.blobs import AzureBlobs
from adapters.schema import CONTAINERS, TABLES, create_containers, create_tables, create_vault
from adapters.tables import AzureTableStore
from domain.store import Create
from local import azurite
from local.settings import local_settings
from tests.domain.sales.world import World

ROOT = Path(__file__).parents[3]
NOWHERE = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;"
    "BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;TableEndpoint=http://127.0.0.1:1/devstoreaccount1;"
)


def run(environment: Mapping[str, str], *command: str) -> str:
    """What the command said; it has to succeed."""
    line = [sys.executable, "-m", f"adapters.commands.{command[0]}", *command[1:]]
    done = subprocess.run(
        line, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings of an instance with a paid lead, backed up into the second account of the same storage."""
    with azurite.start(None, in_memory=True) as running:
        settings = local_settings(
            tmp_path_factory.mktemp("losses"),
            storage_connection=running.connection_string,
            backup_connection=running.backup_connection_string,
        )
        asyncio.run(filled(settings))
        run(settings, "backup", "--extra")
        yield settings


async def filled(settings: Mapping[str, str]) -> None:
    world, store = World(), AzureTableStore(settings["STORAGE_CONNECTION"])
    await world.executed()
    await world.quotation(await world.lead(1002))
    await world.settle()
    await create_tables(store)
    for connection, make in (("STORAGE_CONNECTION", create_containers), ("BACKUP_CONNECTION", create_vault)):
        blobs = AzureBlobs(settings[connection])
        await make(blobs)
        await blobs.close()
    for (table, partition, key), row in (await world.rows()).items():
        values = {name: value for name, value in row.values.items() if name != "writeId"}
        await store.commit(table=table, partition=partition, writes=[Create(key, values)], write_id=f"{table}{key}")
    await store.close()


def tables_of(connection: str) -> set[str]:
    with TableServiceClient.from_connection_string(connection) as service:
        return {table.name for table in service.list_tables()}


def lose_everything(connection: str) -> None:
    with TableServiceClient.from_connection_string(connection) as service:
        for table in list(service.list_tables()):
            service.delete_table(table.name)
    with BlobServiceClient.from_connection_string(connection) as blobs:
        for container in CONTAINERS:
            blobs.delete_container(container)


class TestLosses:
    def test_of_every_table_and_container_are_made_good_in_place(self, backed_up: dict[str, str]) -> None:
        connection = backed_up["STORAGE_CONNECTION"]
        lose_everything(connection)
        assert "Restored from" in run(backed_up, "restore", "--in-place", "--yes")
        assert tables_of(connection) >= set(TABLES)
        with BlobServiceClient.from_connection_string(connection) as blobs:
            assert {c.name for c in blobs.list_containers()} >= set(CONTAINERS)
        with TableServiceClient.from_connection_string(connection) as service:
            for derived in ("expiries", "phones"):  # and then also what no backup is needed for
                rows = service.get_table_client(derived)
                for row in list(rows.list_entities()):
                    rows.delete_entity(row)
        put = "Also put right: claims of customers' phones (2), days of expiry (1)."
        assert run(backed_up, "rebuild_views").splitlines()[-1] == put
        assert run(backed_up, "check_data") == ""

    def test_of_the_account_are_made_good_in_another_one_without_asking_it(self, backed_up: dict[str, str]) -> None:
        with azurite.start(None, in_memory=True) as other:
            lost = {**backed_up, "STORAGE_CONNECTION": NOWHERE, "TARGET_CONNECTION": other.connection_string}
            assert "Restored from" in run(lost, "restore", "--to-account", "TARGET", "--yes")
            assert run({**backed_up, "STORAGE_CONNECTION": other.connection_string}, "check_data") == ""
