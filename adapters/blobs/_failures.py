"""What the blob SDK's failures mean: a refusal, no answer, or a fault of ours. Its own names end here."""

from __future__ import annotations

from adapters.storage import Unanswered, code_of, meaning_of_status
from domain.blobs import BlobExists, BlobProtected, ContainerMissing
from domain.errors import DomainError

_EXISTS = ("BlobAlreadyExists", "ConditionNotMet", "UnauthorizedBlobOverwrite", "PendingCopyOperation")
_MISSING = ("BlobNotFound", "CannotVerifyCopySource", "ResourceNotFound")
_PROTECTED = ("BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold")
_REFUSED: dict[str, tuple[type[DomainError], str]] = {
    **dict.fromkeys(_EXISTS, (BlobExists, "A file of this name is there already.")),
    **dict.fromkeys(_PROTECTED, (BlobProtected, "The storage keeps this file until its retention period ends.")),
}


class Missing(Exception):
    """There is no such file. Never leaves this package."""


class OutOfRange(Exception):
    """The file is empty, so even its first byte isn't there. Never leaves this package."""


def meaning_of(failure: Exception) -> Exception:
    """The error to raise, `Missing`, `OutOfRange`, or `Unanswered` if asking again can help."""
    code = code_of(failure)
    if code == "ContainerNotFound":
        message = "A container isn't there; containers are made when the app is set up."
        return ContainerMissing(message, retry_after=5)
    if code in _REFUSED:
        kind, message = _REFUSED[code]
        return kind(message)
    if code in _MISSING or getattr(failure, "status_code", None) == 404:
        return Missing()
    if code == "InvalidRange":
        return OutOfRange()
    if code == "Md5Mismatch":  # changed on the way: sent again it may arrive whole
        return Unanswered()
    return meaning_of_status(failure)
