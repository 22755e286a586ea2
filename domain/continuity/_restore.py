"""Restoring a backup, or a part of it: into scratch tables, in place, or into another account.

Rows keep their keys, values and versions, so the ids and ETags that clients hold stay valid. Every write is
conditional. An interrupted restore goes on with the parts that weren't finished; the rows that it had already
written of the part at hand are then counted as skipped.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field

from domain.blobs import Blobs
from domain.continuity import _objects as objects
from domain.continuity._catalogue import usable
from domain.continuity._decisions import Decision, Fate, decide
from domain.continuity._entity import Entity, entity_of, line_of, row_of, text_of, whole_number
from domain.continuity._journal import Journal, Tally
from domain.continuity._manifest import Manifest, Part, Series
from domain.continuity._partitions import AGGREGATES
from domain.continuity._ports import Engine, Entities, Put
from domain.continuity._progress import Progress
from domain.continuity._putback import put_back_from
from domain.continuity._putback_customer import put_back_customer
from domain.continuity._restore_files import restore_files
from domain.continuity._vault import fetch_part, lines_of
from domain.continuity._views_again import settle_views
from domain.continuity.errors import RestoreConflict, RestoreInvalid
from domain.leads import rebuild
from domain.store import RowChanged, RowExists, StorageUnavailable

_ROWS, _BYTES = 100, 3_000_000  # of one transaction; the storage's limit is 4 MiB of request
_ROW_BYTES = 1_500  # what a row costs in a request beside its line
_AT_ONCE = 8
_ATTEMPTS = 8
_PUT_BACK = {"leads": put_back_from, "customers": put_back_customer}
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]{2,20}")


@dataclass(frozen=True)
class Wanted:
    """What to restore, and how. Without `table`, `lead` and `customer` it is everything.

    `prefix` names scratch tables; None means the tables themselves. `force` also overwrites rows that were
    changed after the backup; `reason` is then kept on the timeline of each lead that this changes.
    """

    prefix: str | None
    table: str | None = None
    lead: str | None = None
    customer: str | None = None
    force: bool = False
    reason: str = ""


@dataclass
class Restored:
    """What became of every row of the backup (or of the part of it that was asked for), by table."""

    backup_id: str
    restore_id: str | None
    tables: dict[str, Tally] = field(default_factory=dict)
    files: dict[str, Tally] = field(default_factory=dict)

    def total(self) -> Tally:
        """All tables together."""
        total = Tally()
        for tally in self.tables.values():
            total.merge(tally)
        return total


async def restore(
    *,
    engine: Engine,
    wanted: Wanted,
    backup_id: str | None = None,
    target: tuple[Entities, Blobs] | None = None,
    restore_id: str | None = None,
    resume: bool = False,
    dry_run: bool = True,
) -> Restored:
    """Restore from this verified backup, or the newest one; `target` is another account.

    Raises BackupNotFound, NoVerifiedBackup, BackupDamaged (naming the object, before a row of it is written),
    RestoreInvalid, StorageUnavailable.
    """
    manifest = await usable(engine=engine, backup_id=backup_id)
    _check(wanted, manifest)
    journal = Journal(engine.ports, None if dry_run else restore_id)
    await journal.open({**asdict(wanted), "backup": manifest.id}, resume=resume)
    done = Restored(manifest.id, None if dry_run else restore_id)
    work = _Restoring(engine, wanted, manifest, target, dry_run)
    for series in manifest.tables():
        if work.concerns(series):
            done.tables[series.name] = await work.table(series, journal)
    await work.settle()
    if wanted.prefix is None and not (wanted.table or wanted.lead or wanted.customer):
        for series in manifest.inventories():
            done.files[series.name] = await restore_files(
                engine=engine,
                manifest=manifest,
                container=series.name,
                target=target[1] if target else engine.files,
                dry_run=dry_run,
            )
    return done


def _check(wanted: Wanted, manifest: Manifest) -> None:
    if wanted.prefix is not None and not _PREFIX.fullmatch(wanted.prefix):
        raise RestoreInvalid.field("prefix", "A prefix has 3 to 21 letters and digits, a letter first.")
    if sum(bool(x) for x in (wanted.table, wanted.lead, wanted.customer)) > 1:
        raise RestoreInvalid("Ask for one table, one lead or one customer, not for several of them.")
    names = [series.name for series in manifest.tables()]
    if wanted.table and wanted.table not in names:
        raise RestoreInvalid.field("table", f"The backup has these tables: {', '.join(names)}.")


class _Restoring:
    """One restore's work."""

    def __init__(
        self,
        engine: Engine,
        wanted: Wanted,
        manifest: Manifest,
        target: tuple[Entities, Blobs] | None,
        dry_run: bool,
    ) -> None:
        self._engine, self._wanted, self._manifest, self._dry = engine, wanted, manifest, dry_run
        self._target = target[0] if target else engine.entities
        self._here = target is None and wanted.prefix is None
        self._back: dict[str, int] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._began, self._rows, self._size = engine.now(), 0, 0

    def concerns(self, series: Series) -> bool:
        """Whether anything of this table is wanted."""
        if self._wanted.lead:
            return series.name == "leads"
        if self._wanted.customer:
            return series.name in ("customers", "phones")
        return self._wanted.table in (None, series.name)

    async def table(self, series: Series, journal: Journal) -> Tally:
        """Restore one table, part by part."""
        name, total = (self._wanted.prefix or "") + series.name, Tally()
        missing = await self._is_missing(name)
        for part in self._parts(series):
            key = f"{series.name}:{objects.digest_of(part.name.encode())[:16]}"
            tally = journal.done(key)
            if tally is None:
                tally = await self._part(series.name, name, part, missing)
                await journal.close(key, tally)
            self._rows += part.lines
            self._size += part.size
            seconds = (self._engine.now() - self._began).total_seconds()
            expected = self._manifest.rows()
            self._engine.tell(Progress("restoring", name, self._rows, self._size, expected, seconds))
            total.merge(tally)
        return total

    async def settle(self) -> None:
        """Bring the lists up to date with the leads that were put back."""
        if self._back:
            await settle_views(ports=self._engine.ports, versions=self._back)

    async def _is_missing(self, name: str) -> bool:
        """Make the table; in a dry run, only say whether it isn't there."""
        if self._dry:
            return name not in await self._target.tables(prefix=name)
        await self._target.create_table(table=name)
        return False

    def _parts(self, series: Series) -> list[Part]:
        wanted = self._wanted.lead or (self._wanted.customer if series.name == "customers" else None)
        return [part for part in series.parts if wanted is None or part.first <= wanted <= part.last]

    async def _part(self, kind: str, table: str, part: Part, missing: bool) -> Tally:
        tally = Tally()
        content = await fetch_part(engine=self._engine, part=part)
        try:
            async with asyncio.TaskGroup() as group:
                async for rows in self._chunks(kind, content, part):
                    await self._gate.acquire()
                    group.create_task(self._counted(tally, kind, table, rows, missing))
        except* Exception as failures:
            raise _first(failures) from None
        return tally

    async def _chunks(self, kind: str, content: bytes, part: Part) -> AsyncIterator[list[Entity]]:
        """Rows of one partition each: all of them for an aggregate, else as many as fit one transaction."""
        held: list[Entity] = []
        size = 0
        for line in lines_of(content, part):
            row = entity_of(line)
            if not self._selected(kind, row):
                continue
            full = kind not in AGGREGATES and (len(held) >= _ROWS or size + len(line) > _BYTES)
            if held and (held[0].partition != row.partition or full):
                yield held
                held, size = [], 0
            held.append(row)
            size += len(line) + _ROW_BYTES
        if held:
            yield held

    def _selected(self, kind: str, row: Entity) -> bool:
        if self._wanted.lead:
            return row.partition == self._wanted.lead
        if self._wanted.customer and kind == "phones":
            return text_of(row, "customerId") == self._wanted.customer
        return not self._wanted.customer or row.partition == self._wanted.customer

    async def _counted(self, tally: Tally, kind: str, table: str, rows: list[Entity], missing: bool) -> None:
        try:
            decisions = await self._rows_of_one(kind, table, rows, missing)
            tally.add(table, decisions)
        finally:
            self._gate.release()

    async def _rows_of_one(self, kind: str, table: str, rows: list[Entity], missing: bool) -> Sequence[Decision]:
        exact = self._wanted.prefix is not None
        for attempt in range(_ATTEMPTS):
            live = {} if missing or (attempt == 0 and exact and not self._dry) else await self._live(table, rows)
            decisions = decide(table=kind, rows=rows, live=live, force=self._wanted.force, exact=exact)
            if self._dry:
                return await self._forced(kind, decisions)
            try:
                for puts in _transactions([d.put for d in decisions if d.put], AGGREGATES.get(kind)):
                    await self._target.write(table=table, partition=rows[0].partition, puts=puts)
            except (RowExists, RowChanged):
                await self._engine.ports.pause(attempt)
                continue
            return await self._forced(kind, decisions)
        raise StorageUnavailable(f"{table}/{rows[0].partition} is being changed all the time. Try again.")

    async def _live(self, table: str, rows: Sequence[Entity]) -> dict[str, Entity]:
        found = await self._target.between(
            table=table, partition=rows[0].partition, first=rows[0].key, last=rows[-1].key
        )
        return {row.key: row for row in found}

    async def _forced(self, kind: str, decisions: list[Decision]) -> Sequence[Decision]:
        """What goes through a timeline: newer values that are to go. And which leads are back, for the lists."""
        if not self._here or kind not in _PUT_BACK:
            return decisions
        main = next((i for i, d in enumerate(decisions) if d.row.key == AGGREGATES[kind]), None)
        if main is not None and decisions[main].fate is Fate.CONFLICT and self._wanted.force:
            decisions[main] = await self._put_back(kind, decisions[main])
        elif main is not None and kind == "leads" and decisions[main].put and not self._dry:
            row = decisions[main].row
            self._back[row.partition] = whole_number(row, "version") or 0
            if self._wanted.lead:  # of all leads, the views are restored as a table
                await rebuild(ports=self._engine.ports, lead_id=row_of(row).partition)
        return decisions

    async def _put_back(self, kind: str, decision: Decision) -> Decision:
        try:
            done = await _PUT_BACK[kind](
                ports=self._engine.ports,
                row=row_of(decision.row),
                backup_id=self._manifest.id,
                reason=self._wanted.reason,
                dry_run=self._dry,
            )
        except RestoreConflict as conflict:
            return Decision(decision.row, Fate.CONFLICT, reason=conflict.message)
        if not done.changes:
            return Decision(decision.row, Fate.CONFLICT, reason="it differs in what a restore doesn't put back")
        return Decision(decision.row, Fate.OVERWRITTEN)


def _first(failures: ExceptionGroup[Exception]) -> Exception:
    found = failures.exceptions[0]
    return _first(found) if isinstance(found, ExceptionGroup) else found


def _transactions(puts: list[Put], main: str | None) -> list[list[Put]]:
    """The writes in transactions that the storage takes, an aggregate's main row in the last of them: until
    then, the aggregate is not there, or is what it was."""
    groups: list[list[Put]] = []
    size = 0
    for put in sorted(puts, key=lambda put: put.entity.key == main):
        cost = _ROW_BYTES + len(line_of(put.entity)) + 60 * len(put.entity.columns)
        if not groups or len(groups[-1]) >= _ROWS or size + cost > _BYTES:
            groups.append([])
            size = 0
        groups[-1].append(put)
        size += cost
    return groups
