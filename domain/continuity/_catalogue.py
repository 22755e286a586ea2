"""Which backups there are, which of them count, and how old the newest verified one is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.continuity import _objects as objects
from domain.continuity._manifest import Manifest
from domain.continuity._ports import Engine
from domain.continuity._slots import RunRow, due_slot, read_run
from domain.continuity._vault import fetch, read_manifest
from domain.continuity.errors import BackupDamaged, BackupNotFound, NoVerifiedBackup
from domain.values import iso, moment

ALERT_AFTER = timedelta(hours=26)
_ID = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{6})?(\.[0-9]{1,4})?")


class Condition(StrEnum):
    """What a backup is worth. Only a verified one counts."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    UNFINISHED = "unfinished"
    DAMAGED = "damaged"


class Alarm(StrEnum):
    """The words by which the log's alert rules know an alarm (infra/modules/monitoring.bicep)."""

    LATE = "BACKUP_LATE"
    FAILED = "BACKUP_FAILED"
    SUSPECT = "BACKUP_SUSPECT"


@dataclass(frozen=True)
class Backup:
    """One backup as the vault has it. `problem` says why it doesn't count."""

    id: str
    condition: Condition
    touched: datetime
    manifest: Manifest | None = None
    verified_at: datetime | None = None
    problem: str = ""

    @property
    def taken(self) -> datetime:
        """When its reading began; for one without a readable manifest, when it was last written to."""
        return self.manifest.taken if self.manifest else self.touched


@dataclass(frozen=True)
class Status:
    """What an operator wants to know first. `late` and `suspects` are reasons to act."""

    at: datetime
    newest: Backup | None
    age: timedelta | None
    late: bool
    run: RunRow | None

    @property
    def suspects(self) -> tuple[str, ...]:
        """What looks suspicious in the newest verified backup."""
        return self.newest.manifest.suspects if self.newest and self.newest.manifest else ()

    @property
    def alarms(self) -> tuple[tuple[Alarm, str], ...]:
        """What somebody has to look at, each with its word and a sentence; empty if all is well."""
        found = []
        if self.newest is None:
            found.append((Alarm.LATE, "There is no verified backup."))
        elif self.late and self.age is not None:
            hours = self.age / timedelta(hours=1)
            found.append((Alarm.LATE, f"The newest verified backup, {self.newest.id}, is {hours:.0f} hours old."))
        found += [(Alarm.SUSPECT, f"Suspicious: {text}.") for text in self.suspects]
        if self.run and self.run.fault:
            text = f"The backup {self.run.backup_id} doesn't get finished: {self.run.fault}"
            found.append((Alarm.FAILED, text))
        return tuple(found)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The alarms' sentences."""
        return tuple(text for _, text in self.alarms)


def check_id(backup_id: str) -> str:
    """The id, if it can be one. Raises BackupNotFound."""
    if not _ID.fullmatch(backup_id):
        raise BackupNotFound(f"There is no backup {backup_id[:40]}.")
    return backup_id


async def backups(*, engine: Engine) -> list[Backup]:
    """All of them, the newest first. A damaged record makes its own backup not count, and no other."""
    touched: dict[str, datetime] = {}
    async for blob in engine.vault.list(container=engine.vault_container, prefix=objects.BACKUPS):
        backup = blob.name.removeprefix(objects.BACKUPS).partition("/")[0]
        touched[backup] = max(blob.created_at, touched.get(backup, blob.created_at))
    found = [await look_at(engine=engine, backup_id=name, touched=at) for name, at in touched.items()]
    return sorted(found, key=lambda backup: (backup.taken, backup.id), reverse=True)


async def look_at(*, engine: Engine, backup_id: str, touched: datetime) -> Backup:
    """One backup by its records (its parts aren't read)."""
    name = objects.manifest_name(backup_id)
    if await fetch(engine=engine, name=name) is None:
        return Backup(backup_id, Condition.UNFINISHED, touched, problem="it was never finished")
    manifest = None
    try:
        manifest, digest = await read_manifest(engine=engine, backup_id=backup_id)
        found = await fetch(engine=engine, name=objects.damaged_name(backup_id))
        if found is not None:
            return Backup(backup_id, Condition.DAMAGED, touched, manifest, problem=_told(found))
        name = objects.verified_name(backup_id)
        content = await fetch(engine=engine, name=name)
        if content is None:
            return Backup(backup_id, Condition.UNVERIFIED, touched, manifest, problem="it wasn't verified yet")
        record = objects.opened(content, name=name)
        if record["manifest"] != digest:
            raise BackupDamaged(f"{name} is about another manifest.", details={"object": name})
    except BackupDamaged as damage:
        return Backup(backup_id, Condition.DAMAGED, touched, manifest, problem=damage.message)
    return Backup(backup_id, Condition.VERIFIED, touched, manifest, moment(record["at"]))


def _told(content: bytes) -> str:
    try:
        return "; ".join(objects.opened(content, name="damaged.json")["faults"])
    except BackupDamaged:
        return "a check found it damaged"  # whatever its own record has become


async def one_backup(*, engine: Engine, backup_id: str) -> Backup:
    """One backup. Raises BackupNotFound."""
    check_id(backup_id)
    touched = None
    async for blob in engine.vault.list(container=engine.vault_container, prefix=objects.folder(backup_id)):
        touched = max(blob.created_at, touched or blob.created_at)
    if touched is None:
        raise BackupNotFound(f"There is no backup {backup_id}.")
    return await look_at(engine=engine, backup_id=backup_id, touched=touched)


async def newest_verified(*, engine: Engine) -> Backup | None:
    """The newest backup that counts."""
    return next((b for b in await backups(engine=engine) if b.condition is Condition.VERIFIED), None)


async def usable(*, engine: Engine, backup_id: str | None) -> Manifest:
    """The manifest of this backup, or of the newest verified one. Raises BackupNotFound, NoVerifiedBackup,
    BackupDamaged (also for one that was never verified: nothing is restored from it)."""
    backup = (
        await one_backup(engine=engine, backup_id=backup_id) if backup_id else await newest_verified(engine=engine)
    )
    if backup is None:
        raise NoVerifiedBackup("There is no verified backup.")
    if backup.condition is not Condition.VERIFIED or backup.manifest is None:
        raise BackupDamaged(f"The backup {backup.id} is {backup.condition}: {backup.problem}.")
    return backup.manifest


async def status(*, engine: Engine) -> Status:
    """How things stand."""
    now = engine.now()
    newest = await newest_verified(engine=engine)
    age = now - newest.taken if newest else None
    run = await read_run(ports=engine.ports, slot=due_slot(now))
    return Status(now, newest, age, age is None or age > ALERT_AFTER, run)


async def watch(*, engine: Engine) -> Status:
    """The status; if something is wrong, the operators are told."""
    found = await status(engine=engine)
    if found.alarms:
        await engine.alert(f"{iso(found.at)}: " + " ".join(f"{word} {text}" for word, text in found.alarms))
    return found
