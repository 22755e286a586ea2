"""Writes on quotations: create, share, accept, reject, withdraw, expire. Each is one transaction of the lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hmac import compare_digest

from domain.leads import (
    ACCEPTABLE_FROM,
    ACCEPTED_OR_LATER,
    TERMINAL,
    Decision,
    Lead,
    LeadFile,
    LeadStatus,
    change_lead,
    honour_if_match,
)
from domain.ports import Ports
from domain.quotations._change import change_quotation, check_open, closed, one_change, replacing
from domain.quotations._model import MAX_OPEN, OPEN, Quotation, QuotationStatus, plain
from domain.quotations._rows import quotation_from_row, quotation_key, quotation_write, quotations_in
from domain.quotations.errors import (
    LeadNotAcceptable,
    LeadNotQuotable,
    QuotationChanged,
    QuotationLimitReached,
    QuotationNotShareable,
)
from domain.store import Write
from domain.timeline import Act, Note, Plain, changes_between
from domain.values import MAX_PER_LEAD, Money, day_in_india, id_within


@dataclass(frozen=True)
class Offer:
    """What pricing computed, as a quotation keeps it."""

    configuration: Mapping[str, Plain]
    price: Mapping[str, Plain]
    system_price: Money
    add_on_total: Money
    customer_pays: Money
    catalogue_version: int
    validity_days: int


async def create_quotation(*, ports: Ports, lead_id: str, offer: Offer, act: Act) -> tuple[LeadFile, Quotation]:
    """Store an offer as a *Created* quotation of a lead.

    Raises LeadNotFound, LeadNotQuotable, QuotationLimitReached, StorageUnavailable.
    """

    def decide(file: LeadFile) -> Decision:
        _check_quotable(file)
        sequence = file.lead.quotation_count + 1
        quotation = _created(file.lead, sequence, offer, act)
        note = Note(
            "QuotationCreated",
            f"{act.actor.name} made quotation {quotation.id}",
            changes=(
                *changes_between({}, plain(quotation), part=quotation.id),
                *changes_between({"quotationCount": sequence - 1}, {"quotationCount": sequence}),
            ),
        )
        lead = replace(file.lead, quotation_count=sequence)
        return Decision(lead, (note,), (quotation_write(quotation, None),), result=quotation.id)

    changed = await change_lead(ports=ports, lead_id=lead_id, act=act, decide=decide)
    return changed.file, quotation_from_row(changed.file.parts[quotation_key(str(changed.result))])


def _check_quotable(file: LeadFile) -> None:
    if file.lead.status in ACCEPTED_OR_LATER | TERMINAL:
        raise LeadNotQuotable(f"No more quotations can be made for a lead in status {file.lead.status}.")
    if file.lead.quotation_count >= MAX_PER_LEAD:
        raise QuotationLimitReached(f"A lead has at most {MAX_PER_LEAD} quotations.")
    if sum(q.status in OPEN for q in quotations_in(file)) >= MAX_OPEN:
        raise QuotationLimitReached(f"A lead has at most {MAX_OPEN} open quotations. Withdraw some first.")


def _created(lead: Lead, sequence: int, offer: Offer, act: Act) -> Quotation:
    return Quotation(
        id=id_within(lead.id, "QUOT", sequence),
        lead_id=lead.id,
        status=QuotationStatus.CREATED,
        configuration=offer.configuration,
        price=offer.price,
        system_price=offer.system_price,
        add_on_total=offer.add_on_total,
        customer_pays=offer.customer_pays,
        catalogue_version=offer.catalogue_version,
        valid_until=last_valid_day(day_in_india(act.at), offer.validity_days),
        created_at=act.at,
        created_by=act.actor.id,
        created_by_name=act.actor.name,
        version=lead.version + 1,
    )


def last_valid_day(made_on: date, validity_days: int) -> date:
    """The last day in India on which a quotation made on that day can be accepted."""
    return made_on + timedelta(days=validity_days)


async def share_quotation(*, ports: Ports, quotation_id: str, act: Act) -> tuple[LeadFile, Quotation]:
    """Let the customer see a *Created* quotation; from then on nothing in it can change.

    Sharing a shared one again changes nothing. Raises QuotationNotFound, QuotationNotShareable,
    LeadNotQuotable.
    """

    def decide(file: LeadFile, quotation: Quotation) -> Decision | None:
        honour_if_match(act=act, version=quotation.version, current=plain(quotation), yours={}, part=quotation.id)
        if quotation.status is QuotationStatus.SHARED:
            return None
        if quotation.status is not QuotationStatus.CREATED:
            raise QuotationNotShareable(
                f"A quotation in status {quotation.status} can't be shared; only a Created one can.",
                details={"status": str(quotation.status)},
            )
        if file.lead.status in ACCEPTED_OR_LATER | TERMINAL:
            raise LeadNotQuotable(f"No quotation can be shared for a lead in status {file.lead.status}.")
        after = replace(quotation, status=QuotationStatus.SHARED, shared_at=act.at)
        said = f"{act.actor.name} shared quotation {quotation.id} with the customer"
        return one_change(file, quotation, after, "QuotationShared", said)

    return await change_quotation(ports=ports, quotation_id=quotation_id, act=act, decide=decide)


async def accept_quotation(
    *, ports: Ports, quotation_id: str, content_hash: str | None = None, act: Act
) -> tuple[LeadFile, Quotation]:
    """The customer accepts a shared quotation: it becomes *Accepted*, all other open ones of the lead
    *Rejected* and the lead *Customer Accepted*, in one transaction (mission.md §4, domain.md "Quotation").

    The same customer's repeat gets the same answer and changes nothing. Raises QuotationNotFound,
    QuotationNotOpen, QuotationExpired, QuotationChanged, LeadNotAcceptable, StorageUnavailable.
    """

    def decide(file: LeadFile, quotation: Quotation) -> Decision | None:
        if content_hash is not None and not compare_digest(content_hash, quotation.content_hash):
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
        rejected = closed(other, QuotationStatus.REJECTED, f"{quotation.id} was accepted instead", act, version)
        writes.append(replacing(file, rejected))
        changes = changes_between(plain(other), plain(rejected), part=other.id)
        notes.append(
            Note("QuotationRejected", f"Quotation {other.id} was rejected", changes, reason=rejected.closed_reason)
        )
    return Decision(lead, tuple(notes), tuple(writes))


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


def withdrawal(file: LeadFile, quotation: Quotation, reason: str, act: Act) -> tuple[Write, Note]:
    """What withdrawing an accepted quotation writes, when its lead is sent back by an override. Pure."""
    version = file.lead.version + 1
    after = closed(quotation, QuotationStatus.WITHDRAWN, reason, act, version)
    changes = changes_between(plain(quotation), plain(after), part=quotation.id)
    said = f"The acceptance of quotation {quotation.id} was withdrawn"
    return replacing(file, after), Note("AcceptanceWithdrawn", said, changes, reason=reason)
