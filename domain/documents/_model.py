"""A document: what somebody uploads for a lead, or for a customer's KYC, and what may become of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.timeline import Act, Note, Plain, changes_between
from domain.values import document_id, iso, owner_of_document

MAX_BYTES = 10 * 1024 * 1024
LINK_LASTS = timedelta(minutes=5)
UPLOAD_LASTS = timedelta(minutes=30)
"""After this time an upload that hasn't arrived counts as abandoned and no longer takes up a place."""

MAX_ACTIVE = 7  # per lead (domain.md)
MAX_KEPT = 200  # per lead or customer, those that are no longer in use included: a partition has to stay readable


class MediaType(StrEnum):
    """What may be uploaded (domain.md)."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"

    @property
    def label(self) -> str:
        """As people call it."""
        return {"application/pdf": "PDF", "image/jpeg": "JPG", "image/png": "PNG"}[self]

    @property
    def suffix(self) -> str:
        """The end of a file name."""
        return f".{self.label.lower()}"


class Fault(StrEnum):
    """Why an upload was put into quarantine."""

    TOO_LARGE = "TooLarge"
    WRONG_TYPE = "WrongType"
    DAMAGED = "Damaged"


class DocumentStatus(StrEnum):
    """Awaited → Uploaded | Quarantined | Abandoned; an uploaded one is Deleted at the end.

    KYC: Uploaded (which reviewers call pending) → Approved | Rejected; Superseded once a newer one replaces it.
    """

    AWAITED = "Awaited"
    UPLOADED = "Uploaded"
    APPROVED = "Approved"
    REJECTED = "Rejected"
    SUPERSEDED = "Superseded"
    QUARANTINED = "Quarantined"
    ABANDONED = "Abandoned"
    DELETED = "Deleted"


READABLE = frozenset(
    {DocumentStatus.UPLOADED, DocumentStatus.APPROVED, DocumentStatus.REJECTED, DocumentStatus.SUPERSEDED}
)


@dataclass(frozen=True)
class Document:
    """One file of a lead or a customer. `version` is its owner's at which it was last changed.

    `size` (bytes), `media_type` and `sha256` (hex) are what the check found, and absent before it.
    `reason` says why it was rejected or put into quarantine, or no longer counts.
    """

    id: str
    doc_type: str
    status: DocumentStatus
    requested_at: datetime
    requested_by: str
    requested_by_name: str
    version: int = 0
    uploaded_at: datetime | None = None
    size: int | None = None
    media_type: MediaType | None = None
    sha256: str | None = None
    fault: Fault | None = None
    reason: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    closed_by_name: str | None = None
    lead_id: str | None = None

    @property
    def owner(self) -> str:
        """The lead or customer that it belongs to."""
        return str(owner_of_document(self.id))

    @property
    def blob(self) -> str:
        """Its name in the container `documents`, or in `quarantine`."""
        return f"{self.owner}/{self.id}"

    @property
    def file_name(self) -> str:
        """What a browser calls it."""
        return f"{self.doc_type}-{self.id}{self.media_type.suffix if self.media_type else ''}"

    @property
    def checked(self) -> bool:
        """Whether its content was found good."""
        return self.media_type is not None

    @property
    def is_open(self) -> bool:
        """Whether it is there or still on its way, as its row says."""
        return self.status in (DocumentStatus.AWAITED, DocumentStatus.UPLOADED)

    def is_active(self, at: datetime) -> bool:
        """Whether it takes up one of a lead's places: there, or still on its way."""
        awaited = self.status is DocumentStatus.AWAITED and at < self.requested_at + UPLOAD_LASTS
        return awaited or self.status is DocumentStatus.UPLOADED


@dataclass(frozen=True)
class Folder:
    """All documents of one lead or customer, oldest first, and its version. Those in `hidden` count for the
    rules, but aren't the reader's to see."""

    owner: str
    version: int
    documents: tuple[Document, ...]
    hidden: frozenset[str] = frozenset()

    def get(self, document_id: str) -> Document | None:
        """The document with this id, or None; None also if it is hidden from whoever asks."""
        found = next((d for d in self.documents if d.id == document_id), None)
        return None if found and found.id in self.hidden else found


@dataclass(frozen=True)
class Filing:
    """What a use case decided: documents as they shall be stored, and what to enter. `result` is an id."""

    documents: tuple[Document, ...]
    notes: tuple[Note, ...]
    result: str | None = None


def plain(document: Document) -> dict[str, Plain]:
    """The fields as the timeline records them, under the API's names."""
    return {
        "docType": document.doc_type,
        "status": str(document.status),
        "leadId": document.lead_id,
        "requestedAt": iso(document.requested_at),
        "requestedBy": document.requested_by,
        "requestedByName": document.requested_by_name,
        "uploadedAt": iso(document.uploaded_at) if document.uploaded_at else None,
        "size": document.size,
        "mediaType": str(document.media_type) if document.media_type else None,
        "sha256": document.sha256,
        "fault": str(document.fault) if document.fault else None,
        "reason": document.reason,
        "closedAt": iso(document.closed_at) if document.closed_at else None,
        "closedBy": document.closed_by,
        "closedByName": document.closed_by_name,
    }


def note_of(
    before: Document | None, after: Document, action: str, message: str, *, reason: str | None = None
) -> Note:
    """The entry of one document's change."""
    was: Mapping[str, Plain] = plain(before) if before else {}
    return Note(action, message, changes_between(was, plain(after), part=after.id), reason=reason)


def awaited(owner: str, doc_type: str, act: Act) -> Document:
    """A document of which there is nothing but the intention."""
    return Document(
        id=document_id(owner, act.write_id),
        doc_type=doc_type,
        status=DocumentStatus.AWAITED,
        requested_at=act.at,
        requested_by=act.actor.id,
        requested_by_name=act.actor.name,
    )


def closed(document: Document, status: DocumentStatus, act: Act, reason: str | None = None) -> Document:
    """The document once it is out of use."""
    return replace(
        document,
        status=status,
        closed_at=act.at,
        closed_by=act.actor.id,
        closed_by_name=act.actor.name,
        reason=reason or document.reason,
    )


def active(documents: Iterable[Document], at: datetime) -> list[Document]:
    """Those that take up a place."""
    return [d for d in documents if d.is_active(at)]
