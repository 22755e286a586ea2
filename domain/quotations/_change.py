"""Changing one quotation within its lead's transaction: finding it, checking it, and the writes that store it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from domain.leads import Decision, LeadFile, LeadNotFound, change_lead
from domain.ports import Ports
from domain.quotations._model import Quotation, may_see_quotation, plain
from domain.quotations._rows import quotation_from_row, quotation_key, quotation_write
from domain.quotations._status import QuotationStatus, Step, allows
from domain.quotations.errors import QuotationExpired, QuotationNotFound, QuotationNotOpen
from domain.store import Write
from domain.timeline import Act, Note, changes_between
from domain.values import Actor, lead_of


async def change_quotation(
    *,
    ports: Ports,
    quotation_id: str,
    act: Act,
    decide: Callable[[LeadFile, Quotation], Decision | None],
) -> tuple[LeadFile, Quotation]:
    """Carry out a decision about one quotation; the lead's file and the quotation after it.

    Raises QuotationNotFound, what `decide` raises, StorageUnavailable.
    """
    lead_id = lead_of(quotation_id)
    if lead_id is None:
        raise quotation_not_found(quotation_id)
    try:
        changed = await change_lead(
            ports=ports,
            lead_id=lead_id,
            act=act,
            decide=lambda file: decide(file, visible(file, quotation_id, act.actor)),
        )
    except LeadNotFound:
        raise quotation_not_found(quotation_id) from None
    return changed.file, visible(changed.file, quotation_id, act.actor)


def one_change(
    file: LeadFile, before: Quotation, after: Quotation, action: str, said: str, *, reason: str | None = None
) -> Decision:
    """The decision that changes one quotation and nothing else."""
    after = replace(after, version=file.lead.version + 1)
    note = Note(action, said, changes_between(plain(before), plain(after), part=before.id), reason=reason)
    return Decision(file.lead, (note,), (replacing(file, after),))


def closed(quotation: Quotation, status: QuotationStatus, reason: str | None, act: Act, version: int) -> Quotation:
    """The quotation after it was rejected, withdrawn or expired."""
    return replace(quotation, status=status, closed_at=act.at, closed_reason=reason, version=version)


def replacing(file: LeadFile, quotation: Quotation) -> Write:
    """The write that stores a changed quotation in place of the one in the file."""
    return quotation_write(quotation, file.parts[quotation_key(quotation.id)])


def check_in_time(quotation: Quotation, act: Act) -> None:
    """Refuse what is past its last valid day. Raises QuotationExpired."""
    if quotation.status is QuotationStatus.EXPIRED or quotation.over_at(act.at):
        raise QuotationExpired(
            f"This quotation was valid until {quotation.valid_until}. A new one is needed.",
            details={"validUntil": quotation.valid_until.isoformat()},
        )


def check_open(quotation: Quotation, act: Act) -> None:
    """Refuse what the customer can no longer answer. Raises QuotationExpired, QuotationNotOpen."""
    status = quotation.status_at(act.at)
    if status is QuotationStatus.EXPIRED:
        check_in_time(quotation, act)
    if not allows(Step.ACCEPT, status):
        raise QuotationNotOpen(
            f"This quotation is {status} and can't be answered any more.", details={"status": str(status)}
        )


def visible(file: LeadFile, quotation_id: str, actor: Actor) -> Quotation:
    """The quotation in the file, if there is one that this actor sees. Raises QuotationNotFound."""
    row = file.parts.get(quotation_key(quotation_id))
    quotation = quotation_from_row(row) if row else None
    if quotation is None or not may_see_quotation(quotation, actor.role):
        raise quotation_not_found(quotation_id)
    return quotation


def quotation_not_found(quotation_id: str) -> QuotationNotFound:
    """The one refusal for a quotation that isn't there, isn't the caller's or isn't shared with them."""
    return QuotationNotFound(f"There is no quotation {quotation_id[:40]}, or it isn't yours.")
