"""Changing a lead's status with everything that depends on it: commission, acceptance (domain.md)."""

from __future__ import annotations

from dataclasses import replace

from domain.commissions import commission_for
from domain.errors import Fault
from domain.leads import (
    ACCEPTED_OR_LATER,
    WON_OR_LATER,
    Changed,
    Decision,
    LeadFile,
    LeadInvalid,
    LeadStatus,
    StatusChange,
    change_lead,
    check_move,
    honour_if_match,
    move_notes,
    moved,
    plain,
    require_version,
)
from domain.ports import Ports
from domain.quotations import Quotation, QuotationStatus, quotations_in, withdrawal
from domain.sales.errors import AcceptedQuotationMissing, OverrideNotPossible
from domain.store import Write
from domain.timeline import Act, Note, Plain, changes_between
from domain.values import iso


async def change_status(*, ports: Ports, lead_id: str, change: StatusChange, act: Act) -> Changed:
    """Move one of the actor's own leads. Finalizing to *Won* creates the commission in the same transaction;
    an override that sends the lead back from *Customer Accepted* withdraws the acceptance in it.

    Finalizing and overriding are critical: they need `act.version`. Raises LeadNotFound,
    StatusChangeNotAllowed, OverrideNotAllowed, VersionRequired, VersionStale, LeadInvalid,
    AcceptedQuotationMissing, OverrideNotPossible, LeadUnassigned, StorageUnavailable.
    """

    def decide(file: LeadFile) -> Decision:
        critical = change.override or change.status is LeadStatus.WON
        check = require_version if critical else honour_if_match
        current = {**plain(file.lead), "version": file.lead.version}
        check(act=act, version=file.lead.version, current=current, yours=_asked(change))
        check_move(file.lead, change, act)
        decision = _move(file, change, act)
        if change.status is LeadStatus.WON:
            return _with_commission(file, decision, change, act)
        if change.override:
            return _with_consequences(file, decision, change, act)
        return decision

    return await change_lead(ports=ports, lead_id=lead_id, act=act, decide=decide)


def _asked(change: StatusChange) -> dict[str, Plain]:
    asked = {
        "status": str(change.status),
        "remarks": change.remarks,
        "followUpDate": change.follow_up_date.isoformat() if change.follow_up_date else None,
        "quotationRef": change.quotation_ref,
        "tokenNumber": change.token_number,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _move(file: LeadFile, change: StatusChange, act: Act) -> Decision:
    after = moved(file.lead, change, act)
    return Decision(after, move_notes(file.lead, after, change, act))


def _accepted(file: LeadFile) -> Quotation | None:
    return next((q for q in quotations_in(file) if q.status is QuotationStatus.ACCEPTED), None)


def _with_commission(file: LeadFile, decision: Decision, change: StatusChange, act: Act) -> Decision:
    accepted = _accepted(file)
    if accepted is None:
        raise AcceptedQuotationMissing(
            "No quotation of this lead is accepted. The customer has to accept a shared quotation first."
        )
    if change.quotation_ref != accepted.id:
        message = f"The accepted quotation is {accepted.id}; only that one can be finalized."
        raise LeadInvalid(faults=[Fault("quotationRef", message)])
    if file.lead.status in WON_OR_LATER:
        raise OverrideNotPossible(f"The lead is {file.lead.status} already and has its commission.")
    commission, write, created = commission_for(lead=file.lead, accepted=accepted, act=act)
    counted = changes_between(
        {"commissionCount": file.lead.commission_count}, {"commissionCount": file.lead.commission_count + 1}
    )
    created = replace(created, changes=(*created.changes, *counted))
    lead = replace(decision.lead, commission_count=file.lead.commission_count + 1)
    return Decision(lead, (*decision.notes, created), (write,), result=commission.id)


def _with_consequences(file: LeadFile, decision: Decision, change: StatusChange, act: Act) -> Decision:
    """What a forced move to another status than *Won* entails."""
    before, after = file.lead.status, change.status
    accepted = _accepted(file)
    if after in ACCEPTED_OR_LATER:
        if before not in WON_OR_LATER or after not in WON_OR_LATER:
            raise OverrideNotPossible(
                f"A lead can't be forced from {before} to {after}: "
                "the customer's acceptance and the commission come first."
            )
        return decision
    if before in WON_OR_LATER:
        raise OverrideNotPossible(f"A lead that is {before} has a commission and can't be sent back yet.")
    if accepted is None:
        return decision
    reason = f"{act.actor.name} sent the lead back to {after} at {iso(act.at)}: {change.override_reason}"
    write, note = withdrawal(file, accepted, reason, act)
    writes: tuple[Write, ...] = (write,)
    notes: tuple[Note, ...] = (*decision.notes, note)
    return Decision(decision.lead, notes, writes)
