"""Documents of leads and KYC documents of customers: uploaded by clients to blob storage, checked, kept."""

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

__all__ = [
    "LINK_LASTS",
    "MAX_ACTIVE",
    "MAX_BYTES",
    "Document",
    "DocumentStatus",
    "Fault",
    "MediaType",
    "Upload",
    "active",
    "add_lead_document",
    "complete_document",
    "delete_document",
    "documents_in",
    "read_document",
    "sweep_uploads",
]
