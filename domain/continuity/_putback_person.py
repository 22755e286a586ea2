"""Putting a person's profile back to what it is in a backup: a change on the timeline, for a reason."""

from __future__ import annotations

from dataclasses import replace

from domain.continuity._putback import RESTORER, PutBack, note_of
from domain.identity import (
    Person,
    PersonDecision,
    change_person,
    person,
    person_from_row,
    plain_person,
)
from domain.ports import Ports
from domain.store import Row
from domain.timeline import Act, changes_between
from domain.values import Role

_ANYBODY = frozenset(Role)


async def put_back_person(*, ports: Ports, row: Row, backup_id: str, reason: str, dry_run: bool) -> PutBack:
    """Give a person the profile and the KAM that its row has in a backup, over newer values.

    What one signs in with and whether one may isn't put back: an old password or an activation that was taken away
    since would let somebody in again. Raises RestoreInvalid (no reason), RestoreConflict.
    """
    kept = person_from_row(row)
    act = Act(actor=RESTORER, at=ports.clock.now(), write_id=ports.ids.unique())

    def decide(now: Person, rows: object) -> PersonDecision | None:
        after = _with_profile(now, kept)
        changes = changes_between(plain_person(now), plain_person(after))
        if not changes:
            return None
        notes = note_of(
            "RestoredFromBackup",
            f"Restored from the backup {backup_id}, version {kept.version}",
            changes,
            provenance=now.provenance,
            act=act,
            reason=reason,
            facts={"backup": backup_id, "version": kept.version},
        )
        return PersonDecision(after, notes)

    now = await person(store=ports.store, person_id=kept.id)
    changes = changes_between(plain_person(now), plain_person(_with_profile(now, kept)))
    if dry_run or not changes:
        return PutBack(kept.id, changes, now.version)
    after = await change_person(ports=ports, person_id=kept.id, among=_ANYBODY, act=act, decide=decide)
    return PutBack(kept.id, changes, after.version)


def _with_profile(now: Person, kept: Person) -> Person:
    return replace(
        now,
        name=kept.name,
        address=kept.address,
        city=kept.city,
        state=kept.state,
        pin_code=kept.pin_code,
        kam_id=kept.kam_id,
    )
