"""The drill: restore the newest backup into scratch tables, compare row by row, try every invariant of the data,
sign what was found, clean up.

A backup that was never restored is a hope. The report is an object in the vault, sealed with a key (HMAC).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Any

from domain.continuity import _objects as objects
from domain.continuity._catalogue import Alarm, usable
from domain.continuity._contradictions import Contradictions, contradictions_in
from domain.continuity._entity import Entity, entity_of, order_of
from domain.continuity._files import file_from_line
from domain.continuity._manifest import Series
from domain.continuity._ports import Engine
from domain.continuity._progress import Progress
from domain.continuity._restore import restore
from domain.continuity._restore_rows import Wanted
from domain.continuity._slots import TABLE
from domain.continuity._vault import fetch, fetch_part, lines_of, put
from domain.continuity.errors import BackupDamaged, BackupNotFound
from domain.store import Create, RowExists
from domain.values import day_in_india, iso

SCRATCH = "drill"
_MOST_NAMED = 50
_SAMPLE = 200


@dataclass
class Compared:
    """One table: rows in the backup, restored and equal, different, missing, too many; and how many live now."""

    name: str
    kept: int = 0
    equal: int = 0
    different: int = 0
    missing: int = 0
    extra: int = 0
    live: int = 0

    @property
    def well(self) -> bool:
        """Whether the restored table is the backup's."""
        return self.equal == self.kept and not (self.different or self.missing or self.extra)


@dataclass(frozen=True)
class DrillReport:
    """What a drill found. `seconds` is how long restoring and comparing took: the practical recovery time."""

    name: str
    backup_id: str
    at: str
    seconds: float
    rows: int
    files_read: int
    tables: tuple[Compared, ...]
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every row came back as it was, and the data holds together."""
        return not self.faults and all(table.well for table in self.tables)


async def drill(*, engine: Engine, backup_id: str | None = None) -> DrillReport:
    """Carry one out. Raises what `restore` raises; the scratch tables are removed in any case."""
    manifest = await usable(engine=engine, backup_id=backup_id)
    began = engine.now()
    prefix = f"{SCRATCH}{began:%y%m%d%H%M%S}"
    await _clean_up(engine, SCRATCH)  # what a drill that was killed has left
    try:
        wanted = Wanted(prefix=prefix)
        await restore(engine=engine, wanted=wanted, backup_id=manifest.id, dry_run=False, restore_id=None)
        faults: list[str] = []
        tables = [await _compare(engine, series, prefix, faults) for series in manifest.tables()]
        files = await _sample(engine, manifest.inventories(), faults)
        faults += _said(await contradictions_in(engine=engine, manifest=manifest))
    finally:
        await _clean_up(engine, prefix)
    done = engine.now()
    report = DrillReport(
        name=f"{objects.DRILLS}{began:%Y%m%dT%H%M%SZ}.json",
        backup_id=manifest.id,
        at=iso(done),
        seconds=(done - began).total_seconds(),
        rows=sum(table.kept for table in tables),
        files_read=files,
        tables=tuple(tables),
        faults=tuple(faults[: 2 * _MOST_NAMED]),
    )
    content = objects.sealed(_to_record(report), key=engine.signing_key)
    await put(engine=engine, name=report.name, content=content, media_type=objects.SEALED)
    if not report.passed:
        # The keys of rows may be phone numbers: they are in the report, not in the log.
        bad = [table.name for table in tables if not table.well] or ["the data or copies of files"]
        await engine.alert(
            f"{Alarm.FAILED} The drill of {report.backup_id} failed ({', '.join(bad)}): see {report.name}."
        )
    return report


async def drill_if_due(*, engine: Engine) -> DrillReport | None:
    """What the weekly timer does: one drill per week, however often it fires. The week's row is claimed first."""
    year, week, _ = day_in_india(engine.now()).isocalendar()
    slot, write_id = f"{year}-W{week:02d}", engine.ports.ids.unique()
    claimed = Create(slot, {"at": iso(engine.now())})
    try:
        await engine.ports.store.commit(table=TABLE, partition="drill", writes=[claimed], write_id=write_id)
    except RowExists:
        return None
    return await drill(engine=engine)


async def read_drill(*, engine: Engine, name: str) -> dict[str, Any]:
    """A report, if its signature holds. Raises BackupNotFound, BackupDamaged."""
    content = await fetch(engine=engine, name=name) if name.startswith(objects.DRILLS) else None
    if content is None:
        raise BackupNotFound(f"There is no drill report {name[:60]}.")
    try:
        return objects.opened(content, name=name, key=engine.signing_key)
    except BackupDamaged:
        said = f"{name} isn't as it was written, or was signed under an earlier key (TOKEN_SIGNING_KEY)."
        raise BackupDamaged(said, details={"object": name}) from None


def _to_record(report: DrillReport) -> dict[str, Any]:
    said = asdict(report) | {"passed": report.passed}
    return {**said, "seconds": f"{report.seconds:.3f}"}


async def _clean_up(engine: Engine, prefix: str) -> None:
    for table in await engine.entities.tables(prefix=prefix):
        await engine.entities.delete_table(table=table)


async def _compare(engine: Engine, series: Series, prefix: str, faults: list[str]) -> Compared:
    """Both in key order, side by side: nothing is held but a part and a page."""
    found = Compared(series.name)
    kept, there = _kept(engine, series), _stored(engine, prefix + series.name)
    left, right = await anext(kept, None), await anext(there, None)
    began = engine.now()
    while left is not None or right is not None:
        order = _beside(left, right)
        row, fault = (left if order <= 0 else right), _TOLD[order]
        if order == 0 and left is not None and right is not None:
            same = left.same_as(right)
            found.equal, found.different = found.equal + same, found.different + (not same)
            fault = "" if same else "differs"
        found.missing, found.extra = found.missing + (order < 0), found.extra + (order > 0)
        found.kept += order <= 0
        if fault and row is not None and len(faults) < _MOST_NAMED:
            faults.append(f"{series.name}/{row.partition}/{row.key} {fault}.")
        left = await anext(kept, None) if order <= 0 else left
        right = await anext(there, None) if order >= 0 else right
        if found.kept % 1_000 == 0:
            seconds = (engine.now() - began).total_seconds()
            engine.tell(Progress("comparing", series.name, found.kept, 0, series.lines, seconds))
    found.live = await _count(engine, series.name)
    return found


def _said(found: Contradictions) -> list[str]:
    """What is equal in the copy and in the restored tables, but contradicts itself."""
    told = [f"{v.rule.name} {' '.join(v.ids)}: {v.text}." for v in found.named[:_MOST_NAMED]]
    return [f"The data contradicts itself in {found.count:,} places.", *told] if told else []


_TOLD = {-1: "is missing", 0: "", 1: "isn't in the backup"}


def _beside(left: Entity | None, right: Entity | None) -> int:
    """Which of two rows comes first: -1 the left one, 1 the right one, 0 if both are of the same key."""
    if left is None or right is None:
        return 1 if left is None else -1
    orders = order_of(left), order_of(right)
    return (orders[0] > orders[1]) - (orders[0] < orders[1])


async def _kept(engine: Engine, series: Series) -> AsyncIterator[Entity]:
    for part in series.parts:
        content = await fetch_part(engine=engine, part=part)
        for line in lines_of(content, part):
            yield entity_of(line)


async def _stored(engine: Engine, table: str) -> AsyncIterator[Entity]:
    async for page in engine.entities.pages(table=table):
        for row in page:
            yield row


async def _count(engine: Engine, table: str) -> int:
    return sum([len(page) async for page in engine.entities.pages(table=table)])


async def _sample(engine: Engine, inventories: list[Series], faults: list[str]) -> int:
    """Read some copies of files, spread evenly over each inventory."""
    read = 0
    for series in inventories:
        step = max(1, series.lines // _SAMPLE)
        number = 0
        for part in series.parts:
            content = await fetch_part(engine=engine, part=part)
            for line in lines_of(content, part):
                number += 1
                if number % step:
                    continue
                file = file_from_line(line)
                copy = await fetch(engine=engine, name=objects.content_name(file.sha256))
                read += 1
                if copy is None or objects.digest_of(copy) != file.sha256:
                    faults.append(f"The copy of {series.name}/{file.name} isn't as it was written.")
    return read
