"""Critical changes of a lead name the version that they are based on; the rule is the timeline's."""

from __future__ import annotations

from domain.leads._rows import TABLE
from domain.store import Store
from domain.timeline import VersionStale, honour_if_match, require_version
from domain.timeline import with_changes as with_changes_of

__all__ = ["honour_if_match", "require_version", "with_changes"]


async def with_changes(stale: VersionStale, *, store: Store, lead_id: str) -> VersionStale:
    """The refusal with every change of the lead since the version that the client saw, who and when."""
    return await with_changes_of(stale, store=store, table=TABLE, partition=lead_id)
