"""What a move of a lead entails for its quotations and its commission (domain.md "Lead", "Commission"). Pure.

After any move, forced or not:
- at most one quotation is Accepted, and one is exactly if the lead is *Customer Accepted* or later;
- the lead has one commission that is neither voided nor clawed back exactly if it is *Won* or later.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from domain.commissions import Commission, commission_for, commissions_in, ended
from domain.errors import Fault
from domain.leads import (
    ACCEPTED_OR_LATER,
    WON_OR_LATER,
    Decision,
    Lead,
    LeadFile,
    LeadInvalid,
    LeadStatus,
    StatusChange,
    move_notes,
    moved,
)
from domain.quotations import Quotation, QuotationStatus, acceptance, quotations_in, withdrawal
from domain.sales.errors import AcceptedQuotationMissing
from domain.store import Write
from domain.timeline import Act, Note
from domain.values import iso


@dataclass
class _Effects:
    """What is written and entered besides the lead itself."""

    writes: list[Write] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    made: str | None = None


def with_consequences(file: LeadFile, change: StatusChange, act: Act) -> Decision:
    """The decision for a move that `check_move` let pass.

    Raises AcceptedQuotationMissing, LeadInvalid, LeadUnassigned, CommissionLimitReached.
    """
    effects = _Effects()
    lead = moved(file.lead, change, act)
    accepted = _acceptance(file, change, act, effects)
    won = _commission(file, change, accepted, act, effects)
    if won:
        lead = replace(lead, commission_count=lead.commission_count + 1)
    lead = replace(lead, quotation_ref=_reference(lead, change, accepted))
    notes = (*move_notes(file.lead, lead, change, act), *effects.notes)
    return Decision(lead, notes, tuple(effects.writes), result=effects.made)


def _reference(lead: Lead, change: StatusChange, accepted: Quotation | None) -> str | None:
    if change.status in WON_OR_LATER and accepted:
        return accepted.id
    return lead.quotation_ref if accepted else None


def _acceptance(file: LeadFile, change: StatusChange, act: Act, effects: _Effects) -> Quotation | None:
    """The quotation that is Accepted after the move; withdrawing or entering an acceptance if need be."""
    accepted = next((q for q in quotations_in(file) if q.status is QuotationStatus.ACCEPTED), None)
    if change.status not in ACCEPTED_OR_LATER:
        if accepted:
            reason = f"{act.actor.name} sent the lead back to {change.status} at {iso(act.at)}: {_why(change)}"
            write, note = withdrawal(file, accepted, reason, act)
            effects.writes.append(write)
            effects.notes.append(note)
        return None
    if accepted:
        names_it = change.override or change.status is LeadStatus.WON
        if names_it and change.quotation_ref not in (None, accepted.id):
            raise _reference_wrong(f"The accepted quotation is {accepted.id}; only that one can be finalized.")
        return accepted
    return _entered(file, change, act, effects)


def _entered(file: LeadFile, change: StatusChange, act: Act, effects: _Effects) -> Quotation:
    """Enter the acceptance that the customer gave in another way: only an override gets here."""
    shared = [q for q in quotations_in(file) if q.status_at(act.at) is QuotationStatus.SHARED]
    if not change.override or not shared:
        raise AcceptedQuotationMissing(
            f"To be {change.status}, a lead needs a quotation that is accepted, or shared and still valid. "
            "Make one and share it first.",
            details={"from": str(file.lead.status), "to": str(change.status)},
        )
    chosen = next((q for q in shared if q.id == change.quotation_ref), None)
    if chosen is None:
        names = ", ".join(q.id for q in shared)
        raise _reference_wrong(f"Name the quotation that the customer accepted. Shared and valid: {names}.")
    decision = acceptance(file, chosen, act)
    effects.writes += decision.writes
    effects.notes += [_as_forced(note, chosen, change, act) for note in decision.notes]
    return chosen


def _as_forced(note: Note, chosen: Quotation, change: StatusChange, act: Act) -> Note:
    """The entry of an acceptance, where not the customer but an override made it; the lead's own move is
    entered by itself."""
    parts = [c for c in note.changes if "." in c.field]
    if note.action != "QuotationAccepted":
        return replace(note, changes=parts)
    said = f"{act.actor.name} entered the customer's acceptance of quotation {chosen.id}"
    return replace(note, action="AcceptanceForced", message=said, changes=parts, reason=_why(change))


def _commission(
    file: LeadFile, change: StatusChange, accepted: Quotation | None, act: Act, effects: _Effects
) -> Commission | None:
    """The commission that the move makes, if it makes one; or ends the one that there is."""
    live = next((c for c in commissions_in(file) if c.is_live), None)
    if change.status not in WON_OR_LATER:
        if live:
            writes, notes = ended(file, live, _why(change), act)
            effects.writes += writes
            effects.notes += notes
        return None
    if live or accepted is None:
        return None
    made, write, note = commission_for(lead=file.lead, accepted=accepted, act=act)
    effects.writes.append(write)
    effects.notes.append(note)
    effects.made = made.id
    return made


def _why(change: StatusChange) -> str:
    return (change.override_reason or change.remarks).strip()


def _reference_wrong(message: str) -> LeadInvalid:
    return LeadInvalid(message, faults=[Fault("quotationRef", message)])
