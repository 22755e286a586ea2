"""Completing an upload: its size and content are checked, and what fails goes into quarantine.

Each step may be the last one before a crash, and each can be done again: copy to quarantine, enter it, remove
the upload. A document is only ever in use once its row says so.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace

from domain.blobs import Blob, Blobs
from domain.documents._content import BadContent, media_type_of
from domain.documents._model import (
    MAX_BYTES,
    Document,
    DocumentStatus,
    Fault,
    Filing,
    Folder,
    MediaType,
    closed,
    note_of,
)
from domain.documents._shelf import Shelf, held
from domain.documents._uploads import DOCUMENTS, QUARANTINE, unmark
from domain.documents.errors import (
    DocumentClosed,
    FileDamaged,
    FileTooLarge,
    FileTypeNotAllowed,
    UploadNotArrived,
)
from domain.errors import DomainError, Invalid
from domain.ports import Ports
from domain.timeline import Act

_REFUSALS: dict[Fault, type[Invalid]] = {
    Fault.TOO_LARGE: FileTooLarge,
    Fault.WRONG_TYPE: FileTypeNotAllowed,
    Fault.DAMAGED: FileDamaged,
}


@dataclass(frozen=True)
class Finding:
    """What the check of an upload found: its type, or what is wrong with it."""

    blob: Blob
    media_type: MediaType | None = None
    sha256: str | None = None
    fault: Fault | None = None
    reason: str | None = None


async def complete(*, ports: Ports, blobs: Blobs, shelf: Shelf, owner: str, document_id: str, act: Act) -> Document:
    """Check what has arrived and enter it; once done, the same answer again.

    Raises DocumentNotFound, UploadNotArrived, DocumentClosed, FileTooLarge, FileTypeNotAllowed, FileDamaged,
    DocumentLimitReached (it arrived too late, and its place was taken), StorageUnavailable.
    """
    name = f"{owner}/{document_id}"
    folder, blob = await asyncio.gather(
        shelf.folder(store=ports.store, owner=owner, actor=act.actor),
        blobs.describe(container=DOCUMENTS, name=name),
    )
    document = held(folder, document_id)
    if document.status is not DocumentStatus.AWAITED:
        return answer(document)
    if blob is None:
        raise not_arrived(document)
    finding = await _inspect(blobs, blob)
    if finding.fault:
        await blobs.copy(container=DOCUMENTS, name=name, to_container=QUARANTINE, to_name=name)
    document = await _enter(
        ports=ports, shelf=shelf, owner=owner, document_id=document_id, finding=finding, act=act
    )
    if document.checked:
        ports.later(unmark(store=ports.store, document_id=document_id))
    else:
        ports.later(_remove(blobs, name))  # again by the sweep, once no link can bring it back
    return answer(document)


async def _inspect(blobs: Blobs, blob: Blob) -> Finding:
    if blob.size > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        said = f"The file has {blob.size / (1024 * 1024):.1f} MB; at most {limit} MB are allowed."
        return Finding(blob, fault=Fault.TOO_LARGE, reason=said)
    content = await blobs.read(container=DOCUMENTS, name=blob.name, limit=MAX_BYTES) or b""
    return await asyncio.to_thread(_finding, blob, content)  # a computation of up to a second


def _finding(blob: Blob, content: bytes) -> Finding:
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        return Finding(blob, media_type_of(content), sha256)
    except BadContent as bad:
        return Finding(blob, sha256=sha256, fault=bad.fault, reason=bad.reason)


async def _enter(
    *, ports: Ports, shelf: Shelf, owner: str, document_id: str, finding: Finding, act: Act
) -> Document:
    def decide(folder: Folder) -> Filing | None:
        before = held(folder, document_id)
        if before.status is not DocumentStatus.AWAITED:
            return None  # somebody else's completion, or the sweep, was faster
        found = replace(before, size=finding.blob.size, sha256=finding.sha256, uploaded_at=finding.blob.created_at)
        if finding.fault:
            return _quarantined(before, replace(found, fault=finding.fault, reason=finding.reason), act)
        good = replace(found, status=DocumentStatus.UPLOADED, media_type=finding.media_type)
        return shelf.finished(folder, good, act)

    after, _ = await shelf.change(ports=ports, owner=owner, act=act, decide=decide)
    return held(after, document_id)


def _quarantined(before: Document, found: Document, act: Act) -> Filing:
    after = closed(found, DocumentStatus.QUARANTINED, act)
    said = f"The upload of document {after.id} was refused and put into quarantine"
    return Filing((after,), (note_of(before, after, "DocumentQuarantined", said, reason=after.reason),))


def abandoned(document: Document, act: Act) -> Filing:
    """Nothing arrived in time."""
    after = closed(document, DocumentStatus.ABANDONED, act, "No file arrived in time.")
    said = f"The upload of document {after.id} was given up"
    return Filing((after,), (note_of(document, after, "DocumentAbandoned", said, reason=after.reason),))


def answer(document: Document) -> Document:
    """The document if it was found good. Raises what was found wrong with it, or DocumentClosed."""
    if document.fault:
        raise _REFUSALS[document.fault](str(document.reason))
    if document.status in (DocumentStatus.DELETED, DocumentStatus.ABANDONED) or not document.checked:
        raise DocumentClosed(
            f"This document is {str(document.status).lower()}. To upload the file, ask for a new link.",
            details={"status": str(document.status)},
        )
    return document


def not_arrived(document: Document) -> UploadNotArrived:
    """Nothing has come under the document's link (yet, or its time is over)."""
    return UploadNotArrived(
        "No file has arrived for this document. An upload link is good for 5 minutes and for one upload; "
        "if yours has expired, ask for a new one.",
        details={"docId": document.id},
    )


async def _remove(blobs: Blobs, name: str) -> None:
    try:
        await blobs.delete(container=DOCUMENTS, name=name)
    except DomainError:
        return  # storage is down: the sweep removes it
