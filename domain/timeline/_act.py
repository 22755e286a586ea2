"""Who changes something, when, and by which request: what every write use case is told about its caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.values import Actor


@dataclass(frozen=True)
class Act:
    """One intended change.

    `write_id` is new for each intended change and stays the same when the same request is carried out
    again. `proof` is set if the client sent an Idempotency-Key: a row of that name is stored in the change's
    own transaction, so that a repetition finds that the change has landed. `version` is the version that
    the client says it saw (`If-Match` or the body's `version`), if it said so; `exact` if it came in
    `If-Match`, which is honoured on ordinary changes too: another version then refuses. `bulk` if it is one of
    many: what it overwrites is then told in the change's own entry, so that each lead has one (cases.md 9).
    """

    actor: Actor
    at: datetime
    write_id: str
    proof: str | None = None
    version: int | None = None
    exact: bool = False
    bulk: bool = False
