"""`python -m tests.bench.continuity`: rows per second of backup, verify and restore on Azurite, beside a bare
page-through with the SDK in the same run; then memory with many rows from a made-up source (`--rows 1000000`).
Prints a table; judges nothing."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.blobs import Blob, BlobExists
from domain.continuity import (
    INT64,
    Depth,
    Engine,
    Entity,
    Place,
    Put,
    Wanted,
    back_up,
    restore,
    verify_backup,
)
from domain.ports import Ports
from local import azurite
from tests.bench.results import note, write
from tests.domain.continuity.setting import at_once
from tests.fakes.blobs import FakeBlobs
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import no_pause
from tests.fakes.store import FakeStore

ENTRIES = 9  # of each lead, so a lead is ten rows
TEXT = "12 Gandhi Marg, Ahmedabad, Gujarat 380001; spoke on the phone, wants a rooftop of five kilowatts. "


class Now:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def lead(number: int) -> list[Entity]:
    """Ten rows of some 300 bytes."""
    name, at = f"LEAD-{number:09d}", "2026-03-31T12:00:00.1234567Z"
    version = {"version": (INT64, str(ENTRIES))}
    rows = [Entity(name, "lead", {"address": TEXT, "customerName": "Kavita", **version}, at)]
    for v in range(1, ENTRIES + 1):
        columns = {"version": (INT64, str(v)), "message": TEXT, "hash": hashlib.sha256(b"%d" % v).hexdigest()}
        rows.append(Entity(name, f"timeline:{v:010d}:00", columns, at))
    return rows


class MadeUpRows:
    """Entities that are made as they are read, and forgotten as they are written."""

    def __init__(self, rows: int) -> None:
        self.leads = rows // (ENTRIES + 1)
        self.written = 0

    async def pages(
        self, *, table: str, partition: str | None = None, after: Place | None = None
    ) -> AsyncIterator[Sequence[Entity]]:
        if partition is not None:
            yield lead(int(partition.removeprefix("LEAD-")))
            return
        page: list[Entity] = []
        for number in range(self.leads):
            page += lead(number)
            while len(page) >= 1_000:
                yield page[:1_000]
                page = page[1_000:]
                await asyncio.sleep(0)
        yield page

    async def get(self, *, table: str, partition: str, key: str) -> Entity | None:
        return lead(int(partition.removeprefix("LEAD-")))[0]

    async def between(self, *, table: str, partition: str, first: str, last: str) -> list[Entity]:
        return []

    async def write(self, *, table: str, partition: str, puts: Sequence[Put]) -> None:
        self.written += len(puts)

    async def create_table(self, *, table: str) -> None:
        return None

    async def delete_table(self, *, table: str) -> None:
        return None

    async def tables(self, *, prefix: str) -> list[str]:
        return []


class FolderBlobs(FakeBlobs):
    """The vault in files, so that it takes no memory."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def _at(self, name: str) -> Path:
        return self.folder / name.replace("/", "|")

    def _blob(self, path: Path) -> Blob:
        name = path.name.replace("|", "/")
        return Blob(name, path.stat().st_size, "a/b", None, datetime.now(UTC), name)

    async def create(self, *, container: str, name: str, content: bytes, **more: Any) -> Blob:
        path = self._at(name)
        if path.exists() and path.read_bytes() != content:
            raise BlobExists("there")
        path.write_bytes(content)
        return self._blob(path)

    async def read(self, *, container: str, name: str, first: int | None = None, limit: int = 0) -> bytes | None:
        path = self._at(name)
        return path.read_bytes() if path.exists() else None

    async def describe(self, *, container: str, name: str) -> Blob | None:
        path = self._at(name)
        return self._blob(path) if path.exists() else None

    async def list(self, *, container: str, prefix: str = "") -> AsyncIterator[Blob]:
        for path in sorted(self.folder.iterdir()):
            if path.name.replace("|", "/").startswith(prefix):
                yield self._blob(path)


async def silent(text: str) -> None:
    return None


def engine(entities: Any, vault: Any, store: Any) -> Engine:
    """Over one table of leads."""
    ports = Ports(store=store, clock=Now(), ids=FakeIds(), pause=no_pause, later=at_once)
    return Engine(
        ports=ports,
        entities=entities,
        files=FakeBlobs(),
        vault=vault,
        vault_container="backups",
        tables=("leads",),
        containers=(),
        tell=lambda progress: None,
        alert=silent,
        signing_key=b"key",
    )


async def timed(name: str, rows: int, work: Callable[[], Awaitable[Any]]) -> Any:
    """Do it, and print its rate and the peak of the process until now."""
    started = time.perf_counter()
    done = await work()
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note("backup", f"{name}, {rows:,} rows", seconds=took, per_s=rows / took, mb=peak)
    return done


async def in_memory(rows: int, folder: Path) -> None:
    """Our own work alone: nothing is on the wire."""
    made_up = MadeUpRows(rows)
    our = engine(made_up, FolderBlobs(folder), FakeStore())
    print(f"{rows:,} made-up rows, parts in files")
    outcome = await timed("backup, its check included", rows, lambda: back_up(engine=our))
    assert outcome.manifest and outcome.manifest.rows() == rows
    name = outcome.manifest.id
    report = await timed("verify --full", rows, lambda: verify_backup(engine=our, backup_id=name, depth=Depth.FULL))
    assert report.rows == rows
    await timed("verify --quick", rows, lambda: verify_backup(engine=our, backup_id=name, depth=Depth.QUICK))
    wanted = Wanted(prefix="scratch")
    done = await timed("restore", rows, lambda: restore(engine=our, wanted=wanted, dry_run=False))
    assert done.total().fates == {"created": rows} and made_up.written == rows


async def on_azurite(rows: int) -> None:
    """The same with real storage, beside the SDK alone."""
    from azure.data.tables.aio import TableServiceClient

    from adapters.blobs import AzureBlobs
    from adapters.tables import AzureEntities, AzureTableStore

    with azurite.start(None, in_memory=True) as storage:
        entities, store = AzureEntities(storage.connection_string), AzureTableStore(storage.connection_string)
        vault = AzureBlobs(storage.backup_connection_string)
        our = engine(entities, vault, store)
        await vault.create_container(container="backups")
        await store.create_table(table="runs")
        await entities.create_table(table="leads")
        print(f"{rows:,} rows on Azurite, on the same machine")

        async def fill() -> None:
            gate = asyncio.Semaphore(8)

            async def one(number: int) -> None:
                async with gate:
                    puts = [Put(row) for row in lead(number)]
                    await entities.write(table="leads", partition=puts[0].entity.partition, puts=puts)

            await asyncio.gather(*(one(number) for number in range(rows // (ENTRIES + 1))))

        await timed("fill (10 rows a transaction)", rows, fill)
        service = TableServiceClient.from_connection_string(storage.connection_string)

        async def bare() -> None:
            count = 0
            pages = service.get_table_client("leads").list_entities(results_per_page=1_000).by_page()
            async for page in pages:
                count += len([entity async for entity in page])
            assert count == rows

        for _ in range(2):
            await timed("bare page-through with the SDK", rows, bare)
        outcome = await timed("backup, its check included", rows, lambda: back_up(engine=our))
        assert outcome.manifest and outcome.manifest.rows() == rows
        name = outcome.manifest.id
        for depth in (Depth.FULL, Depth.QUICK):
            await timed(
                f"verify --{depth}", rows, lambda d=depth: verify_backup(engine=our, backup_id=name, depth=d)
            )
        wanted = Wanted(prefix="scratch")
        done = await timed(
            "restore into scratch tables", rows, lambda: restore(engine=our, wanted=wanted, dry_run=False)
        )
        assert done.total().fates == {"created": rows}
        for part in (entities, store, vault, service):
            await part.close()


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="made-up rows, for memory")
    parser.add_argument("--stored", type=int, default=20_000, help="rows on Azurite")
    parser.add_argument("--json")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if wanted.rows:
            asyncio.run(in_memory(wanted.rows, Path(folder)))
    if wanted.stored:
        asyncio.run(on_azurite(wanted.stored))
    write(wanted.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
