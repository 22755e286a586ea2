"""Master data as it was at a version, made from its timeline again. How entries are stored is in `_queries`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.pricing._catalogue import KINDS, Catalogue
from domain.pricing._plain import from_plain
from domain.timeline import Entry


class Rebuilder:
    """Folds the timeline once, forward: `catalogue` gives each version on the way."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)
        self._made: dict[int, Catalogue] = {}

    @property
    def newest(self) -> int:
        """The newest version that there is."""
        return self._entries[-1].version if self._entries else 0

    def catalogue(self, version: int) -> Catalogue:
        """The catalogue after the first `version` transactions. ValueError if there weren't as many."""
        if not 0 < version <= self.newest:
            raise ValueError(f"there is no version {version} of the master data")
        if version not in self._made:
            self._made[version] = catalogue_as_of(self._entries, version)
        return self._made[version]


def catalogue_as_of(entries: Iterable[Entry], version: int) -> Catalogue:
    """What the entries up to this version leave: the same rows, revisions included, as were stored then."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for entry in entries:
        if entry.version > version:
            break
        for change in entry.changes:
            kind, item_id, day, name = change.field.split(".")
            row = rows.setdefault((kind, item_id, day), {})
            row["revision"] = entry.version
            if change.after is None:
                row.pop(name, None)
            else:
                row[name] = change.after
    items = {
        kind: tuple(from_plain(KINDS[kind], row) for (of, _, _), row in sorted(rows.items()) if of == kind)
        for kind in KINDS
    }
    return Catalogue(**items, version=version)  # type: ignore[arg-type]  # KINDS says which class goes where
