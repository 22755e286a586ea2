"""Refusals of the blob port."""

from __future__ import annotations

from domain.errors import Conflict, Invalid
from domain.store import StorageUnavailable


class BlobExists(Conflict):
    """A file of this name is there already; files are never replaced."""


class BlobTooLarge(Invalid):
    """The file is larger than may be read at once here."""


class BlobProtected(Conflict):
    """The storage refuses to delete this file before its retention period (or legal hold) ends."""


class ContainerMissing(StorageUnavailable):
    """The container isn't there. A set-up account has all; one that is only to be restored into may not."""
