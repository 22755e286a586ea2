"""Making a quotation of a lead from what pricing computed: *Created* at once, or a draft."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.errors import Fault
from domain.leads import ACCEPTED_OR_LATER, TERMINAL, Decision, Lead, LeadFile
from domain.ports import Ports
from domain.pricing import Price, configuration_as_plain, price_as_plain
from domain.quotations._content import Content, change_content
from domain.quotations._model import MAX_OPEN, Quotation, members_of, plain
from domain.quotations._paper import Press
from domain.quotations._rows import quotation_from_row, quotation_key, quotation_write, quotations_in
from domain.quotations._status import OPEN, QuotationStatus
from domain.quotations.errors import (
    DraftNotAllowed,
    LeadNotQuotable,
    QuotationInvalid,
    QuotationLimitReached,
)
from domain.timeline import Act, Note, Plain, changes_between
from domain.values import MAX_PER_LEAD, Money, Role, day_in_india, id_within

MAY_KEEP_DRAFTS = frozenset({Role.KAM, Role.ADMIN})
"""A CP finalizes in one call (domain.md)."""


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


OfferFor = Callable[[Lead], Awaitable[Offer]]
"""Prices for a lead as it stands: what is left open in a configuration is taken from there."""


def offer_of(priced: Price, *, validity_days: int) -> Offer:
    """What a quotation keeps of a price."""
    return Offer(
        configuration=configuration_as_plain(priced.configuration),
        price=price_as_plain(priced),
        system_price=priced.system_price,
        add_on_total=priced.add_on_total,
        customer_pays=priced.customer_pays,
        catalogue_version=priced.catalogue_version,
        validity_days=validity_days,
    )


async def create_quotation(
    *,
    ports: Ports,
    press: Press,
    lead_id: str,
    offer: Offer | OfferFor,
    act: Act,
    draft: bool = False,
    supersedes: str | None = None,
) -> tuple[LeadFile, Quotation]:
    """Store an offer as a *Created* quotation of a lead, or as a draft.

    `offer` may also be how to price it for the lead. `supersedes` names the quotation of the lead that the new one
    replaces once it is shared. Raises LeadNotFound, LeadNotQuotable, QuotationLimitReached, DraftNotAllowed,
    QuotationInvalid, what `offer` raises, PdfNotMade, StorageUnavailable.
    """
    if draft and act.actor.role not in MAY_KEEP_DRAFTS:
        raise DraftNotAllowed("Only a key account manager or an admin may keep a draft.")

    async def make(file: LeadFile) -> Quotation:
        priced = offer if isinstance(offer, Offer) else await offer(file.lead)
        _check_quotable(file)
        _check_superseded(file, supersedes, act)
        status = QuotationStatus.DRAFT if draft else QuotationStatus.CREATED
        return _made(file, priced, act, status=status, supersedes=supersedes)

    content = Content(make=make, enter=lambda file, made: _entered(file, made, act))
    changed = await change_content(ports=ports, press=press, lead_id=lead_id, content=content, act=act)
    return changed.file, quotation_from_row(changed.file.parts[quotation_key(str(changed.result))])


def _check_quotable(file: LeadFile) -> None:
    if file.lead.status in ACCEPTED_OR_LATER | TERMINAL:
        raise LeadNotQuotable(f"No more quotations can be made for a lead in status {file.lead.status}.")
    if file.lead.quotation_count >= MAX_PER_LEAD:
        raise QuotationLimitReached(f"A lead has at most {MAX_PER_LEAD} quotations.")
    if sum(q.status in OPEN for q in quotations_in(file)) >= MAX_OPEN:
        raise QuotationLimitReached(f"A lead has at most {MAX_OPEN} open quotations. Withdraw some first.")


_SUPERSEDABLE = frozenset({QuotationStatus.CREATED, QuotationStatus.SHARED, QuotationStatus.EXPIRED})


def _check_superseded(file: LeadFile, supersedes: str | None, act: Act) -> None:
    if supersedes is None:
        return
    former = next((q for q in quotations_in(file) if q.id == supersedes), None)
    if former is None or former.status_at(act.at) not in _SUPERSEDABLE:
        said = "This must be a Created, Shared or Expired quotation of the same lead."
        raise QuotationInvalid(faults=[Fault("supersedes", said)])


def _made(file: LeadFile, offer: Offer, act: Act, *, status: QuotationStatus, supersedes: str | None) -> Quotation:
    return Quotation(
        id=id_within(file.lead.id, "QUOT", file.lead.quotation_count + 1),
        lead_id=file.lead.id,
        status=status,
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
        supersedes=supersedes,
        version=0,
    )


def _entered(file: LeadFile, made: Quotation, act: Act) -> Decision:
    version, count = file.lead.version + 1, file.lead.quotation_count + 1
    changes = changes_between({}, plain(made), part=made.id)
    set_by = made.provenance.after(members_of(changes), act=act, version=version)
    made = replace(made, version=version, provenance=set_by)
    counted = changes_between({"quotationCount": count - 1}, {"quotationCount": count})
    what = "drafted" if made.status is QuotationStatus.DRAFT else "made"
    action = "QuotationDrafted" if made.status is QuotationStatus.DRAFT else "QuotationCreated"
    note = Note(action, f"{act.actor.name} {what} quotation {made.id}", changes=(*changes, *counted))
    lead = replace(file.lead, quotation_count=count)
    return Decision(lead, (note,), (quotation_write(made, None),), result=made.id)


def last_valid_day(made_on: date, validity_days: int) -> date:
    """The last day in India on which a quotation made on that day can be accepted."""
    return made_on + timedelta(days=validity_days)
