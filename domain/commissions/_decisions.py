"""What may happen to a commission and what it becomes: made, approved, paid, ended. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.commissions._model import (
    Approval,
    Clawback,
    Commission,
    Payout,
    clawback_id,
    plain,
    plain_clawback,
)
from domain.commissions._payment import Payment
from domain.commissions._rows import clawback_write, commission_key, commission_write
from domain.commissions._status import MOVES, CommissionStatus
from domain.commissions.errors import (
    CommissionInvalid,
    CommissionLimitReached,
    CommissionMoveNotAllowed,
    LeadNotExecuted,
    LeadUnassigned,
    PayeeMayNotDecide,
)
from domain.errors import Fault
from domain.leads import Lead, LeadFile, LeadStatus
from domain.quotations import Quotation
from domain.store import Write
from domain.timeline import Act, Note, changes_between
from domain.values import MAX_PER_LEAD, ZERO, Money, day_in_india, id_within


def commission_for(*, lead: Lead, accepted: Quotation, act: Act) -> tuple[Commission, Write, Note]:
    """The commission that winning this lead creates, its row and its entry: the accepted quotation's dealer
    add-on total, for the CP that owns the lead now (domain.md "Commission").

    Raises LeadUnassigned, CommissionLimitReached.
    """
    if lead.assigned_to is None:
        raise LeadUnassigned("Assign the lead to a channel partner before finalizing it to Won.")
    if lead.commission_count >= MAX_PER_LEAD:
        raise CommissionLimitReached(f"A lead can be won at most {MAX_PER_LEAD} times.")
    commission = Commission(
        id=id_within(lead.id, "COMM", lead.commission_count + 1),
        lead_id=lead.id,
        quotation_id=accepted.id,
        partner_id=lead.assigned_to,
        partner_name=lead.assigned_name or lead.assigned_to,
        amount=accepted.add_on_total,
        status=CommissionStatus.PENDING,
        created_at=act.at,
        version=lead.version + 1,
    )
    note = Note(
        "CommissionCreated",
        f"Commission {commission.id} of {commission.amount} for {commission.partner_name}",
        changes=changes_between({}, plain(commission), part=commission.id),
    )
    return commission, commission_write(commission, None), note


def approved(
    lead: Lead, commission: Commission, *, amount: Money | None, reason: str | None, act: Act
) -> Commission:
    """The commission after its approval. The amount is the commission's own unless another is given, with a
    reason. Raises PayeeMayNotDecide, CommissionMoveNotAllowed, LeadNotExecuted, CommissionInvalid."""
    _check(commission, CommissionStatus.APPROVED, act)
    if lead.status is not LeadStatus.EXECUTED:
        raise LeadNotExecuted(
            f"A commission is approved once its lead is Executed; {lead.id} is {lead.status}.",
            details={"leadStatus": str(lead.status)},
        )
    amount = commission.amount if amount is None else amount
    faults = []
    if amount < ZERO:
        faults.append(Fault("approvedAmount", "The approved amount can't be negative."))
    if amount != commission.amount and not reason:
        said = f"Say why another amount than {commission.amount} is approved."
        faults.append(Fault("reason", said))
    if faults:
        raise CommissionInvalid("The approval isn't complete.", faults=faults)
    approval = Approval(amount=amount, at=act.at, by=act.actor.id, by_name=act.actor.name, reason=reason)
    return replace(commission, status=CommissionStatus.APPROVED, approval=approval)


def paid(commission: Commission, payment: Payment, act: Act) -> Commission:
    """The commission after it was marked paid.

    Raises PayeeMayNotDecide, CommissionMoveNotAllowed, CommissionInvalid.
    """
    _check(commission, CommissionStatus.PAID, act)
    first = day_in_india(commission.approval.at) if commission.approval else date.max
    last = day_in_india(act.at)
    if not first <= payment.on <= last:
        message = f"The payment date must be from {first} (the approval) to {last} (today), in India."
        raise CommissionInvalid(message, faults=[Fault("paymentDate", message)])
    payout = Payout(payment=payment, at=act.at, by=act.actor.id, by_name=act.actor.name)
    return replace(commission, status=CommissionStatus.PAID, payout=payout)


def _check(commission: Commission, to: CommissionStatus, act: Act) -> None:
    # A person who has two accounts, as staff and as partner, can't be recognised here; only the same account can.
    if act.actor.id == commission.partner_id:
        raise PayeeMayNotDecide("Nobody approves or pays their own commission.")
    if commission.is_live and to in MOVES[commission.status]:
        return
    state = "clawed back" if commission.is_clawed_back else str(commission.status)
    raise CommissionMoveNotAllowed(
        f"A commission that is {state} can't become {to}.",
        details={"status": str(commission.status), "clawedBack": commission.is_clawed_back},
    )


def ended(file: LeadFile, commission: Commission, reason: str, act: Act) -> tuple[list[Write], list[Note]]:
    """What it takes to end a live commission whose lead is forced back from *Won*: a pending one is voided,
    an approved or paid one is matched by a clawback."""
    after = replace(commission, ended_at=act.at, ended_reason=reason, version=file.lead.version + 1)
    if commission.status is CommissionStatus.PENDING:
        after = replace(after, status=CommissionStatus.VOIDED)
        note = _note("CommissionVoided", f"Commission {after.id} was voided", commission, after, reason)
        return [replacing(file, after)], [note]
    clawback = Clawback(
        id=clawback_id(commission.id),
        commission_id=commission.id,
        partner_id=commission.partner_id,
        amount=ZERO - commission.owed,
        of_status=commission.status,
        reason=reason,
        created_at=act.at,
        version=after.version,
    )
    said = f"Commission {after.id} was clawed back: {clawback.amount} for {commission.partner_name}"
    note = _note("CommissionClawedBack", said, commission, after, reason)
    made = changes_between({}, plain_clawback(clawback), part=clawback.id)
    return [replacing(file, after), clawback_write(clawback)], [replace(note, changes=(*note.changes, *made))]


def _note(action: str, said: str, before: Commission, after: Commission, reason: str | None) -> Note:
    return Note(action, said, changes_between(plain(before), plain(after), part=after.id), reason=reason)


def replacing(file: LeadFile, commission: Commission) -> Write:
    """The write that stores a changed commission in place of the one in the file."""
    return commission_write(commission, file.parts[commission_key(commission.id)])
