"""Which backups are kept, and why. Pure, but for `prune`, which carries it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.blobs import BlobProtected
from domain.continuity import _objects as objects
from domain.continuity._catalogue import Backup, Condition, backups
from domain.continuity._files import files_in
from domain.continuity._ports import Engine
from domain.values import day_in_india

_PATIENCE = timedelta(days=2)
"""An unfinished or unverified backup may still become one; a copy may belong to a backup being made."""


@dataclass(frozen=True)
class Policy:
    """How many days, ISO weeks, months and years, each with a backup, keep their newest one."""

    daily: int = 7
    weekly: int = 5
    monthly: int = 12
    yearly: int = 7


@dataclass(frozen=True)
class Verdict:
    """What happens to one backup, with the reasons for keeping it, or the one for not."""

    id: str
    keep: bool
    reasons: tuple[str, ...]


_PERIODS: Sequence[tuple[str, Callable[[Policy], int], Callable[[date], str]]] = (
    ("daily", lambda policy: policy.daily, lambda day: day.isoformat()),
    ("weekly", lambda policy: policy.weekly, lambda day: "{}-W{:02d}".format(*day.isocalendar()[:2])),
    ("monthly", lambda policy: policy.monthly, lambda day: f"{day:%Y-%m}"),
    ("yearly", lambda policy: policy.yearly, lambda day: f"{day:%Y}"),
)


def verdicts(*, known: Sequence[Backup], policy: Policy, now: datetime) -> list[Verdict]:
    """The verdict on each, newest first. Only verified backups fill a place: one that failed never pushes a
    good one out. The newest verified one is kept whatever the policy, and so is the newest one that looks
    in no way suspicious."""
    reasons: dict[str, list[str]] = {}
    ordered = sorted(known, key=lambda b: (b.taken, b.id), reverse=True)
    good = [b for b in ordered if b.condition is Condition.VERIFIED]
    for name, count, period in _PERIODS:
        places: dict[str, Backup] = {}
        for backup in good:
            places.setdefault(period(day_in_india(backup.taken)), backup)
        for place, backup in list(places.items())[: count(policy)]:
            reasons.setdefault(backup.id, []).append(f"{name} {place}")
    for found, reason in (
        (good[:1], "newest verified"),
        ([b for b in good if b.manifest and not b.manifest.suspects][:1], "newest without suspicion"),
    ):
        for backup in found:
            reasons.setdefault(backup.id, []).append(reason)
    return [_verdict(backup, reasons.get(backup.id, []), now) for backup in ordered]


def _verdict(backup: Backup, reasons: list[str], now: datetime) -> Verdict:
    if reasons:
        return Verdict(backup.id, True, tuple(reasons))
    if backup.condition is Condition.VERIFIED:
        return Verdict(backup.id, False, ("no place left for it",))
    young = now - max(backup.touched, backup.taken) < _PATIENCE
    if young:
        return Verdict(backup.id, True, (f"{backup.condition}, but younger than 2 days",))
    return Verdict(backup.id, False, (f"{backup.condition}: {backup.problem}",))


@dataclass
class Pruned:
    """What was done, or in a dry run would be. `protected` objects are still under their retention period."""

    verdicts: list[Verdict]
    dry_run: bool
    deleted: int = 0
    copies: int = 0
    protected: list[str] = field(default_factory=list)


async def prune(*, engine: Engine, policy: Policy, dry_run: bool) -> Pruned:
    """Delete the backups that aren't kept, then the documents' copies that no backup needs any more.

    The record that makes a backup count goes first, so one half deleted can't be taken for a good one.
    Raises BackupDamaged if the inventory of a backup that is kept can't be read: then no copy is deleted.
    """
    known = await backups(engine=engine)
    done = Pruned(verdicts(known=known, policy=policy, now=engine.now()), dry_run)
    gone = {v.id for v in done.verdicts if not v.keep and await _delete_backup(engine, v.id, done)}
    await _delete_copies(engine, [b for b in known if b.id not in gone], done)
    return done


async def _delete_backup(engine: Engine, backup_id: str, done: Pruned) -> bool:
    first = [objects.verified_name(backup_id), objects.manifest_name(backup_id)]
    rest = [
        b.name async for b in engine.vault.list(container=engine.vault_container, prefix=objects.folder(backup_id))
    ]
    for name in [name for name in first if name in rest] + sorted(set(rest) - set(first)):
        if not await _delete(engine, name, done):
            return False  # the rest of it is protected as well: it stays whole, with its files' copies
        done.deleted += 1
    return True


async def _delete_copies(engine: Engine, kept: Sequence[Backup], done: Pruned) -> None:
    needed: set[bytes] = set()
    for backup in kept:
        for series in backup.manifest.inventories() if backup.manifest else ():
            found = files_in(engine=engine, manifest=backup.manifest, container=series.name)
            needed |= {bytes.fromhex(file.sha256) async for file in found}
    limit = engine.now() - _PATIENCE
    async for blob in engine.vault.list(container=engine.vault_container, prefix=objects.CONTENT):
        if blob.created_at < limit and bytes.fromhex(blob.name.removeprefix(objects.CONTENT)) not in needed:
            done.copies += await _delete(engine, blob.name, done)


async def _delete(engine: Engine, name: str, done: Pruned) -> bool:
    if not done.dry_run:
        try:
            await engine.vault.delete(container=engine.vault_container, name=name)
        except BlobProtected:
            done.protected.append(name)
            return False
    return True
