"""Documents of leads and KYC documents of customers: uploaded by clients to blob storage, checked, kept."""

from domain.documents._kyc import (
    KycType,
    add_kyc_document,
    approve_kyc_document,
    current_kyc,
    kyc_of,
    reject_kyc_document,
)
from domain.documents._model import (
    LINK_LASTS,
    MAX_ACTIVE,
    MAX_BYTES,
    Document,
    DocumentStatus,
    Fault,
    MediaType,
    active,
)
from domain.documents._operations import (
    Upload,
    add_lead_document,
    complete_document,
    delete_document,
    documents_in,
    read_document,
)
from domain.documents._sweep import sweep_uploads
from domain.documents._uploads import UPLOADS, awaited_in, keep_markers

__all__ = [
    "LINK_LASTS",
    "MAX_ACTIVE",
    "MAX_BYTES",
    "UPLOADS",
    "Document",
    "DocumentStatus",
    "Fault",
    "KycType",
    "MediaType",
    "Upload",
    "active",
    "add_kyc_document",
    "add_lead_document",
    "approve_kyc_document",
    "awaited_in",
    "complete_document",
    "current_kyc",
    "delete_document",
    "documents_in",
    "keep_markers",
    "kyc_of",
    "read_document",
    "reject_kyc_document",
    "sweep_uploads",
]
