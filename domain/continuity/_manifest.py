"""What a backup holds, part by part, and what about it looks suspicious beside the one before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from domain.continuity._objects import rolled
from domain.continuity.errors import BackupDamaged
from domain.values import iso, moment

FORMAT = 1
TABLE, FILES = "table", "files"

VOLATILE = frozenset({"otps", "sessions", "idempotency", "limits", "jobs", "views"})
"""Tables whose rows expire and are cleared each day, to the last one on a quiet day: losing them says nothing. The
feed in `views` lasts an hour; that a summary is missing there, a full check of the data finds."""


@dataclass(frozen=True)
class Part:
    """One packed object: some lines of a table or inventory, in order. Sizes are in bytes.

    `sha256` is of the object as it is stored, `content` of the lines in it. `first` and `last` are the
    partition keys at its ends, by which a restore of one record finds the parts that it needs.
    """

    name: str
    sha256: str
    content: str
    lines: int
    size: int
    packed: int
    first: str
    last: str


@dataclass(frozen=True)
class Series:
    """A table, or the inventory of a container (`kind`), as a series of parts.

    `reread` partitions were half-seen at first and read again; `unsettled` ones contradicted themselves each
    time, so that the fault is in the data and not in the reading.
    """

    kind: str
    name: str
    parts: tuple[Part, ...]
    reread: int = 0
    unsettled: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        """Rows, or files."""
        return sum(part.lines for part in self.parts)

    @property
    def size(self) -> int:
        """Bytes, unpacked."""
        return sum(part.size for part in self.parts)

    @property
    def digest(self) -> str:
        """The rolling digest over the parts in their order."""
        digest = ""
        for part in self.parts:
            digest = rolled(digest, part.content)
        return digest


@dataclass(frozen=True)
class Manifest:
    """A finished backup. `taken` is when its reading began: nothing newer than that is promised to be in it."""

    id: str
    taken: datetime
    finished: datetime
    series: tuple[Series, ...]
    suspects: tuple[str, ...] = ()
    previous: str | None = None

    def rows(self) -> int:
        """The rows of all tables."""
        return sum(series.lines for series in self.tables())

    def tables(self) -> list[Series]:
        """The tables."""
        return [series for series in self.series if series.kind == TABLE]

    def inventories(self) -> list[Series]:
        """The containers."""
        return [series for series in self.series if series.kind == FILES]

    def one(self, kind: str, name: str) -> Series | None:
        """One of them."""
        return next((s for s in self.series if (s.kind, s.name) == (kind, name)), None)


def manifest_to_record(manifest: Manifest) -> dict[str, Any]:
    """As it is sealed."""
    return {
        "format": FORMAT,
        "id": manifest.id,
        "taken": iso(manifest.taken),
        "finished": iso(manifest.finished),
        "previous": manifest.previous,
        "suspects": list(manifest.suspects),
        "series": [
            {
                "kind": series.kind,
                "name": series.name,
                "lines": series.lines,
                "digest": series.digest,
                "reread": series.reread,
                "unsettled": list(series.unsettled),
                "parts": [asdict(part) for part in series.parts],
            }
            for series in manifest.series
        ],
    }


def manifest_from_record(record: Mapping[str, Any], *, name: str) -> Manifest:
    """As it was sealed. Raises BackupDamaged if its sums don't hold, or it is of a later format."""
    try:
        if record["format"] != FORMAT:
            raise BackupDamaged(f"{name} has a format that this version doesn't know: {record['format']}.")
        series = tuple(_series(said) for said in record["series"])
        if any(
            (s.lines, s.digest) != (said["lines"], said["digest"])
            for s, said in zip(series, record["series"], strict=True)
        ):
            raise BackupDamaged(f"{name}: the parts don't add up to their table.", details={"object": name})
        return Manifest(
            id=record["id"],
            taken=moment(record["taken"]),
            finished=moment(record["finished"]),
            series=series,
            suspects=tuple(record["suspects"]),
            previous=record["previous"],
        )
    except (KeyError, TypeError):
        raise BackupDamaged(f"{name} lacks a part.", details={"object": name}) from None


def _series(said: Mapping[str, Any]) -> Series:
    parts = tuple(Part(**part) for part in said["parts"])
    return Series(said["kind"], said["name"], parts, said["reread"], tuple(said["unsettled"]))


@dataclass(frozen=True)
class Shrinking:
    """When fewer rows than last time are suspicious: more than `share` of them gone, and at least `rows`."""

    share: float = 0.2
    rows: int = 20


_RULE = Shrinking()


def suspects_in(series: Sequence[Series], *, before: Manifest | None, rule: Shrinking = _RULE) -> tuple[str, ...]:
    """What a person should look at before trusting this backup (cases.md 23), in sentences."""
    found = [
        f"{s.name}: {len(s.unsettled)} partitions contradict themselves: {', '.join(s.unsettled[:5])}"
        for s in series
        if s.unsettled
    ]
    for s in series:
        old = before.one(s.kind, s.name) if before else None
        if old and _shrank(s, old.lines, rule):
            found.append(f"{s.name} has {s.lines:,} rows, and had {old.lines:,} in {before.id if before else ''}")
    return tuple(found)


def _shrank(series: Series, before: int, rule: Shrinking) -> bool:
    lost = before - series.lines
    emptied = before > 0 and not series.lines
    return series.name not in VOLATILE and (emptied or (lost >= rule.rows and lost > before * rule.share))
