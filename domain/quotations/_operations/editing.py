"""Changing what a quotation says while nobody was shown it: a draft's configuration, or the final price of a
*Created* one (docs/adr/0019). From *Shared* on nothing in it can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.errors import Fault
from domain.leads import Decision, LeadFile, LeadNotFound, honour_if_match, require_version
from domain.ports import Ports
from domain.pricing import (
    CatalogueOfDay,
    configuration_from_plain,
    finally_priced,
    price,
    price_from_plain,
)
from domain.quotations._change import check_in_time, quotation_not_found, replacing, visible
from domain.quotations._content import Content, change_content
from domain.quotations._model import Quotation, members_of, plain, seen
from domain.quotations._operations.making import Offer, last_valid_day, offer_of
from domain.quotations._paper import Press
from domain.quotations._status import EDITABLE, QuotationStatus, Step, allows
from domain.quotations.errors import QuotationInvalid, QuotationNotEditable
from domain.timeline import Act, Note, changes_between, overwritten
from domain.values import day_in_india, lead_of

MIN_REASON = 10  # as for an override (domain.md)
FINAL_PRICE = {"add_on_per_kw": "dealerAddOnPerKw", "discount": "discount"}
"""What of a *Created* quotation can still change, and how the API calls it."""
_PLAIN = {"add_on_per_kw": "addOnPerKwPaise", "discount": "discountPaise"}  # and the timeline


@dataclass(frozen=True)
class Edit:
    """What is to change: members of `Configuration` by name (what isn't named stays), and whether the draft is
    finished with it. A final price needs a reason."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    finalize: bool = False
    reason: str | None = None


async def edit_quotation(
    *, ports: Ports, press: Press, quotation_id: str, edit: Edit, catalogue: CatalogueOfDay, act: Act
) -> tuple[LeadFile, Quotation]:
    """Edit a draft (ordinary), finalize it, or set the final price of a *Created* quotation (critical).

    A draft is priced anew with the master data in force, a *Created* one keeps its own. Nothing to change is no
    change. Raises QuotationNotFound, QuotationNotEditable, QuotationExpired, VersionRequired, VersionStale,
    QuotationInvalid, ConfigurationNotPossible, PdfNotMade, StorageUnavailable.
    """

    async def make(file: LeadFile) -> Quotation | None:
        return _edited(visible(file, quotation_id, act.actor), edit, catalogue, act)

    def enter(file: LeadFile, after: Quotation) -> Decision:
        return _entered(file, visible(file, quotation_id, act.actor), after, edit, act)

    lead_id = lead_of(quotation_id)
    if lead_id is None:
        raise quotation_not_found(quotation_id)
    content = Content(make=make, enter=enter)
    try:
        changed = await change_content(ports=ports, press=press, lead_id=lead_id, content=content, act=act)
    except LeadNotFound:
        raise quotation_not_found(quotation_id) from None
    return changed.file, visible(changed.file, quotation_id, act.actor)


def _edited(quotation: Quotation, edit: Edit, catalogue: CatalogueOfDay, act: Act) -> Quotation | None:
    if quotation.status not in EDITABLE:
        status = quotation.status_at(act.at)
        raise QuotationNotEditable(
            f"A quotation in status {status} can't change. Make a new one that supersedes it.",
            details={"status": str(status)},
        )
    if allows(Step.EDIT, quotation.status):
        return _redrafted(quotation, edit, catalogue, act)
    return _final(quotation, edit, catalogue, act)


def _redrafted(quotation: Quotation, edit: Edit, catalogue: CatalogueOfDay, act: Act) -> Quotation | None:
    chosen = replace(configuration_from_plain(quotation.configuration), **edit.changes)
    offer = offer_of(price(chosen, catalogue), validity_days=catalogue.pricing.validity_days)
    after = _saying(quotation, offer, act)
    wanted = {c.field: c.after for c in changes_between(plain(quotation), plain(after))}
    honour_if_match(act=act, version=quotation.version, current=seen(quotation), yours=wanted, part=quotation.id)
    if edit.finalize:
        valid_until = last_valid_day(day_in_india(act.at), offer.validity_days)
        return replace(after, status=QuotationStatus.CREATED, valid_until=valid_until)
    return None if offer.configuration == quotation.configuration else after


def _final(quotation: Quotation, edit: Edit, catalogue: CatalogueOfDay, act: Act) -> Quotation | None:
    if not edit.changes:
        return None  # finalized before
    wanted = {f"configuration.{_PLAIN.get(n, n)}": getattr(v, "paise", v) for n, v in edit.changes.items()}
    require_version(act=act, version=quotation.version, current=seen(quotation), yours=wanted, part=quotation.id)
    check_in_time(quotation, act)
    _check_final(edit)
    asked = {name: edit.changes.get(name) for name in FINAL_PRICE}
    priced = finally_priced(price_from_plain(quotation.price), catalogue=catalogue, **asked)
    offer = offer_of(priced, validity_days=0)  # the validity stays, like all else
    return None if offer.price == quotation.price else _saying(quotation, offer, act)


def _check_final(edit: Edit) -> None:
    said = "Of a Created quotation only the dealer add-on and the discount can change. Make a new one instead."
    faults = [Fault(name, said) for name in edit.changes if name not in FINAL_PRICE]
    if len((edit.reason or "").strip()) < MIN_REASON:
        faults.append(Fault("reason", f"A final price needs a reason of at least {MIN_REASON} characters."))
    if faults:
        raise QuotationInvalid(faults=faults)


def _saying(quotation: Quotation, offer: Offer, act: Act) -> Quotation:
    return replace(
        quotation,
        configuration=offer.configuration,
        price=offer.price,
        system_price=offer.system_price,
        add_on_total=offer.add_on_total,
        customer_pays=offer.customer_pays,
        catalogue_version=offer.catalogue_version,
        edited_at=act.at,
        pdf=None,
    )


_WORDS = {
    (QuotationStatus.DRAFT, QuotationStatus.DRAFT): ("QuotationEdited", "edited the draft"),
    (QuotationStatus.DRAFT, QuotationStatus.CREATED): ("QuotationCreated", "finalized"),
    (QuotationStatus.CREATED, QuotationStatus.CREATED): ("QuotationPriced", "set the final price of"),
}


def _entered(file: LeadFile, before: Quotation, after: Quotation, edit: Edit, act: Act) -> Decision:
    """One entry for the change, and one for each member of the configuration that somebody else had set."""
    version = file.lead.version + 1
    changes = changes_between(plain(before), plain(after), part=before.id)
    members = members_of(changes)
    after = replace(after, version=version, provenance=before.provenance.after(members, act=act, version=version))
    lost = overwritten(members, before.provenance, act)
    told = {note.changes[0].field for note in lost}
    action, said = _WORDS[before.status, after.status]
    own = tuple(c for c in changes if c.field not in told)
    note = Note(action, f"{act.actor.name} {said} {after.id}", own, reason=edit.reason)
    return Decision(file.lead, (note, *lost), (replacing(file, after),), result=after.id)
