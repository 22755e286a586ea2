"""Restoring rows: table by table, part by part, partition by partition; each write is conditional.

What becomes of a row is decided in `_decisions`; what goes through a timeline is in `_forced`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from domain.continuity import _objects as objects
from domain.continuity._aftermath import CLOCKS_DIFFER, mend_restored, settle_views
from domain.continuity._decisions import Decision, Fate, decide
from domain.continuity._entity import Entity, entity_of, line_of, text_of
from domain.continuity._forced import put_back
from domain.continuity._journal import Journal, Tally
from domain.continuity._manifest import Manifest, Part, Series
from domain.continuity._mending import Mended, mend_customer, mend_lead
from domain.continuity._ports import Engine, Put, Target
from domain.continuity._progress import Progress
from domain.continuity._timelines import HEADS
from domain.continuity._vault import fetch_part, lines_of
from domain.store import RowChanged, RowExists, StorageUnavailable
from domain.values import iso

_ROWS, _BYTES = 100, 3_000_000  # of one transaction; the storage's limit is 4 MiB of request
_ROW_BYTES = 1_500  # what a row costs in a request beside its line
_AT_ONCE = 8
_ATTEMPTS = 8
_LINK = "lead:"  # a customer's row that says where a lead of its is


@dataclass(frozen=True)
class Wanted:
    """What to restore, and how. Without `table`, `lead` and `customer` it is everything.

    `prefix` names scratch tables; None means the tables themselves. `force` also overwrites rows that were
    changed after the backup; `reason` is then kept on the timeline of each aggregate that this changes.
    """

    prefix: str | None
    table: str | None = None
    lead: str | None = None
    customer: str | None = None
    force: bool = False
    reason: str = ""

    @property
    def one(self) -> str | None:
        """The one lead or customer that is wanted."""
        return self.lead or self.customer


class RestoringRows:
    """One restore's work."""

    def __init__(self, engine: Engine, wanted: Wanted, manifest: Manifest, target: Target, dry_run: bool) -> None:
        self._engine, self._wanted, self._manifest, self._dry = engine, wanted, manifest, dry_run
        self._target = target
        self._since = iso(manifest.taken - CLOCKS_DIFFER)
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._began, self._rows, self._size = engine.now(), 0, 0
        self.leads: set[str] = set()

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

    async def settle_ahead(self) -> None:
        """Take away what the lists say of versions and leads that are lost."""
        all_leads = self._wanted.one is None and self._wanted.table in (None, "leads")
        if (all_leads or self._wanted.lead) and self._wanted.prefix is None and not self._dry:
            await settle_views(target=self._target, since=self._since, only=self._wanted.lead)

    async def settle_behind(self) -> Mended:
        """Put right what follows elsewhere from the one lead or customer, from the one table, or from what was
        written while the backup was made: it may have read that before. The rest came back as tables."""
        wanted, ports = self._wanted, self._target.ports
        if self._dry:
            return Counter()
        if wanted.lead:
            return await mend_lead(ports=ports, lead_id=wanted.lead)
        if wanted.customer:
            return await mend_customer(ports=ports, customer_id=wanted.customer)
        return await mend_restored(
            engine=self._engine,
            manifest=self._manifest,
            target=self._target,
            since="" if wanted.table else self._since,
            tables=[series.name for series in self._manifest.tables() if self.concerns(series)],
        )

    async def _is_missing(self, name: str) -> bool:
        """Make the table; in a dry run, only say whether it isn't there."""
        if self._dry:
            return name not in await self._target.entities.tables(prefix=name)
        await self._target.entities.create_table(table=name)
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
            if kind == "customers" and self._wanted.customer and row.key.startswith(_LINK):
                self.leads.add(row.key.removeprefix(_LINK))
            full = kind not in HEADS and (len(held) >= _ROWS or size + len(line) > _BYTES)
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
                for puts in _transactions([d.put for d in decisions if d.put], HEADS.get(kind)):
                    await self._target.entities.write(table=table, partition=rows[0].partition, puts=puts)
            except (RowExists, RowChanged):
                await self._engine.ports.pause(attempt)
                continue
            return await self._forced(kind, decisions)
        raise StorageUnavailable(f"{table}/{rows[0].partition} is being changed all the time. Try again.")

    async def _live(self, table: str, rows: Sequence[Entity]) -> dict[str, Entity]:
        found = await self._target.entities.between(
            table=table, partition=rows[0].partition, first=rows[0].key, last=rows[-1].key
        )
        return {row.key: row for row in found}

    async def _forced(self, kind: str, decisions: list[Decision]) -> Sequence[Decision]:
        """What goes through a timeline: newer values that are to go."""
        if self._wanted.prefix is not None or kind not in HEADS:
            return decisions
        main = next((i for i, d in enumerate(decisions) if d.row.key == HEADS[kind]), None)
        if main is not None and decisions[main].fate is Fate.CONFLICT and self._wanted.force:
            decisions[main] = await put_back(
                kind,
                decisions[main],
                ports=self._target.ports,
                backup_id=self._manifest.id,
                reason=self._wanted.reason,
                dry_run=self._dry,
            )
        return decisions


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
