"""Bodies and replies of the KYC endpoints."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt

from domain.documents import Document, DocumentStatus, KycType, Upload
from functions.models.documents import DocumentShape, document_members, lead_document_shape, upload_members
from functions.models.fields import Body, Line, LongText, Query, Shape

_STATUS = {
    DocumentStatus.AWAITED: "Pending",
    DocumentStatus.UPLOADED: "Pending",
    DocumentStatus.QUARANTINED: "Rejected",
}
"""The three of api.md, last section; Approved, Rejected, Superseded and Abandoned stand for themselves."""


class NewKycBody(Body):
    """A KYC document that is about to be uploaded."""

    customer_id: Line
    doc_type: KycType
    lead_id: Line | None = None


class KycQuery(Query):
    """Whose documents, by the customer or one of its leads; a customer's own if neither is given. With
    `includeInactive` also replaced versions and abandoned uploads."""

    customer_id: Line | None = None
    lead_id: Line | None = None
    include_inactive: bool = False


class RejectionBody(Body):
    """Why a document is rejected, in words for the customer."""

    reason: Annotated[LongText, Field(min_length=3)]
    version: StrictInt | None = None


class KycShape(DocumentShape):
    """A KYC document. `uploaded`: its file has arrived and was checked."""

    customer_id: str
    uploaded: bool


class KycDocumentsShape(Shape):
    """The KYC documents of a customer."""

    documents: list[KycShape]
    total: int


class KycUploadShape(KycShape):
    """A KYC document with the link for its upload: one PUT with these headers, until `expiresAt`."""

    sas_url: str
    expires_at: str
    method: str
    headers: dict[str, str]
    max_bytes: int


def kyc_shape(document: Document) -> KycShape:
    """A KYC document of a customer."""
    return KycShape(
        **document_members(document),
        status=_STATUS.get(document.status, str(document.status)),
        lead_id=document.lead_id,
        customer_id=document.owner,
        uploaded=document.checked,
    )


def document_shape(document: Document) -> DocumentShape:
    """A document of whichever kind."""
    return kyc_shape(document) if document.owner.startswith("CUST-") else lead_document_shape(document)


def kyc_upload_shape(upload: Upload) -> KycUploadShape:
    """What the client needs to upload the file."""
    return KycUploadShape(**kyc_shape(upload.document).model_dump(), **upload_members(upload))
