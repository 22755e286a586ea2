"""Writes on documents that leads and customers share: complete, delete; and the lead's: add. Links to read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from domain.blobs import Blobs, Link
from domain.documents import _uploads as uploads
from domain.documents._completion import answer, complete
from domain.documents._kyc_shelf import KycShelf
from domain.documents._lead_documents import LeadShelf, deleted, folder_of, requested
from domain.documents._model import Document, DocumentStatus, Filing, Folder, plain
from domain.documents._shelf import Decide, Shelf, document_not_found, held
from domain.documents.errors import DocumentClosed, DocumentOfAnother, KycNotDeletable
from domain.errors import DomainError, NotFound
from domain.leads import LeadFile, lead_not_found
from domain.ports import Ports
from domain.store import StorageUnavailable, Store
from domain.timeline import Act, honour_if_match
from domain.values import Actor, Role, document_id, is_lead_id, owner_of_document, system

LEADS = LeadShelf()
KYC = KycShelf()


@dataclass(frozen=True)
class Upload:
    """A document that waits for its file, and where the client puts it."""

    document: Document
    link: Link


async def add_lead_document(*, ports: Ports, blobs: Blobs, lead_id: str, doc_type: str, act: Act) -> Upload:
    """Take one of a lead's seven places for a file that the client is about to upload.

    Raises LeadNotFound, DocumentLimitReached, StorageUnavailable.
    """
    if not is_lead_id(lead_id):  # the document's id and the sweep's marker are made from it, before any read
        raise lead_not_found(lead_id)
    return await begin_upload(
        ports=ports,
        blobs=blobs,
        shelf=LEADS,
        owner=lead_id,
        act=act,
        decide=lambda folder: requested(folder, doc_type, act),
    )


async def begin_upload(*, ports: Ports, blobs: Blobs, shelf: Shelf, owner: str, act: Act, decide: Decide) -> Upload:
    """Enter an awaited document, with the sweep's marker beside it, and make its link."""
    new = document_id(owner, act.write_id)
    marked = asyncio.ensure_future(uploads.mark(store=ports.store, document_id=new, at=act.at))
    try:
        folder, result = await shelf.change(ports=ports, owner=owner, act=act, decide=decide)
        await marked
    except StorageUnavailable:
        raise  # whether the document is there isn't known: the marker stays for the sweep
    except DomainError:
        ports.later(_unmark_after(marked, ports=ports, document_id=new))
        raise
    document = held(folder, result or new)
    return Upload(document, await uploads.upload_link(blobs=blobs, document=document, at=act.at))


async def complete_document(*, ports: Ports, blobs: Blobs, document_id: str, act: Act) -> Document:
    """Check an upload and take it into use; see `_completion.complete` for what it raises."""
    shelf, owner = shelf_of(document_id)
    try:
        return await complete(ports=ports, blobs=blobs, shelf=shelf, owner=owner, document_id=document_id, act=act)
    except NotFound:
        raise document_not_found(document_id) from None


async def document_of_actor(*, store: Store, document_id: str, actor: Actor) -> Document:
    """One document of the actor's own leads or customers. Raises DocumentNotFound."""
    shelf, owner = shelf_of(document_id)
    try:
        return held(await shelf.folder(store=store, owner=owner, actor=actor), document_id)
    except NotFound:
        raise document_not_found(document_id) from None


async def read_document(*, ports: Ports, blobs: Blobs, document_id: str, act: Act) -> tuple[Document, Link]:
    """A link of five minutes for reading a document. One whose upload nobody completed is checked first:
    the mobile apps upload and then read, and complete nothing.

    Raises DocumentNotFound, DocumentClosed, and what completing raises.
    """
    document = await document_of_actor(store=ports.store, document_id=document_id, actor=act.actor)
    if document.status is DocumentStatus.AWAITED:
        check = Act(actor=system("check-uploads"), at=act.at, write_id=ports.ids.unique())
        document = await complete_document(ports=ports, blobs=blobs, document_id=document_id, act=check)
    return answer(document), await uploads.download_link(blobs=blobs, document=document, at=act.at)


async def delete_document(*, ports: Ports, document_id: str, act: Act) -> Document:
    """Take a lead's document out of use; its row and its file are kept. A repeat changes nothing.

    Raises DocumentNotFound, DocumentOfAnother, DocumentClosed, KycNotDeletable, VersionStale.
    """
    shelf, owner = shelf_of(document_id)

    def decide(folder: Folder) -> Filing | None:
        document = held(folder, document_id)
        if shelf is KYC:
            raise KycNotDeletable("A KYC document can't be deleted. Upload a new one: it replaces this one.")
        if act.actor.role is Role.CUSTOMER and document.requested_by != act.actor.id:
            raise DocumentOfAnother("Your partner uploaded this document; only your partner can delete it.")
        if document.status is DocumentStatus.DELETED:
            return None
        current = plain(document)
        honour_if_match(act=act, version=document.version, current=current, yours={}, part=document.id)
        if document.status not in (DocumentStatus.AWAITED, DocumentStatus.UPLOADED):
            raise DocumentClosed(f"This document is {str(document.status).lower()}; there is nothing to delete.")
        return deleted(document, act)

    try:
        folder, _ = await shelf.change(ports=ports, owner=owner, act=act, decide=decide)
    except NotFound:
        raise document_not_found(document_id) from None
    return held(folder, document_id)


def documents_in(file: LeadFile) -> tuple[Document, ...]:
    """All documents of a lead, oldest first, those out of use included."""
    return folder_of(file).documents


def shelf_of(document_id: str) -> tuple[Shelf, str]:
    """Where a document stands, and whose it is. Raises DocumentNotFound."""
    owner = owner_of_document(document_id)
    if owner is None:
        raise document_not_found(document_id)
    return (LEADS if owner.startswith("LEAD-") else KYC), owner


async def _unmark_after(marked: asyncio.Future[bool], *, ports: Ports, document_id: str) -> None:
    try:
        await marked
    except DomainError:
        return  # storage is down: there may be no marker, or the sweep finds it
    await uploads.unmark(store=ports.store, document_id=document_id)
