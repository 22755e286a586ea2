"""Backups over real storage whose wire fails: denied, cut, full. Nothing half done counts, and the next run ends it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from adapters.blobs import AzureBlobs
from adapters.storage import Intercept
from adapters.tables import AzureEntities, AzureTableStore
from domain.continuity import Depth, Engine, Entity, Put, Wanted, back_up, newest_verified, restore, verify_backup
from domain.continuity.errors import BackupFailed
from domain.ports import Ports
from domain.store import StorageUnavailable
from local.azurite import RunningAzurite
from tests.adapters.tables.faults import Faults, answered, cut_reply, lost_reply, lost_request
from tests.domain.continuity.setting import at_once
from tests.fakes.blobs import FakeBlobs
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import no_pause

ROWS = 2_300  # three pages of a table
TABLE = "masterdata"
_days = itertools.count()


@asynccontextmanager
async def platform(
    storage: RunningAzurite, *, on_tables: Intercept | None = None, on_vault: Intercept | None = None
) -> AsyncIterator[Engine]:
    """An engine on both accounts of one Azurite, with the wire's faults."""
    store = AzureTableStore(storage.connection_string)
    entities = AzureEntities(storage.connection_string, intercept=on_tables)
    vault = AzureBlobs(storage.backup_connection_string, intercept=on_vault)
    # Each test on a day of its own, so that all can use one storage.
    day = next(_days)
    ports = Ports(
        store=store, clock=FakeClock(NOON + timedelta(days=day)), ids=FakeIds(), pause=no_pause, later=at_once
    )

    async def alert(text: str) -> None:
        return None

    try:
        yield Engine(
            ports=ports,
            entities=entities,
            files=FakeBlobs(),
            vault=vault,
            vault_container=f"backups{day}",
            tables=(f"{TABLE}{day}",),
            containers=(),
            tell=lambda progress: None,
            alert=alert,
            signing_key=b"key",
        )
    finally:
        for part in (store, entities, vault):
            await part.close()


async def fill(engine: Engine) -> None:
    await engine.vault.create_container(container=engine.vault_container)
    await engine.entities.create_table(table="runs")
    await engine.entities.create_table(table=engine.tables[0])
    for first in range(0, ROWS, 100):
        puts = [Put(Entity("panels", f"{first + n:05d}", {"watts": n})) for n in range(100)]
        await engine.entities.write(table=engine.tables[0], partition="panels", puts=puts)


class TestBackup:
    def test_denied_between_two_pages_fails_by_name_and_is_finished_by_the_next_run(
        self, azurite: RunningAzurite
    ) -> None:
        faults = Faults("GET", plan=[])

        async def story() -> None:
            async with platform(azurite, on_tables=faults) as engine:
                await fill(engine)
                passed: list[object] = []

                async def second_page_denied(request: object, send: object) -> object:
                    passed.append(request)
                    if len(passed) == 2:
                        return await answered(403, landed=False)(request, send)
                    return await send()

                faults.always, faults.on = second_page_denied, True
                with pytest.raises(BackupFailed, match="masterdata"):
                    await back_up(engine=engine)
                assert await newest_verified(engine=engine) is None
                faults.on = False
                outcome = await back_up(engine=engine)
                assert outcome.manifest is not None and outcome.manifest.rows() == ROWS

        asyncio.run(story())

    def test_survives_cut_streams_and_lost_replies(self, azurite: RunningAzurite) -> None:
        reads = Faults("GET", plan=[cut_reply, lost_request, lost_reply])
        writes = Faults("PUT", plan=[lost_reply, cut_reply])

        async def story() -> None:
            async with platform(azurite, on_tables=reads, on_vault=writes) as engine:
                await fill(engine)
                reads.on = writes.on = True
                with pytest.raises(BackupFailed):  # three times in a row is once too many
                    await back_up(engine=engine)
                outcome = await back_up(engine=engine)
                assert outcome.manifest is not None and outcome.manifest.rows() == ROWS
                report = await verify_backup(engine=engine, backup_id=outcome.manifest.id, depth=Depth.FULL)
                assert (report.rows, report.faults) == (ROWS, [])
                assert writes.plan == []

        asyncio.run(story())

    def test_with_a_full_vault_fails_by_name_and_goes_on_when_there_is_room(self, azurite: RunningAzurite) -> None:
        full = Faults("PUT", always=answered(507, landed=False))

        async def story() -> None:
            async with platform(azurite, on_vault=full) as engine:
                await fill(engine)
                full.on = True
                with pytest.raises(
                    BackupFailed, match=r"parts/table/masterdata\d+/000000-\w+\.jsonl\.gz couldn't be written"
                ):
                    await back_up(engine=engine)
                full.on = False
                outcome = await back_up(engine=engine)
                assert outcome.manifest is not None and outcome.manifest.rows() == ROWS

        asyncio.run(story())


class TestRestore:
    def test_whose_replies_are_lost_counts_every_row_once(self, azurite: RunningAzurite) -> None:
        faults = Faults("POST", plan=[lost_reply, lost_request, lost_reply, cut_reply])

        async def story() -> None:
            async with platform(azurite, on_tables=faults) as engine:
                await fill(engine)
                await back_up(engine=engine)
                await engine.entities.create_table(table="scratch" + engine.tables[0])
                faults.on = True
                wanted = Wanted(prefix="scratch")
                try:
                    done = await restore(engine=engine, wanted=wanted, dry_run=False, restore_id="R-1")
                except StorageUnavailable:
                    done = await restore(engine=engine, wanted=wanted, dry_run=False, restore_id="R-1", resume=True)
                assert done.total().rows == ROWS
                pages = engine.entities.pages(table="scratch" + engine.tables[0])
                assert sum([len(page) async for page in pages]) == ROWS

        asyncio.run(story())
