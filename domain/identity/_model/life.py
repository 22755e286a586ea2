"""The life of an account: pending, active, deactivated, and which step leads where. A table, and its rules.

domain.md "Sign-in": a CP is Pending until an Admin activates it, and may be deactivated with a reason.
"""

from __future__ import annotations

from dataclasses import replace

from domain.errors import Fault
from domain.identity._model.person import Person, PersonStatus
from domain.identity.errors import PersonStatusChangeNotAllowed, ReasonMissing

STEPS: dict[PersonStatus, frozenset[PersonStatus]] = {
    PersonStatus.PENDING: frozenset({PersonStatus.ACTIVE, PersonStatus.DEACTIVATED}),
    PersonStatus.ACTIVE: frozenset({PersonStatus.DEACTIVATED}),
    PersonStatus.DEACTIVATED: frozenset({PersonStatus.ACTIVE}),
}
"""Who waits may also be turned down; who was deactivated may come back."""

MIN_REASON = 10


def with_status(person: Person, status: PersonStatus) -> Person:
    """The person with the new status; a deactivation ends its sessions by beginning a new generation.

    Raises PersonStatusChangeNotAllowed.
    """
    if status not in STEPS[person.status]:
        said = f"{person.name} is {person.status.lower()} and can't become {status.lower()} from there."
        allowed = sorted(str(step) for step in STEPS[person.status])
        raise PersonStatusChangeNotAllowed(said, details={"status": str(person.status), "allowed": allowed})
    ended = 1 if status is PersonStatus.DEACTIVATED else 0
    return replace(person, status=status, generation=person.generation + ended)


def check_reason(reason: str | None) -> str:
    """The reason of a deactivation, which somebody will read later. Raises ReasonMissing."""
    text = (reason or "").strip()
    if len(text) >= MIN_REASON:
        return text
    message = f"Say why, in at least {MIN_REASON} characters."
    raise ReasonMissing(message, faults=[Fault("reason", message)])
