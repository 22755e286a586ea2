"""Bodies and replies of the document endpoints."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StrictInt, StringConstraints, WithJsonSchema

from domain.blobs import Link
from domain.documents import MAX_BYTES, Document, DocumentStatus, Upload
from domain.values import iso
from functions.models.fields import Body, Line, Query, Shape, spelt

DocType = Annotated[
    str,
    StringConstraints(strict=True),
    spelt(
        "[A-Za-z0-9][A-Za-z0-9 _-]{0,49}",
        "This must be 1 to 50 letters, digits, spaces, hyphens and underlines, beginning with a letter or a digit.",
    ),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9 _-]{0,49}$", "examples": ["GENERAL"]}),
]

_LEAD_STATUS = {
    DocumentStatus.AWAITED: "pending",
    DocumentStatus.UPLOADED: "uploaded",
    DocumentStatus.QUARANTINED: "failed",
    DocumentStatus.ABANDONED: "failed",
    DocumentStatus.DELETED: "deleted",
}
"""As the CP app compares them (client-contract.md §10)."""


class NewLeadDocumentBody(Body):
    """A document that is about to be uploaded for a lead."""

    lead_id: Line
    doc_type: DocType = "GENERAL"


class LeadDocumentsQuery(Query):
    """Whose documents; with `includeInactive` also the deleted and failed ones."""

    lead_id: Line
    include_inactive: bool = False


class DocumentQuery(Query):
    """Which document."""

    doc_id: Line


class DocumentChange(Body):
    """No members are needed; `version` is the version that the client saw."""

    version: StrictInt | None = None


class DocumentShape(Shape):
    """A document. Before its upload is checked, `uploadedAt` is when its link was made."""

    id: str
    doc_id: str
    lead_id: str | None
    doc_type: str
    status: str
    uploaded_at: str
    uploaded_by: str
    uploaded_by_name: str
    size: int | None
    media_type: str | None
    sha256: str | None
    reason: str | None
    closed_at: str | None
    closed_by_name: str | None
    version: int


class UploadShape(DocumentShape):
    """A document with the link for its upload: one PUT with these headers, until `expiresAt`."""

    sas_url: str
    expires_at: str
    method: str
    headers: dict[str, str]
    max_bytes: int


class LinkShape(Shape):
    """A link for reading a document until `expiresAt`."""

    doc_id: str
    sas_url: str
    expires_at: str
    media_type: str


def lead_document_shape(document: Document) -> DocumentShape:
    """A document of a lead."""
    return DocumentShape(**document_members(document), status=_LEAD_STATUS[document.status], lead_id=document.owner)


def upload_shape(upload: Upload, shape: DocumentShape) -> UploadShape:
    """What the client needs to upload the file."""
    return UploadShape(**shape.model_dump(), **upload_members(upload))


def link_shape(document: Document, link: Link) -> LinkShape:
    """What the client needs to read the file."""
    return LinkShape(
        doc_id=document.id,
        sas_url=link.url,
        expires_at=iso(link.expires_at),
        media_type=str(document.media_type),
    )


def upload_members(upload: Upload) -> dict[str, Any]:
    """What every upload's reply says of its link."""
    return {
        "sas_url": upload.link.url,
        "expires_at": iso(upload.link.expires_at),
        "method": "PUT",
        "headers": {"x-ms-blob-type": "BlockBlob"},
        "max_bytes": MAX_BYTES,
    }


def document_members(document: Document) -> dict[str, Any]:
    """What every document's reply says."""
    return {
        "id": document.id,
        "doc_id": document.id,
        "doc_type": document.doc_type,
        "uploaded_at": iso(document.uploaded_at or document.requested_at),
        "uploaded_by": document.requested_by,
        "uploaded_by_name": document.requested_by_name,
        "size": document.size,
        "media_type": str(document.media_type) if document.media_type else None,
        "sha256": document.sha256,
        "reason": document.reason,
        "closed_at": iso(document.closed_at) if document.closed_at else None,
        "closed_by_name": document.closed_by_name,
        "version": document.version,
    }
