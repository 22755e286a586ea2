"""Refusals about documents."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, NotAllowed, NotFound


class DocumentNotFound(NotFound):
    """There is no document with this id among those that the caller may see."""


class DocumentLimitReached(Conflict):
    """The lead has as many documents as it may have."""


class DocumentClosed(Conflict):
    """The document was deleted, replaced, or never arrived in time."""


class DocumentOfAnother(NotAllowed):
    """A customer may delete only what it uploaded."""


class KycLocked(Conflict):
    """The customer has an approved document of this type; it can't be replaced or rejected."""


class KycNotPending(Conflict):
    """Only a document whose file has arrived and which waits for its review can be reviewed."""


class KycNotDeletable(Conflict):
    """KYC documents are replaced, never deleted."""


class UploadNotArrived(Conflict):
    """No file has been uploaded under this document's link."""


class FileTooLarge(Invalid):
    """The uploaded file is larger than 10 MB; it is in quarantine."""


class FileTypeNotAllowed(Invalid):
    """The uploaded file isn't a PDF, JPG or PNG by its content; it is in quarantine."""


class FileDamaged(Invalid):
    """The uploaded file is empty, cut off or damaged; it is in quarantine."""
