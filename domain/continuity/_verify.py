"""Reading a backup again: is every object what was written, and does it add up?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from domain.blobs import BlobExists
from domain.continuity import _objects as objects
from domain.continuity._catalogue import Condition, one_backup
from domain.continuity._contradictions import Contradictions, contradictions_in
from domain.continuity._entity import Entity, entity_of, order_of
from domain.continuity._files import File, file_from_line
from domain.continuity._manifest import TABLE, Manifest, Part, Series
from domain.continuity._partitions import contradiction
from domain.continuity._ports import Engine
from domain.continuity._progress import Progress
from domain.continuity._timelines import HEADS
from domain.continuity._vault import fetch, fetch_part, lines_of, put, read_manifest
from domain.continuity.errors import BackupDamaged
from domain.errors import DomainError
from domain.values import iso


class Depth(StrEnum):
    """How far a check goes. Quick: the manifest, every part's SHA-256, that every document's copy is there.
    Full: all parts decoded and counted, every document's copy read, all invariants of the data. Fresh, right
    after a backup: all parts decoded and counted, and of the documents the copies that this backup made."""

    QUICK = "quick"
    FRESH = "fresh"
    FULL = "full"


@dataclass
class Report:
    """What was read, and what isn't as it was written: `faults` are sentences, `objects` their names.

    `contradictions` are what a full check found in the data itself, on which the copy and the tables agree.
    """

    id: str
    depth: Depth
    parts: int = 0
    rows: int = 0
    size: int = 0
    files: int = 0
    faults: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    contradictions: Contradictions = field(default_factory=Contradictions)

    def raise_if_damaged(self) -> None:
        """Raise BackupDamaged, naming every object."""
        if self.faults:
            raise BackupDamaged(
                f"The backup {self.id} is damaged. " + " ".join(self.faults[:20]),
                details={"objects": self.objects, "faults": self.faults},
            )

    def fault(self, name: str, message: str) -> None:
        """One more."""
        self.faults.append(message)
        self.objects.append(name)


def _never(part: Part) -> bool:
    return False


async def _nobody(part: Part) -> None:
    return None


async def check_backup(
    *,
    engine: Engine,
    manifest: Manifest,
    depth: Depth,
    skip: Callable[[Part], bool] = _never,
    checked: Callable[[Part], Awaitable[None]] = _nobody,
) -> Report:
    """Read the parts that `skip` doesn't name; `checked` is told of each. Storage that doesn't answer raises
    BackupFailed; everything that isn't as it was written is in the report."""
    report, began = Report(manifest.id, depth), engine.now()
    for series in manifest.series:
        audit = _Audit(engine, series, depth, report)
        for part in series.parts:
            if not skip(part):
                await audit.part(part)
                await checked(part)
            seconds = (engine.now() - began).total_seconds()
            step = Progress("verifying", series.name, report.rows, report.size, manifest.rows(), seconds)
            engine.tell(step)
        if depth is Depth.FULL:
            audit.close()
    return report


class _Audit:
    """The check of one series, part after part."""

    def __init__(self, engine: Engine, series: Series, depth: Depth, report: Report) -> None:
        self._engine, self._series, self._depth, self._report = engine, series, depth, report
        self._main = HEADS.get(series.name) if series.kind == TABLE else None
        self._held: list[Entity] = []
        self._found: list[str] = []

    async def part(self, part: Part) -> None:
        """One part; what is wrong goes to the report."""
        try:
            content = await fetch_part(engine=self._engine, part=part)
            self._report.parts += 1
            self._report.size += part.size
            if self._series.kind == TABLE and self._depth is Depth.QUICK:
                self._report.rows += part.lines
            else:
                await self._lines(part, content)
        except BackupDamaged as damage:
            self._report.fault(part.name, damage.message)

    async def _lines(self, part: Part, content: bytes) -> None:
        packer, last = objects.Packer(), None
        for line in lines_of(content, part):
            packer.add(line)
            try:
                if self._series.kind == TABLE:
                    entity = entity_of(line)
                    order = order_of(entity)
                    if last is not None and order <= last:
                        raise ValueError("rows out of order")
                    last = order
                    self._row(entity)
                else:
                    await self._file(file_from_line(line))
            except (ValueError, TypeError):
                raise BackupDamaged(f"{part.name}: line {packer.lines} can't be read.") from None
        if (packer.lines, packer.size) != (part.lines, part.size) or packer.finish()[1] != part.content:
            raise BackupDamaged(f"{part.name} doesn't hold what the manifest says.")

    def _row(self, entity: Entity) -> None:
        self._report.rows += 1
        if self._main is None or self._depth is not Depth.FULL:
            return
        if self._held and self._held[0].partition != entity.partition:
            self._settle()
        self._held.append(entity)

    def _settle(self) -> None:
        if self._main and self._held and contradiction(self._held, self._main):
            self._found.append(self._held[0].partition)
        self._held = []

    def close(self) -> None:
        """After the last part: partitions that contradict themselves have to be the known ones."""
        self._settle()
        for partition in self._found:
            if partition not in self._series.unsettled:
                name = f"{self._series.name}/{partition}"
                self._report.fault(name, f"{name} contradicts itself in the copy.")

    async def _file(self, file: File) -> None:
        self._report.files += 1
        name = objects.content_name(file.sha256)
        if self._depth is Depth.FULL or (self._depth is Depth.FRESH and file.fresh):
            content = await fetch(engine=self._engine, name=name)
            if content is None or objects.digest_of(content) != file.sha256:
                word = "isn't there" if content is None else "isn't as it was written"
                self._report.fault(name, f"{name}, the copy of {file.name}, {word}.")
        elif self._depth is Depth.QUICK:
            blob = await self._engine.vault.describe(container=self._engine.vault_container, name=name)
            if blob is None or blob.size != file.size:
                word = "isn't there" if blob is None else "has another size"
                self._report.fault(name, f"{name}, the copy of {file.name}, {word}.")


async def verify_backup(*, engine: Engine, backup_id: str, depth: Depth) -> Report:
    """Check one backup. If all is well and it wasn't verified yet, a check that read everything makes it count.

    A full check also looks whether the data in it contradicts itself. That isn't damage: the copy is what the
    tables were, and still the best there is.

    Raises BackupNotFound; BackupDamaged, naming every object that isn't as it was written: the backup then
    doesn't count any more. BackupFailed if storage doesn't answer.
    """
    backup = await one_backup(engine=engine, backup_id=backup_id)
    if backup.manifest is None or backup.condition is Condition.DAMAGED:
        raise BackupDamaged(f"The backup {backup.id} is {backup.condition}: {backup.problem}")
    report = await check_backup(engine=engine, manifest=backup.manifest, depth=depth)
    if report.faults:
        await _record_damage(engine, backup_id, report)
        report.raise_if_damaged()
    if backup.condition is Condition.UNVERIFIED and depth is Depth.FULL:
        await record_verified(engine=engine, backup_id=backup_id)
    if depth is Depth.FULL:
        report.contradictions = await contradictions_in(engine=engine, manifest=backup.manifest)
    return report


async def record_verified(*, engine: Engine, backup_id: str) -> None:
    """Let the backup count: all of it was read again and found as it was written."""
    _, digest = await read_manifest(engine=engine, backup_id=backup_id)
    said = {"id": backup_id, "manifest": digest, "at": iso(engine.now())}
    name = objects.verified_name(backup_id)
    try:
        await put(engine=engine, name=name, content=objects.sealed(said), media_type=objects.SEALED)
    except BlobExists:
        found = objects.opened(await fetch(engine=engine, name=name), name=name)
        if found["manifest"] != digest:
            raise BackupDamaged(f"{name} is about another manifest.", details={"object": name}) from None
    # What counts is what can be read back.
    objects.opened(await fetch(engine=engine, name=name), name=name)


async def _record_damage(engine: Engine, backup_id: str, report: Report) -> None:
    said = {"id": backup_id, "at": iso(engine.now()), "faults": report.faults[:100]}
    name = objects.damaged_name(backup_id)
    try:
        await put(engine=engine, name=name, content=objects.sealed(said), media_type=objects.SEALED)
    except (BlobExists, DomainError):
        return  # it is damaged all the same, and the caller is told so
