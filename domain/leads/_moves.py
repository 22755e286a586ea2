"""Moving a lead from status to status: the checks of domain.md "Statuses" as pure decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from domain.errors import Fault
from domain.leads._model import Lead, follow_up_range, plain, tomorrow
from domain.leads._status import MAY_MOVE, MAY_OVERRIDE, MOVES, NEEDS_FOLLOW_UP, TERMINAL, LeadStatus
from domain.leads.errors import LeadInvalid, OverrideNotAllowed, StatusChangeNotAllowed
from domain.timeline import Act, Note, Plain, changes_between, overwritten

MIN_TEXT = 10
_TYPED = frozenset({"remarks", "followUpDate", "quotationRef", "tokenNumber"})


@dataclass(frozen=True)
class StatusChange:
    """What the client asks for. `override` forces any move and needs `override_reason` (≥ 10 characters)."""

    status: LeadStatus
    remarks: str
    follow_up_date: date | None = None
    quotation_ref: str | None = None
    token_number: str | None = None
    override: bool = False
    override_reason: str | None = None


def check_move(lead: Lead, change: StatusChange, act: Act) -> None:
    """Whether this move may be made by this actor, and whether all that it needs is there.

    Raises StatusChangeNotAllowed, OverrideNotAllowed, LeadInvalid (every fault at once).
    """
    check_override(change, act)
    free = change.status in MOVES[lead.status] and act.actor.role in MAY_MOVE
    if not change.override and not free:
        raise StatusChangeNotAllowed(_no_such_move(lead, change), details=_allowed(lead, change))
    faults = list(_faults(change, act))
    if faults:
        raise LeadInvalid("The status change isn't complete.", faults=faults)


def check_override(change: StatusChange, act: Act) -> None:
    """Whether this actor may force a move at all; said before its version is asked for (api.md, "Critical").
    Raises OverrideNotAllowed."""
    if change.override and act.actor.role not in MAY_OVERRIDE:
        raise OverrideNotAllowed("Only an Admin, or a KAM on its own CPs' leads, may force a status.")


def _no_such_move(lead: Lead, change: StatusChange) -> str:
    if change.status is LeadStatus.CUSTOMER_ACCEPTED:
        return "Only the customer moves a lead to status Customer Accepted, by accepting a shared quotation."
    allowed = ", ".join(MOVES[lead.status])
    return f"A lead in status {lead.status} can't move to {change.status}. " + (
        f"Allowed: {allowed}." if allowed else "No further move is possible without an override."
    )


def _allowed(lead: Lead, change: StatusChange) -> dict[str, Plain]:
    return {"from": lead.status, "to": change.status, "allowed": [str(s) for s in MOVES[lead.status]]}


def _faults(change: StatusChange, act: Act) -> list[Fault]:
    faults = []
    first, last = follow_up_range(act.at)
    if len(change.remarks.strip()) < MIN_TEXT:
        faults.append(Fault("remarks", f"Remarks of at least {MIN_TEXT} characters are needed."))
    if change.follow_up_date is None:
        if change.status in NEEDS_FOLLOW_UP:
            faults.append(Fault("followUpDate", f"A follow-up date is needed: {first} to {last}."))
    elif not first <= change.follow_up_date <= last:
        faults.append(Fault("followUpDate", f"The follow-up date must be from {first} to {last} (India)."))
    if change.status is LeadStatus.WON and not change.quotation_ref:
        faults.append(Fault("quotationRef", "The accepted quotation's id is needed to finalize to Won."))
    if change.status is LeadStatus.UNDER_EXECUTION and not change.token_number:
        faults.append(Fault("tokenNumber", "A token number (TKN- and digits) is needed for Under Execution."))
    if change.override and len((change.override_reason or "").strip()) < MIN_TEXT:
        faults.append(Fault("overrideReason", f"An override needs a reason of at least {MIN_TEXT} characters."))
    return faults


def moved(lead: Lead, change: StatusChange, act: Act) -> Lead:
    """The lead after a move that `check_move` let pass."""
    ends = change.status in TERMINAL
    return replace(
        lead,
        status=change.status,
        remarks=change.remarks.strip(),
        follow_up_date=None if ends else change.follow_up_date or tomorrow(act.at),
        quotation_ref=change.quotation_ref if change.status is LeadStatus.WON else lead.quotation_ref,
        token_number=change.token_number if change.status is LeadStatus.UNDER_EXECUTION else lead.token_number,
    )


def move_notes(before: Lead, after: Lead, change: StatusChange, act: Act) -> tuple[Note, ...]:
    """One entry for the move; one more for each value of somebody else's that it overwrites.

    The status itself moves by rule and isn't an overwrite; what people have typed is.
    """
    changes = changes_between(plain(before), plain(after))
    texts = [c for c in changes if c.field in _TYPED]
    lost = overwritten(texts, before.provenance, act)
    told = {note.changes[0].field for note in lost}
    how = "forced from" if change.override else "moved from"
    note = Note(
        "StatusChanged",
        f"{act.actor.name} {how} {before.status} to {after.status}",
        changes=[c for c in changes if c.field not in told],
        reason=change.override_reason.strip() if change.override and change.override_reason else None,
        facts={"forced": change.override},
    )
    return (note, *lost)
