"""The form of lists of documents."""

from __future__ import annotations

from functions.models.documents import DocumentShape
from functions.models.fields import Shape
from functions.models.kyc import KycShape


class DocumentsReply(Shape):
    """The documents of a lead, oldest first."""

    documents: list[DocumentShape]
    total: int


class KycDocumentsReply(Shape):
    """The KYC documents of a customer, oldest first."""

    documents: list[KycShape]
    total: int
