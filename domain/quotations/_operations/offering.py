"""Putting a quotation before the customer, and taking it back. Each is one transaction of the lead."""

from __future__ import annotations

from dataclasses import replace

from domain.leads import ACCEPTED_OR_LATER, TERMINAL, Decision, LeadFile, honour_if_match
from domain.ports import Ports
from domain.quotations._change import change_quotation, check_in_time, closed, one_change, replacing
from domain.quotations._model import Quotation, plain, seen
from domain.quotations._rows import quotations_in
from domain.quotations._status import QuotationStatus, Step, allows
from domain.quotations.errors import LeadNotQuotable, QuotationNotShareable, QuotationNotWithdrawable
from domain.store import Write
from domain.timeline import Act, Note, changes_between


async def share_quotation(*, ports: Ports, quotation_id: str, act: Act) -> tuple[LeadFile, Quotation]:
    """Let the customer see a *Created* quotation; from then on nothing in it can change. The one that it
    supersedes, if that is still open, is withdrawn in the same transaction.

    Sharing a shared one again changes nothing. Raises QuotationNotFound, QuotationNotShareable,
    QuotationExpired, LeadNotQuotable.
    """

    def decide(file: LeadFile, quotation: Quotation) -> Decision | None:
        honour_if_match(act=act, version=quotation.version, current=seen(quotation), yours={}, part=quotation.id)
        if quotation.status_at(act.at) is QuotationStatus.SHARED:
            return None
        if not allows(Step.SHARE, quotation.status):
            raise QuotationNotShareable(
                f"A quotation in status {quotation.status_at(act.at)} can't be shared; only a Created one can.",
                details={"status": str(quotation.status_at(act.at))},
            )
        check_in_time(quotation, act)
        if file.lead.status in ACCEPTED_OR_LATER | TERMINAL:
            raise LeadNotQuotable(f"No quotation can be shared for a lead in status {file.lead.status}.")
        after = replace(quotation, status=QuotationStatus.SHARED, shared_at=act.at)
        said = f"{act.actor.name} shared quotation {quotation.id} with the customer"
        decision = one_change(file, quotation, after, "QuotationShared", said)
        return _with_withdrawal_of_the_superseded(file, decision, after, act)

    return await change_quotation(ports=ports, quotation_id=quotation_id, act=act, decide=decide)


def _with_withdrawal_of_the_superseded(file: LeadFile, decision: Decision, shared: Quotation, act: Act) -> Decision:
    former = next((q for q in quotations_in(file) if q.id == shared.supersedes), None)
    if former is None or not allows(Step.WITHDRAW, former.status_at(act.at)):
        return decision
    reason = f"{shared.id} was shared in its place"
    write, note = withdrawal(file, former, reason, act, said=f"Quotation {former.id} was superseded by {shared.id}")
    return replace(decision, notes=(*decision.notes, note), writes=(*decision.writes, write))


async def withdraw_quotation(
    *, ports: Ports, quotation_id: str, reason: str, act: Act
) -> tuple[LeadFile, Quotation]:
    """Take an unanswered quotation back; a repeat changes nothing.

    Raises QuotationNotFound, QuotationNotWithdrawable.
    """

    def decide(file: LeadFile, quotation: Quotation) -> Decision | None:
        honour_if_match(act=act, version=quotation.version, current=seen(quotation), yours={}, part=quotation.id)
        status = quotation.status_at(act.at)
        if status is QuotationStatus.WITHDRAWN:
            return None
        if not allows(Step.WITHDRAW, status):
            raise QuotationNotWithdrawable(
                f"A quotation in status {status} can't be withdrawn.", details={"status": str(status)}
            )
        after = closed(quotation, QuotationStatus.WITHDRAWN, reason, act, quotation.version)
        said = f"{act.actor.name} withdrew quotation {quotation.id}"
        return one_change(file, quotation, after, "QuotationWithdrawn", said, reason=reason)

    return await change_quotation(ports=ports, quotation_id=quotation_id, act=act, decide=decide)


def withdrawal(
    file: LeadFile, quotation: Quotation, reason: str, act: Act, *, said: str | None = None
) -> tuple[Write, Note]:
    """What withdrawing a quotation writes as part of a larger change: an acceptance that an override takes
    back (`said` left out), or a quotation that another one supersedes. Pure."""
    version = file.lead.version + 1
    after = closed(quotation, QuotationStatus.WITHDRAWN, reason, act, version)
    changes = changes_between(plain(quotation), plain(after), part=quotation.id)
    action = "QuotationSuperseded" if said else "AcceptanceWithdrawn"
    said = said or f"The acceptance of quotation {quotation.id} was withdrawn"
    return replacing(file, after), Note(action, said, changes, reason=reason)
