"""Copies what a primary's storage holds to a standby's: on one machine, what geo-replication is in Azure.

Usage: python -m local.replica PRIMARY_DATA STANDBY_DATA [--every SECONDS]
"""

import argparse
import asyncio
import json
import secrets
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from adapters.blobs import AzureBlobs
from adapters.schema import CONTAINERS, TABLES, create_containers, create_tables, create_vault
from adapters.tables import AzureEntities, AzureTableStore
from domain.continuity import Entity, Put, note_sync, read_epoch
from domain.errors import DomainError
from domain.store import Delete
from local.settings import commands_file

_NOTES_ITSELF = ("sync", "sync")  # in `runs`: the standby's own, not part of what is copied
_MOST = 100


class Promoted(Exception):
    """The copy has been promoted: copying on would overwrite what it has taken since."""


class Replica:
    """One account's tables and files, copied to another."""

    def __init__(self, source: str, target: str, vault: str) -> None:
        self._from, self._to = AzureEntities(source), AzureEntities(target)
        self._files, self._copies = AzureBlobs(source), AzureBlobs(target)
        self._vault = AzureBlobs(vault)
        self._primary, self._standby = AzureTableStore(source), AzureTableStore(target)

    async def copy(self) -> int:
        """Make the standby equal to the primary; how many rows and files were changed. Raises Promoted."""
        began = datetime.now(UTC)
        await create_tables(self._standby)
        await create_containers(self._copies)
        await create_vault(self._vault)  # backups themselves are elsewhere, and aren't copied
        await self._check_epoch()
        changed = sum([await self._table(table) for table in TABLES])
        changed += sum([await self._container(name) for name in CONTAINERS])
        await note_sync(store=self._standby, at=began, write_id=secrets.token_hex(16))
        return changed

    async def close(self) -> None:
        """Close the connections."""
        for part in (self._from, self._to, self._files, self._copies, self._vault, self._primary, self._standby):
            await part.close()

    async def _check_epoch(self) -> None:
        ours, theirs = await read_epoch(store=self._primary), await read_epoch(store=self._standby)
        if theirs and (ours is None or theirs.number > ours.number):
            raise Promoted(f"{theirs.holder} writes there now, in epoch {theirs.number}. Nothing was copied.")

    async def _table(self, table: str) -> int:
        there = {(row.partition, row.key): row async for row in _rows(self._to, table)}
        puts: dict[str, list[Put]] = defaultdict(list)
        changed = 0
        async for row in _rows(self._from, table):
            old = there.pop((row.partition, row.key), None)
            if old is None or not old.same_as(row):
                puts[row.partition].append(Put(row, old.etag if old else None))
                changed += 1
        for partition, wanted in puts.items():
            for at in range(0, len(wanted), _MOST):
                await self._to.write(table=table, partition=partition, puts=wanted[at : at + _MOST])
        for row in there.values():
            write_id = secrets.token_hex(16)
            await self._standby.commit(
                table=table, partition=row.partition, writes=[Delete(row.key, row.etag)], write_id=write_id
            )
        return changed + len(there)

    async def _container(self, name: str) -> int:
        there = {blob.name async for blob in self._copies.list(container=name)}
        missing = [b async for b in self._files.list(container=name) if b.name not in there]
        for blob in missing:
            content = await self._files.read(container=name, name=blob.name)
            if content is not None:
                await self._copies.create(
                    container=name,
                    name=blob.name,
                    content=content,
                    media_type=blob.media_type,
                    metadata=blob.metadata,
                )
        return len(missing)


async def _rows(entities: AzureEntities, table: str) -> AsyncIterator[Entity]:
    async for page in entities.pages(table=table):
        for row in page:
            if (row.partition, row.key) != _NOTES_ITSELF:
                yield row


async def _run(source: str, target: str, vault: str, every: float | None) -> None:
    replica = Replica(source, target, vault)
    try:
        while True:
            began = time.perf_counter()
            changed = await replica.copy()
            print(f"{changed} rows and files copied in {time.perf_counter() - began:.1f} s", flush=True)
            if every is None:
                return
            await asyncio.sleep(every)
    finally:
        await replica.close()


def _setting_of(data: Path, name: str) -> str:
    return str(json.loads(commands_file(data).read_text())[name])


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="replica", description=__doc__)
    parser.add_argument("primary", type=Path)
    parser.add_argument("standby", type=Path)
    parser.add_argument("--every", type=float, metavar="SECONDS", help="go on copying")
    arguments = parser.parse_args()
    try:
        source = _setting_of(arguments.primary, "STORAGE_CONNECTION")
        target, vault = (_setting_of(arguments.standby, f"{name}_CONNECTION") for name in ("STORAGE", "BACKUP"))
        asyncio.run(_run(source, target, vault, arguments.every))
    except (Promoted, OSError, DomainError) as fault:
        print(fault, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
