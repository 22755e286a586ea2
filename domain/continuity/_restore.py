"""Restoring a backup, or a part of it: into scratch tables, in place, or into another account.

Rows keep their keys, values and versions, so the ids and ETags that clients hold stay valid. Every write is
conditional. An interrupted restore goes on with the parts that weren't finished; the rows that it had already
written of the part at hand are then counted as skipped.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass, field

from domain.blobs import Blobs
from domain.continuity._aftermath import VIEWS, keep_ids_unique
from domain.continuity._catalogue import usable
from domain.continuity._journal import Journal, Tally
from domain.continuity._manifest import Manifest, Series
from domain.continuity._mending import Mended
from domain.continuity._ports import Engine, Target
from domain.continuity._restore_files import restore_files
from domain.continuity._restore_rows import RestoringRows, Wanted
from domain.continuity.errors import BackupNotFound, RestoreInvalid
from domain.lists import PACKS

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]{2,20}")


@dataclass
class Restored:
    """What became of every row of the backup (or of the part of it that was asked for), by table.

    `next_ids` says with which number each series of ids goes on; empty for scratch tables and dry runs.
    `leads` are those of the one customer that was restored: they are not restored with it. `mended` is what was
    put right that follows from these rows elsewhere.
    """

    backup_id: str
    restore_id: str | None
    tables: dict[str, Tally] = field(default_factory=dict)
    files: dict[str, Tally] = field(default_factory=dict)
    next_ids: dict[str, int] = field(default_factory=dict)
    leads: list[str] = field(default_factory=list)
    mended: Mended = field(default_factory=Counter)

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
    target: Target | None = None,
    restore_id: str | None = None,
    resume: bool = False,
    dry_run: bool = True,
) -> Restored:
    """Restore from this verified backup, or the newest one; `target` is another account.

    One lead or one customer comes with its files. Raises BackupNotFound, NoVerifiedBackup, BackupDamaged (naming
    the object, before a row of it is written), RestoreInvalid, StorageUnavailable.
    """
    manifest = await usable(engine=engine, backup_id=backup_id)
    _check(wanted, manifest)
    there = target or engine.itself()
    journal = Journal(there.ports, None if dry_run else restore_id)  # the account that was backed up may be lost
    await journal.open({**asdict(wanted), "backup": manifest.id}, resume=resume)
    done = Restored(manifest.id, None if dry_run else restore_id)
    work = RestoringRows(engine, wanted, manifest, there, dry_run)
    if wanted.prefix is None and not dry_run:
        # Lists and counters are looked at and mended, whatever is restored.
        for name in (*(series.name for series in manifest.tables()), PACKS):
            await there.entities.create_table(table=name)
    for series in sorted(manifest.tables(), key=_views_last):
        if series.name == VIEWS:
            await work.settle_ahead()  # then what comes back of the summaries meets none that is ahead of its lead
        if work.concerns(series):
            done.tables[series.name] = await work.table(series, journal)
    done.leads = sorted(work.leads)
    if wanted.one and not done.total().rows:
        raise BackupNotFound(f"The backup {manifest.id} has no {wanted.one}. Another one may have: list_backups.")
    if wanted.prefix is not None:
        return done
    done.mended = await work.settle_behind()
    done.files = await _files(engine, manifest, wanted, there.files, dry_run=dry_run)
    if not dry_run:
        done.next_ids = await keep_ids_unique(engine=engine, manifest=manifest, target=there, only=wanted.one)
    return done


def _views_last(series: Series) -> bool:
    return series.name == VIEWS


async def _files(
    engine: Engine, manifest: Manifest, wanted: Wanted, target: Blobs, *, dry_run: bool
) -> dict[str, Tally]:
    """The files of everything, or of the one lead or customer; of one table none."""
    folder = f"{wanted.one}/" if wanted.one else ""
    done: dict[str, Tally] = {}
    for series in () if wanted.table else manifest.inventories():
        done[series.name] = await restore_files(
            engine=engine,
            manifest=manifest,
            container=series.name,
            target=target,
            dry_run=dry_run,
            folder=folder,
        )
    return {name: tally for name, tally in done.items() if tally.rows or not folder}


def _check(wanted: Wanted, manifest: Manifest) -> None:
    if wanted.prefix is not None and not _PREFIX.fullmatch(wanted.prefix):
        raise RestoreInvalid.field("prefix", "A prefix has 3 to 21 letters and digits, a letter first.")
    if sum(bool(x) for x in (wanted.table, wanted.lead, wanted.customer)) > 1:
        raise RestoreInvalid("Ask for one table, one lead or one customer, not for several of them.")
    names = [series.name for series in manifest.tables()]
    if wanted.table and wanted.table not in names:
        raise RestoreInvalid.field("table", f"The backup has these tables: {', '.join(names)}.")
