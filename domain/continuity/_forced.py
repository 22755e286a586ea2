"""A forced restore over newer values: for what has a timeline it is a change on it, never a row written over.

Some things a restore doesn't put back even by force, since they have procedures of their own that do all that
belongs to them: the reason of the conflict then names the procedure.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from domain.continuity._decisions import Decision, Fate
from domain.continuity._entity import row_of
from domain.continuity._putback import PutBack, put_back_from
from domain.continuity._putback_customer import put_back_customer
from domain.continuity._putback_person import put_back_person
from domain.continuity.errors import RestoreConflict
from domain.ports import Ports

_PUT_BACK: dict[str, Callable[..., Awaitable[PutBack]]] = {
    "leads": put_back_from,
    "customers": put_back_customer,
    "people": put_back_person,
}
_PROCEDURES = {
    "leads": "it differs only in what a restore doesn't put back: the customer, the phone, quotations, commissions",
    "customers": "it differs only in what a restore doesn't put back: change-phone, share-phone and merge do that",
    "people": "it differs only in what a restore doesn't put back: sign-in, password, activation (the portal does)",
    "masterdata": "prices go back by a change of their own: PATCH /masterdata/{kind}/{id}, or an import of its CSV",
    "settings": "settings go back by a change of their own: PATCH /settings",
}


async def put_back(
    kind: str, decision: Decision, *, ports: Ports, backup_id: str, reason: str, dry_run: bool
) -> Decision:
    """The decision about an aggregate's main row after force: overwritten by a change, or still a conflict, and
    why. Raises RestoreInvalid (no reason), StorageUnavailable."""
    carry_out = _PUT_BACK.get(kind)
    if carry_out is None:
        return Decision(decision.row, Fate.CONFLICT, reason=f"{decision.reason}; {_PROCEDURES[kind]}")
    try:
        done = await carry_out(
            ports=ports, row=row_of(decision.row), backup_id=backup_id, reason=reason, dry_run=dry_run
        )
    except RestoreConflict as conflict:
        return Decision(decision.row, Fate.CONFLICT, reason=conflict.message)
    if not done.changes:
        return Decision(decision.row, Fate.CONFLICT, reason=_PROCEDURES[kind])
    return Decision(decision.row, Fate.OVERWRITTEN)
