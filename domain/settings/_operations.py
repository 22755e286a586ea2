"""Reading and changing the settings: one partition, in which each change and its timeline entry are one
transaction (design.md §2)."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

from domain.ports import Ports
from domain.settings._model import DEFAULTS, Settings, SettingsChange, changed, plain
from domain.store import Create, Replace, Row, RowChanged, RowExists, StorageUnavailable, Store, Value, Write
from domain.timeline import (
    FIRST_ENTRY,
    Act,
    Change,
    Entry,
    Note,
    Plain,
    VersionStale,
    append,
    entry_from_row,
    entry_to_write,
    require_version,
    with_changes,
)
from domain.values import iso, moment

TABLE = "settings"
PARTITION = ROW = "settings"
_PROOF = "proof:"
_ATTEMPTS = 5


async def read_settings(*, store: Store) -> Settings:
    """The settings as they are: one storage request."""
    row = await store.get(table=TABLE, partition=PARTITION, key=ROW)
    return _from_row(row) if row else DEFAULTS


async def timeline_of_settings(*, store: Store) -> tuple[Entry, ...]:
    """Every change of the settings, oldest first."""
    rows = store.scan(table=TABLE, partition=PARTITION, first=FIRST_ENTRY)
    return tuple([entry_from_row(row) async for row in rows])


async def change_settings(*, ports: Ports, change: SettingsChange, act: Act) -> Settings:
    """Change some of the settings. Critical: the client says which version it saw. Values that stay as they
    are leave no entry. Raises VersionRequired, VersionStale, SettingsInvalid, StorageUnavailable."""
    store = ports.store
    for attempt in range(_ATTEMPTS):
        row = await store.get(table=TABLE, partition=PARTITION, key=ROW)
        before = _from_row(row) if row else DEFAULTS
        if act.proof and await store.get(table=TABLE, partition=PARTITION, key=_PROOF + act.proof):
            return before
        try:
            after = _decided(before, change, act)
        except VersionStale as stale:
            raise await with_changes(stale, store=store, table=TABLE, partition=PARTITION) from None
        if after is before:
            return before
        writes, after = _transaction(before, after, row, act)
        try:
            await store.commit(table=TABLE, partition=PARTITION, writes=writes, write_id=act.write_id)
            return after
        except (RowChanged, RowExists):
            await ports.pause(attempt)  # and then it is found to be stale, or landed
    raise StorageUnavailable("Too many people are changing the settings at this moment. Try again.", retry_after=1)


def _decided(before: Settings, change: SettingsChange, act: Act) -> Settings:
    said: dict[str, Plain] = {**plain(before), "version": before.version}
    require_version(act=act, version=before.version, current=said, yours=_asked(change))
    after = changed(before, change)
    return before if plain(after) == plain(before) else after


def _asked(change: SettingsChange) -> dict[str, Plain]:
    minutes = {"sessionTimeoutMin": change.session_timeout_min, "tokenExpiryMin": change.token_expiry_min}
    return {
        **{name: value for name, value in minutes.items() if value is not None},
        **{f"featureFlags[{name}]": on for name, on in change.feature_flags.items()},
        **{f"thresholds[{name}]": None if v is None else f"{v:f}" for name, v in change.thresholds.items()},
    }


def _transaction(before: Settings, after: Settings, row: Row | None, act: Act) -> tuple[list[Write], Settings]:
    """The first entry names every value, also those that stay at their defaults, so that entries 1 to n fold to
    the settings."""
    was, now = plain(before), plain(after)
    names = [n for n in sorted({*was, *now}) if before.version == 0 or was.get(n) != now.get(n)]
    note = Note(
        "SettingsChanged",
        f"{act.actor.name} changed the settings",
        changes=[Change(name, was.get(name), now.get(name)) for name in names],
    )
    entries = append(previous=before.last_hash, version=before.version + 1, act=act, notes=[note])
    after = replace(
        after,
        version=before.version + 1,
        last_hash=entries[-1].hash,
        updated_at=act.at,
        updated_by=act.actor.name,
    )
    values = _to_values(after)
    writes: list[Write] = [Replace(ROW, values, row.etag) if row else Create(ROW, values)]
    if act.proof:
        writes.append(Create(_PROOF + act.proof, {"at": iso(act.at)}))
    return [*writes, *(entry_to_write(entry) for entry in entries)], after


def _to_values(settings: Settings) -> dict[str, Value]:
    thresholds = {name: f"{value:f}" for name, value in settings.thresholds.items()}
    return {
        "sessionTimeoutMin": settings.session_timeout_min,
        "tokenExpiryMin": settings.token_expiry_min,
        "featureFlags": json.dumps(settings.feature_flags, sort_keys=True),
        "thresholds": json.dumps(thresholds, sort_keys=True),
        "updatedAt": iso(settings.updated_at) if settings.updated_at else "",
        "updatedBy": settings.updated_by or "",
        "version": settings.version,
        "lastHash": settings.last_hash,
    }


def _from_row(row: Row) -> Settings:
    v = row.values
    thresholds: dict[str, str] = json.loads(str(v["thresholds"]))
    return Settings(
        session_timeout_min=int(str(v["sessionTimeoutMin"])),
        token_expiry_min=int(str(v["tokenExpiryMin"])),
        feature_flags=json.loads(str(v["featureFlags"])),
        thresholds={name: Decimal(value) for name, value in thresholds.items()},
        updated_at=moment(str(v["updatedAt"])),
        updated_by=str(v["updatedBy"]),
        version=int(str(v["version"])),
        last_hash=str(v["lastHash"]),
    )
