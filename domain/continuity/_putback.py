"""Putting a lead's fields back to what they were: a change like any other, on its timeline, for a reason.

What was can come from the lead's own timeline (as of a moment) or from a backup. History isn't rewritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.continuity.errors import RestoreConflict, RestoreInvalid
from domain.leads import (
    ACCEPTED_OR_LATER,
    Decision,
    Lead,
    LeadFile,
    LeadStatus,
    change_lead,
    lead_from_row,
    own_file,
    plain,
    timeline_of,
)
from domain.ports import Ports
from domain.store import Row
from domain.timeline import Act, Change, Note, Plain, Provenance, changes_between, fold, overwritten, up_to
from domain.values import Actor, iso, system

RESTORER: Actor = system("restore")
MIN_REASON = 10

PUT_BACK = frozenset(
    {
        *("customerName", "email", "address", "city", "state", "pinCode", "services", "requirements"),
        *("source", "followUpDate", "remarks", "assignedTo", "assignedName"),
        *("status", "quotationRef", "tokenNumber"),
    }
)
"""What is put back. Who the customer is, and at which phone, has procedures of its own (domain.md "Customer and
phone"); counters only grow, since ids are made from them; how the lead came into being never changes."""


@dataclass(frozen=True)
class PutBack:
    """What was changed, or in a dry run would be; nothing if the lead already was like that."""

    lead_id: str
    changes: tuple[Change, ...]
    version: int


async def put_back_as_of(*, ports: Ports, lead_id: str, at: datetime, reason: str, dry_run: bool) -> PutBack:
    """Give a lead the values that it had at a moment, by its own timeline.

    Raises LeadNotFound, RestoreInvalid (it wasn't there yet; no reason), RestoreConflict (see `changed_back`).
    """
    entries = await timeline_of(store=ports.store, lead_id=lead_id, actor=RESTORER)
    then = up_to(entries, at)
    if not then:
        raise RestoreInvalid(f"{lead_id} wasn't there yet at {iso(at)}; it begins at {iso(entries[0].at)}.")
    values = fold(then)
    note = f"Put back to what it was at {iso(at)}, version {then[-1].version}"
    facts: dict[str, Plain] = {"asOf": iso(at), "version": then[-1].version}
    return await _put_back(ports, lead_id, values, note=note, facts=facts, reason=reason, dry_run=dry_run)


async def put_back_from(*, ports: Ports, row: Row, backup_id: str, reason: str, dry_run: bool) -> PutBack:
    """Give a lead the values that its row has in a backup, over newer ones. Raises as `put_back_as_of`."""
    kept = lead_from_row(row)
    note = f"Restored from the backup {backup_id}, version {kept.version}"
    facts: dict[str, Plain] = {"backup": backup_id, "version": kept.version}
    return await _put_back(ports, kept.id, plain(kept), note=note, facts=facts, reason=reason, dry_run=dry_run)


async def _put_back(
    ports: Ports,
    lead_id: str,
    values: Mapping[str, Plain],
    *,
    note: str,
    facts: Mapping[str, Plain],
    reason: str,
    dry_run: bool,
) -> PutBack:
    check_reason(reason)
    act = Act(actor=RESTORER, at=ports.clock.now(), write_id=ports.ids.unique())

    def decide(file: LeadFile) -> Decision | None:
        after, changes = changed_back(file.lead, values)
        if not changes:
            return None
        action = "RestoredFromBackup" if "backup" in facts else "PutBack"
        who = file.lead.provenance
        notes = note_of(action, note, changes, provenance=who, act=act, reason=reason, facts=facts)
        return Decision(after, notes)

    file = await own_file(store=ports.store, lead_id=lead_id, actor=RESTORER)
    _, changes = changed_back(file.lead, values)
    if dry_run or not changes:
        return PutBack(lead_id, changes, file.lead.version)
    changed = await change_lead(ports=ports, lead_id=lead_id, act=act, decide=decide)
    return PutBack(lead_id, changes, changed.file.lead.version)


def check_reason(reason: str) -> str:
    """The reason, if it says something. Raises RestoreInvalid."""
    if len(reason.strip()) < MIN_REASON:
        raise RestoreInvalid.field("reason", f"Say why, in at least {MIN_REASON} characters: it is kept for good.")
    return reason.strip()


def note_of(
    action: str,
    message: str,
    changes: Sequence[Change],
    *,
    provenance: Provenance,
    act: Act,
    reason: str,
    facts: Mapping[str, Plain],
) -> tuple[Note, ...]:
    """The entry with the reason, and one for each value of somebody else's that is overwritten."""
    lost = overwritten(changes, provenance, act)
    told = {entry.changes[0].field for entry in lost}
    own = [change for change in changes if change.field not in told]
    return (Note(action, message, own, check_reason(reason), facts), *lost)


def changed_back(lead: Lead, values: Mapping[str, Plain]) -> tuple[Lead, tuple[Change, ...]]:
    """The lead with these values, and what that changes. Pure.

    Raises RestoreConflict if an acceptance lies between: quotations and commissions hang on it, so it is
    withdrawn by a status change with override, which does all that belongs to it.
    """
    status = LeadStatus(str(values["status"]))
    if status is not lead.status and {status, lead.status} & ACCEPTED_OR_LATER:
        raise RestoreConflict(
            f"{lead.id} is {lead.status} and was {status} then. An acceptance lies between, on which quotations "
            "and a commission hang. Change the status first (with override), then put the lead back."
        )
    after = replace(
        lead,
        customer_name=str(values["customerName"]),
        email=values.get("email"),
        address=str(values["address"]),
        city=values.get("city"),
        state=values.get("state"),
        pin_code=values.get("pinCode"),
        services=tuple(values.get("services") or ()),
        requirements=values.get("requirements"),
        source=values.get("source"),
        follow_up_date=date.fromisoformat(values["followUpDate"]) if values.get("followUpDate") else None,
        remarks=values.get("remarks"),
        assigned_to=values.get("assignedTo"),
        assigned_name=values.get("assignedName"),
        status=status,
        quotation_ref=values.get("quotationRef"),
        token_number=values.get("tokenNumber"),
    )
    changes = changes_between(plain(lead), plain(after))
    return after, tuple(change for change in changes if change.field in PUT_BACK)
