"""The form of what is said of backups and of who writes."""

from __future__ import annotations

from functions.models.fields import Shape


class BackupReply(Shape):
    """One backup. `rows`, `tables` and `files` are null where its manifest couldn't be read."""

    id: str
    condition: str
    problem: str | None
    taken: str
    verified_at: str | None
    rows: int | None
    tables: dict[str, int] | None
    files: dict[str, int] | None
    suspects: list[str]


class BackupsReply(Shape):
    """All backups, newest first."""

    items: list[BackupReply]
    total: int


class RunReply(Shape):
    """A run of the backup: how far it is and at what rate; with `verified`, what this call came to."""

    id: str
    state: str
    started_at: str
    at: str
    rows: int
    bytes: int
    rows_per_second: int | None
    doing: str
    tries: int
    fault: str | None
    expected_rows: int | None = None
    seconds_left: int | None = None
    verified: bool | None = None
    suspects: list[str] | None = None


class EpochReply(Shape):
    """Who may write, since when."""

    number: int
    holder: str
    since: str


class ContinuityReply(Shape):
    """How things stand; `healthy` if nobody needs to act."""

    at: str
    healthy: bool
    warnings: list[str]
    mode: str
    instance: str
    epoch: EpochReply | None
    last_sync: str | None
    expected_loss_seconds: int | None
    newest_verified: BackupReply | None
    age_hours: float | None
    run: RunReply | None


class Contradiction(Shape):
    """An invariant that the copied data don't keep."""

    rule: str
    ids: list[str]
    text: str


class Contradictions(Shape):
    """How many there are, and the first of them. Only a full check looks for them."""

    count: int
    items: list[Contradiction]


class CheckReply(Shape):
    """What a check of a backup read, and every fault it found."""

    id: str
    depth: str
    parts: int
    rows: int
    bytes: int
    files: int
    faults: list[str]
    contradictions: Contradictions
