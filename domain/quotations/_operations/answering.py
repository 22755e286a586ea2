"""The customer's answer to a shared quotation: accept or reject. Each is one transaction of the lead."""

from __future__ import annotations

from dataclasses import replace

from domain.leads import ACCEPTABLE_FROM, Decision, LeadFile, LeadStatus
from domain.ports import Ports
from domain.quotations._change import change_quotation, check_open, closed, one_change, replacing
from domain.quotations._model import Quotation, expired, plain
from domain.quotations._rows import quotations_in
from domain.quotations._status import OPEN, QuotationStatus
from domain.quotations.errors import LeadNotAcceptable, QuotationChanged
from domain.store import Write
from domain.timeline import Act, Note, changes_between


async def accept_quotation(
    *, ports: Ports, quotation_id: str, content_hash: str | None = None, act: Act
) -> tuple[LeadFile, Quotation]:
    """The customer accepts a shared quotation: it becomes *Accepted*, all other open ones of the lead
    *Rejected* and the lead *Customer Accepted*, in one transaction (mission.md §4, domain.md "Quotation").

    The same customer's repeat gets the same answer and changes nothing. Raises QuotationNotFound,
    QuotationNotOpen, QuotationExpired, QuotationChanged, LeadNotAcceptable, StorageUnavailable.
    """

    def decide(file: LeadFile, quotation: Quotation) -> Decision | None:
        if content_hash is not None and content_hash != quotation.content_hash:
            raise QuotationChanged("This isn't the quotation that you saw. Open it again.", details={})
        if quotation.status is QuotationStatus.ACCEPTED:
            return None
        check_open(quotation, act)
        if file.lead.status not in ACCEPTABLE_FROM:
            raise LeadNotAcceptable(
                f"A quotation can't be accepted while the lead is in status {file.lead.status}.",
                details={"status": str(file.lead.status)},
            )
        return acceptance(file, quotation, act)

    return await change_quotation(ports=ports, quotation_id=quotation_id, act=act, decide=decide)


def acceptance(file: LeadFile, quotation: Quotation, act: Act) -> Decision:
    """What accepting one quotation does to its lead and to the lead's other open quotations. Pure."""
    version = file.lead.version + 1
    accepted = replace(quotation, status=QuotationStatus.ACCEPTED, accepted_at=act.at, version=version)
    others = [q for q in quotations_in(file) if q.status in OPEN and q.id != quotation.id]
    lead = replace(file.lead, status=LeadStatus.CUSTOMER_ACCEPTED)
    status = changes_between({"status": str(file.lead.status)}, {"status": str(lead.status)})
    accept = Note(
        "QuotationAccepted",
        f"{act.actor.name} accepted quotation {quotation.id}",
        changes=(*status, *changes_between(plain(quotation), plain(accepted), part=quotation.id)),
    )
    writes: list[Write] = [replacing(file, accepted)]
    notes = [accept]
    for other in others:
        after, note = _closed_beside(other, quotation.id, act, version)
        writes.append(replacing(file, after))
        notes.append(note)
    return Decision(lead, tuple(notes), tuple(writes))


def _closed_beside(other: Quotation, accepted_id: str, act: Act, version: int) -> tuple[Quotation, Note]:
    """An open quotation of a lead of which another was accepted: rejected. One whose time is over has expired
    before that, even if the timer hasn't entered it yet (cases.md 12)."""
    if other.over_at(act.at) and other.status is QuotationStatus.SHARED:
        after, action = replace(expired(other), version=version), "QuotationExpired"
        said = f"Quotation {other.id} expired: it was valid until {other.valid_until}"
    else:
        after = closed(other, QuotationStatus.REJECTED, f"{accepted_id} was accepted instead", act, version)
        action, said = "QuotationRejected", f"Quotation {other.id} was rejected"
    changes = changes_between(plain(other), plain(after), part=other.id)
    return after, Note(action, said, changes, reason=after.closed_reason)


async def reject_quotation(
    *, ports: Ports, quotation_id: str, reason: str | None, act: Act
) -> tuple[LeadFile, Quotation]:
    """The customer turns a shared quotation down; a repeat changes nothing.

    Raises QuotationNotFound, QuotationNotOpen, QuotationExpired.
    """

    def decide(file: LeadFile, quotation: Quotation) -> Decision | None:
        if quotation.status is QuotationStatus.REJECTED:
            return None
        check_open(quotation, act)
        after = closed(quotation, QuotationStatus.REJECTED, reason, act, quotation.version)
        said = f"{act.actor.name} rejected quotation {quotation.id}"
        return one_change(file, quotation, after, "QuotationRejected", said, reason=reason)

    return await change_quotation(ports=ports, quotation_id=quotation_id, act=act, decide=decide)
