"""KYC of a customer: uploading, listing, and the review by the KAM or an Admin (domain.md "Customer and phone")."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from domain import customers
from domain.blobs import Blobs
from domain.documents._kyc_shelf import KycShelf, check_not_locked, hidden_from, look, read_records
from domain.documents._model import (
    MAX_KEPT,
    Document,
    DocumentStatus,
    Filing,
    Folder,
    awaited,
    closed,
    note_of,
    plain,
)
from domain.documents._operations import KYC, Upload, begin_upload, shelf_of
from domain.documents._shelf import document_not_found, held
from domain.documents.errors import DocumentLimitReached, KycNotPending
from domain.errors import NotFound
from domain.leads import CustomerSeen, LeadNotFound
from domain.ports import Ports
from domain.store import Store
from domain.timeline import Act, honour_if_match
from domain.values import Actor


class KycType(StrEnum):
    """The seven kinds (domain.md), spelled as the customer app does (api.md, last section)."""

    INCOME_PROOF = "IncomeProof"
    LIGHT_BILL = "LightBill"
    CANCELLED_CHEQUE = "CancelledCheque"
    AADHAAR = "Aadhaar"
    PAN = "PAN"
    PASSPORT_PHOTO = "PassportPhoto"
    OTHER = "Other"


async def add_kyc_document(
    *, ports: Ports, blobs: Blobs, customer_id: str, kind: KycType, lead_id: str | None, act: Act
) -> Upload:
    """Begin to upload a KYC document of a customer that is the actor's own. What it replaces stays in use until
    it has arrived. For a partner who names no lead, it comes with its newest lead of this customer.

    Raises CustomerNotFound, LeadNotFound, KycLocked, DocumentLimitReached, StorageUnavailable.
    """
    seen, records = await look(store=ports.store, customer_id=customer_id, actor=act.actor)
    lead = _lead_of(seen, lead_id)
    for record in await _other_records(ports.store, seen):
        check_not_locked(_of_type(record, kind))

    def decide(folder: Folder) -> Filing:
        check_not_locked(_of_type(folder, kind))
        if len(folder.documents) >= MAX_KEPT:
            raise DocumentLimitReached(f"This customer has had {MAX_KEPT} KYC documents; no more can be added.")
        document = replace(awaited(folder.owner, str(kind), act), lead_id=lead)
        said = f"{act.actor.name} began to upload KYC document {document.id} ({kind})"
        return Filing((document,), (note_of(None, document, "KycRequested", said),), result=document.id)

    shelf = KycShelf((seen, records))
    return await begin_upload(ports=ports, blobs=blobs, shelf=shelf, owner=seen.customer.id, act=act, decide=decide)


async def kyc_of(
    *, store: Store, customer_id: str, actor: Actor, lead_id: str | None = None
) -> tuple[str, tuple[Document, ...]]:
    """The id of a customer that is the actor's own, and its KYC documents that the actor sees, oldest first,
    those of records merged into it included; with `lead_id` those that came with that lead.

    Raises CustomerNotFound.
    """
    seen, records = await look(store=store, customer_id=customer_id, actor=actor)
    folders = [records.folder(), *await _other_records(store, seen)]
    found = [document for folder in folders for document in folder.documents]
    hidden = hidden_from(actor, seen, found)
    shown = [d for d in found if d.id not in hidden and lead_id in (None, d.lead_id)]
    return seen.customer.id, tuple(sorted(shown, key=lambda d: (d.requested_at, d.id)))


def current_kyc(documents: Iterable[Document], at: datetime) -> list[Document]:
    """What a client lists: of each type what counts, what is on its way, and an upload that was refused as long
    as nothing came after it."""
    kept: dict[str, list[Document]] = {}
    for document in documents:
        if document.status in (DocumentStatus.APPROVED, DocumentStatus.REJECTED) or document.is_active(at):
            kept[document.doc_type] = [d for d in kept.get(document.doc_type, []) if not d.fault] + [document]
        elif document.fault:
            kept.setdefault(document.doc_type, []).append(document)
    return sorted((d for same in kept.values() for d in same), key=lambda d: (d.requested_at, d.id))


async def approve_kyc_document(*, ports: Ports, document_id: str, act: Act) -> Document:
    """The review ends well: the document is locked. A repeat changes nothing.

    Raises DocumentNotFound, KycLocked (another of its type is approved), KycNotPending, VersionStale.
    """

    def decide(folder: Folder, document: Document) -> Filing | None:
        if document.status is DocumentStatus.APPROVED:
            return None
        _check_pending(document, act)
        check_not_locked(d for d in folder.documents if d.doc_type == document.doc_type)
        after = closed(document, DocumentStatus.APPROVED, act)
        said = f"{act.actor.name} approved KYC document {document.id} ({document.doc_type})"
        return Filing((after,), (note_of(document, after, "KycApproved", said),))

    return await _review(ports, document_id, act, decide)


async def reject_kyc_document(*, ports: Ports, document_id: str, reason: str, act: Act) -> Document:
    """The review ends with a reason that the customer is told; the document can be replaced then.

    Rejecting again for the same reason changes nothing. Raises DocumentNotFound, KycLocked, KycNotPending,
    VersionStale.
    """

    def decide(folder: Folder, document: Document) -> Filing | None:
        if document.status is DocumentStatus.REJECTED and document.reason == reason:
            return None
        check_not_locked([document])
        _check_pending(document, act)
        after = closed(document, DocumentStatus.REJECTED, act, reason)
        said = f"{act.actor.name} rejected KYC document {document.id} ({document.doc_type})"
        return Filing((after,), (note_of(document, after, "KycRejected", said, reason=reason),))

    return await _review(ports, document_id, act, decide)


async def _review(
    ports: Ports, document_id: str, act: Act, decide: Callable[[Folder, Document], Filing | None]
) -> Document:
    shelf, owner = shelf_of(document_id)
    if shelf is not KYC:
        raise document_not_found(document_id)
    try:
        folder, _ = await KycShelf(announces=True).change(
            ports=ports, owner=owner, act=act, decide=lambda folder: decide(folder, held(folder, document_id))
        )
    except NotFound:
        raise document_not_found(document_id) from None
    return held(folder, document_id)


def _check_pending(document: Document, act: Act) -> None:
    current_values = plain(document)
    honour_if_match(act=act, version=document.version, current=current_values, yours={}, part=document.id)
    if document.status is DocumentStatus.AWAITED:
        raise KycNotPending("The file of this document hasn't been checked yet; open it first.")
    if document.status is not DocumentStatus.UPLOADED:
        raise KycNotPending(
            f"This document is {str(document.status).lower()}; only a pending one is reviewed.",
            details={"status": str(document.status)},
        )


def _lead_of(seen: CustomerSeen, lead_id: str | None) -> str | None:
    own = [file.lead.id for file in seen.files]
    if lead_id is not None and lead_id not in own:
        raise LeadNotFound(f"There is no lead {lead_id[:40]} of this customer, or it isn't yours.")
    return lead_id or (own[0] if own else None)


async def _other_records(store: Store, seen: CustomerSeen) -> list[Folder]:
    """The KYC documents of the records that were merged into this customer."""
    if not seen.customer.absorbed:
        return []
    ids = await customers.records_of(store=store, customer=seen.customer)
    return [(await read_records(store, other)).folder() for other in ids if other != seen.customer.id]


def _of_type(folder: Folder, kind: KycType) -> list[Document]:
    return [d for d in folder.documents if d.doc_type == str(kind)]
