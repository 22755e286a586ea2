"""The feed of changes: one row per change for an hour, by which lists held in memory keep up (docs/adr/0020)."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.leads._views._summary import Summary, summary_from_columns
from domain.ports import Ports
from domain.store import Create, RowExists, StorageUnavailable, Store
from domain.values import iso

VIEWS = "views"
CHANGES = "changes"
FEED_KEPT = timedelta(hours=1)
"""How long a change stays in the feed."""

LATENESS = timedelta(seconds=5)
"""A row that took longer than this to be stored is put in again under a new key."""

_TRIES = 3

Changes = Sequence[tuple[str, Summary]]
"""Keys in the feed (a moment first) with what was changed."""


def feed_key(at: datetime) -> str:
    """Where a moment's changes begin in the feed."""
    return iso(at)


async def put_change(*, ports: Ports, summary: Summary, write_id: str) -> None:
    """Tell it in the feed. The key's moment is never further back than `LATENESS` when the row appears, so
    whoever reads the feed a little backwards misses nothing. Raises StorageUnavailable."""
    for _ in range(_TRIES):
        began = ports.clock.now()
        key = f"{feed_key(began)}:{summary.lead_id}:{summary.version:010d}"
        row = Create(key, summary.columns())
        with contextlib.suppress(RowExists):  # the sweep tells it in the same millisecond
            await ports.store.commit(
                table=VIEWS, partition=CHANGES, writes=[row], write_id=f"{write_id}:{feed_key(began)}"
            )
        if ports.clock.now() - began < LATENESS:
            return
    raise StorageUnavailable("Storage is very slow at the moment. Try again.", retry_after=5)


async def changes_between_keys(*, store: Store, first: str, before: str | None) -> Changes:
    """What the feed holds from `first` on, in key order: one request per 1,000."""
    rows = store.scan(table=VIEWS, partition=CHANGES, first=first, before=before)
    return [(row.key, summary_from_columns(row.key.split(":")[-2], row.values)) async for row in rows]
