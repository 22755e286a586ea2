"""The work on one backup, in parts that are kept as they are finished: tables read, files copied, the manifest,
and all of it read again. Whose turn it is, and what a failure means for the slot, is in `_backup`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from domain.blobs import BlobExists
from domain.continuity import _objects as objects
from domain.continuity._catalogue import newest_verified
from domain.continuity._entity import line_of
from domain.continuity._files import copied, file_to_line
from domain.continuity._manifest import FILES, TABLE, Manifest, Part, Series, manifest_to_record, suspects_in
from domain.continuity._partitions import Walk, settled
from domain.continuity._ports import Engine, Place
from domain.continuity._progress import Progress
from domain.continuity._slots import Run, State
from domain.continuity._timelines import HEADS
from domain.continuity._vault import put, read_manifest
from domain.continuity._verify import Depth, check_backup, record_verified
from domain.continuity.errors import BackupDamaged, BackupFailed
from domain.store import StorageUnavailable
from domain.values import iso

_FILES_PER_PART = 500
_MOST_NAMED = 50  # contradictions named per part; more say nothing new
_BYTES_COPIED_PER_PART = 256 * 1024 * 1024


class TimeIsUp(Exception):
    """The time box is over; what is finished is kept."""


class Making:
    """One call's work on a claimed run."""

    def __init__(self, engine: Engine, run: Run, within: timedelta | None) -> None:
        self._engine, self._run = engine, run
        self._id = run.row.backup_id
        self._began = engine.now()
        self._until = self._began + within if within is not None else None
        self._rows, self._size = run.row.rows, run.row.size
        self._begun_with = self._rows
        self._before: Manifest | None = None

    async def make(self) -> Manifest:
        """All of it; raises TimeIsUp between two parts."""
        newest = await newest_verified(engine=self._engine)
        self._before = newest.manifest if newest else None
        for table in self._engine.tables:
            await self._read_table(table)
        for container in self._engine.containers:
            await self._copy_container(container)
        manifest = await self._manifest()
        await self._check(manifest)
        await self._run.end(State.DONE, rows=manifest.rows(), size=self._size)
        return manifest

    async def _read_table(self, table: str) -> None:
        done = self._done(TABLE, table)
        if done and done[-1]["last"]:
            return
        after: Place | None = (done[-1]["place"][0], done[-1]["place"][1]) if done else None
        writer = _Writer(self, TABLE, table, number=len(done))
        found = settled(entities=self._engine.entities, table=table, after=after, walk=writer.walk)
        try:
            async for rows in found:
                for row in rows:
                    writer.add(line_of(row), row.partition)
                if rows:
                    writer.place = (rows[-1].partition, None if table in HEADS else rows[-1].key)
                    self._rows += len(rows)
                else:
                    await self._step("reading", table)
                if writer.packer.size >= objects.PART_BYTES:
                    await writer.flush(last=False)
            await writer.flush(last=True)
        except StorageUnavailable as error:
            raise BackupFailed(f"The table {table} couldn't be read: {error.message}") from None

    async def _copy_container(self, container: str) -> None:
        done = self._done(FILES, container)
        if done and done[-1]["last"]:
            return
        after = done[-1]["place"][0] if done else None
        writer = _Writer(self, FILES, container, number=len(done))
        fresh = 0
        files = copied(engine=self._engine, container=container, before=self._before, after=after)
        try:
            async for file, wrong in files:
                writer.add(file_to_line(file), file.name)
                writer.place = (file.name, None)
                writer.walk.unsettled += [wrong] if wrong else []
                fresh += file.size if file.fresh else 0
                if writer.packer.lines >= _FILES_PER_PART or fresh >= _BYTES_COPIED_PER_PART:
                    await writer.flush(last=False)
                    fresh = 0
                await self._step("copying", container)
            await writer.flush(last=True)
        except StorageUnavailable as error:
            raise BackupFailed(f"The container {container} couldn't be read: {error.message}") from None

    async def finished(self, name: str, said: dict[str, Any], size: int) -> None:
        """A part is in the vault: keep that, and stop if the time is up."""
        self._size += size
        await self._run.note({name: said}, rows=self._rows, size=self._size, doing=name)
        if self._until is not None and self._engine.now() >= self._until:
            raise TimeIsUp

    async def store(self, kind: str, name: str, number: int, packed: bytes) -> str:
        """Put a part into the vault, and say under which name."""
        where = objects.part_name(self._id, kind, name, number, objects.digest_of(packed))
        await put(engine=self._engine, name=where, content=packed, media_type=objects.PACKED)
        return where

    async def _step(self, phase: str, name: str) -> None:
        expected = self._before.rows() if self._before else 0
        seconds = (self._engine.now() - self._began).total_seconds()
        done = self._rows - self._begun_with
        left = max(0, expected - self._begun_with) if expected else 0
        self._engine.tell(Progress(phase, name, done, self._size, left, seconds))
        await self._run.beat(rows=self._rows, size=self._size, doing=f"{phase} {name}")

    def _done(self, kind: str, name: str) -> list[dict[str, Any]]:
        prefix = f"{kind}:{name}:"
        return [said for key, said in sorted(self._run.finished.items()) if key.startswith(prefix)]

    def _series(self, kind: str, name: str) -> Series:
        done = self._done(kind, name)
        parts = tuple(Part(**said["part"]) for said in done if said["part"])
        unsettled = tuple(where for said in done for where in said["unsettled"])
        return Series(kind, name, parts, sum(said["reread"] for said in done), unsettled)

    async def _manifest(self) -> Manifest:
        if "manifest" in self._run.finished:
            return (await read_manifest(engine=self._engine, backup_id=self._id))[0]
        series = [self._series(TABLE, name) for name in self._engine.tables]
        series += [self._series(FILES, name) for name in self._engine.containers]
        manifest = Manifest(
            id=self._id,
            taken=self._run.row.started,
            finished=self._engine.now(),
            series=tuple(series),
            suspects=suspects_in(series, before=self._before),
            previous=self._before.id if self._before else None,
        )
        content = objects.sealed(manifest_to_record(manifest))
        name = objects.manifest_name(self._id)
        try:
            await put(engine=self._engine, name=name, content=content, media_type=objects.SEALED)
        except BlobExists:  # from an attempt that died before it could note it
            manifest, _ = await read_manifest(engine=self._engine, backup_id=self._id)
            if manifest.series != tuple(series):
                raise BackupDamaged(f"{name} is there already, and of other parts.") from None
        await self._run.note({"manifest": iso(self._engine.now())}, doing="verifying")
        return manifest

    async def _check(self, manifest: Manifest) -> None:
        known = {key.removeprefix("checked:") for key in self._run.finished if key.startswith("checked:")}

        async def checked(part: Part) -> None:
            key = "checked:" + objects.digest_of(part.name.encode())
            await self.finished(key, {}, 0)

        def skip(part: Part) -> bool:
            return objects.digest_of(part.name.encode()) in known

        report = await check_backup(
            engine=self._engine, manifest=manifest, depth=Depth.FRESH, skip=skip, checked=checked
        )
        report.raise_if_damaged()
        await record_verified(engine=self._engine, backup_id=self._id)


class _Writer:
    """Lines on their way into the numbered parts of one series."""

    def __init__(self, making: Making, kind: str, name: str, *, number: int) -> None:
        self._making, self._kind, self._name, self._number = making, kind, name, number
        self.packer, self.walk = objects.Packer(), Walk()
        self.place: Place | None = None
        self._first = self._last = ""

    def add(self, line: bytes, key: str) -> None:
        """One more line; `key` is its partition or name."""
        if not self.packer.lines:
            self._first = key
        self._last = key
        self.packer.add(line)

    async def flush(self, *, last: bool) -> None:
        """Store what has come together; an empty last part is only noted."""
        part, packer = None, self.packer
        if packer.lines:
            packed, content = packer.finish()
            where = await self._making.store(self._kind, self._name, self._number, packed)
            digest, ends = objects.digest_of(packed), (self._first, self._last)
            part = Part(where, digest, content, packer.lines, packer.size, len(packed), *ends)
        reread, unsettled = self.walk.take()
        said = {
            "part": asdict(part) if part else None,
            "place": self.place,
            "last": last,
            "reread": reread,
            "unsettled": unsettled[:_MOST_NAMED],
        }
        name = f"{self._kind}:{self._name}:{self._number:06d}"
        self._number += 1
        self.packer = objects.Packer()
        await self._making.finished(name, said, part.size if part else 0)
