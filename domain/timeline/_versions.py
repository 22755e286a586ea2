"""Critical changes name the version that they are based on; a stale one is told what has happened since."""

from __future__ import annotations

from collections.abc import Mapping

from domain.store import Store
from domain.timeline._act import Act
from domain.timeline._entry import Plain
from domain.timeline._rows import entry_from_row, entry_key
from domain.timeline.errors import VersionRequired, VersionStale
from domain.values import iso


def require_version(
    *, act: Act, version: int, current: Mapping[str, Plain], yours: Mapping[str, Plain], part: str = ""
) -> None:
    """Let a critical change pass only if it is based on the current `version` (api.md, "Critical").

    `current` and `yours` are shown side by side in the refusal; `part` is the id of the quotation or
    commission concerned, or "" for the aggregate itself. Raises VersionRequired, VersionStale.
    """
    if act.version is None:
        raise VersionRequired(
            "This change needs to know which version you saw: send its ETag in If-Match, or version in the body.",
            details={"currentVersion": version},
        )
    if act.version != version:
        saw = (
            f"You saw version {act.version}, but the" if act.version else "What you sent isn't a version of it. The"
        )
        raise VersionStale(
            f"{saw} current version is {version}. Look at what has changed, then decide again.",
            details={"current": dict(current), "yours": dict(yours), "part": part, "sent": act.version},
        )


def honour_if_match(
    *, act: Act, version: int, current: Mapping[str, Plain], yours: Mapping[str, Plain], part: str = ""
) -> None:
    """For ordinary changes: the version counts only if the client made it a condition. Raises VersionStale."""
    if act.exact:
        require_version(act=act, version=version, current=current, yours=yours, part=part)


async def with_changes(stale: VersionStale, *, store: Store, table: str, partition: str) -> VersionStale:
    """The refusal with `details.changes`: every change since the version that the client saw, who and when."""
    details = dict(stale.details or {})
    sent, part = int(details.pop("sent")), str(details.pop("part"))
    rows = store.scan(table=table, partition=partition, first=entry_key(sent + 1, 0))
    prefix = f"{part}." if part else ""
    details["changes"] = [
        {
            "field": change.field.removeprefix(prefix),
            "before": change.before,
            "after": change.after,
            "by": entry.actor.name,
            "at": iso(entry.at),
        }
        async for entry in (entry_from_row(row) async for row in rows)
        for change in entry.changes
        if (change.field.startswith(prefix) if part else "." not in change.field)
    ]
    return VersionStale(stale.message, details=details)
