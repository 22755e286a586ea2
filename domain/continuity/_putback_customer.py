"""Putting a customer's profile back to what it is in a backup: a change on the timeline, for a reason."""

from __future__ import annotations

from dataclasses import replace

from domain.continuity._putback import RESTORER, PutBack, note_of
from domain.continuity.errors import RestoreConflict
from domain.customers import Customer, CustomerDecision, change_customer, customer_from_row, plain, read_customer
from domain.ports import Ports
from domain.store import Row
from domain.timeline import Act, changes_between


async def put_back_customer(*, ports: Ports, row: Row, backup_id: str, reason: str, dry_run: bool) -> PutBack:
    """Give a customer the profile that its row has in a backup, over newer values.

    Phones and merges aren't put back: they have procedures of their own (domain.md "Customer and phone").
    Raises RestoreInvalid (no reason), RestoreConflict (merged since).
    """
    kept = customer_from_row(row)
    act = Act(actor=RESTORER, at=ports.clock.now(), write_id=ports.ids.unique())

    def decide(customer: Customer) -> CustomerDecision | None:
        after = replace(customer, profile=kept.profile)
        changes = changes_between(plain(customer), plain(after))
        if not changes:
            return None
        message = f"Restored from the backup {backup_id}, version {kept.version}"
        facts = {"backup": backup_id, "version": kept.version}
        notes = note_of(
            "RestoredFromBackup",
            message,
            changes,
            provenance=customer.provenance,
            act=act,
            reason=reason,
            facts=facts,
        )
        return CustomerDecision(after, notes)

    now = await read_customer(store=ports.store, customer_id=kept.id)
    if now is None or now.merged_into:
        raise RestoreConflict(f"{kept.id} was merged into another customer since; undo the merge first.")
    changes = changes_between(plain(now), plain(replace(now, profile=kept.profile)))
    if dry_run or not changes:
        return PutBack(kept.id, changes, now.version)
    after = await change_customer(ports=ports, customer_id=kept.id, act=act, decide=decide)
    return PutBack(kept.id, changes, after.version)
