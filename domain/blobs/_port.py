"""What the domain asks of a blob store: the types of the port and its guarantees.

Files are created, never replaced; what is written once can only be read or deleted. Names are the product's
own (ids and fixed words), never what a person typed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Blob:
    """What is known of a stored file without reading it. `md5` is 16 raw bytes, as the storage computed it
    for what was uploaded in one piece; None where it has none. `created_at` is exact to the second."""

    name: str
    size: int
    media_type: str
    md5: bytes | None
    created_at: datetime
    etag: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """A URL that lets whoever holds it do one thing with one file until `expires_at`. Never logged."""

    url: str = field(repr=False)
    expires_at: datetime


class Blobs(Protocol):
    """Containers of files. All methods raise `domain.store.StorageUnavailable` when storage doesn't answer."""

    async def create_container(self, *, container: str) -> None:
        """Make the container (private) if it isn't there."""
        ...

    async def create(
        self,
        *,
        container: str,
        name: str,
        content: bytes,
        media_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> Blob:
        """Store a new file, with its MD5 checked in transit. Raises BlobExists (also if an earlier attempt
        whose reply was lost did store other content); the same content again is answered as stored."""
        ...

    async def copy(self, *, container: str, name: str, to_container: str, to_name: str) -> Blob | None:
        """Store a copy of a file under a new name, made by the storage itself, with its type and metadata;
        None if there is no such file. Raises BlobExists if other content has that name; the same content is
        answered as copied."""
        ...

    async def read(
        self, *, container: str, name: str, first: int | None = None, limit: int = 64 * 1024 * 1024
    ) -> bytes | None:
        """The content, or its `first` bytes (≥ 1), or None if there is no such file. Raises BlobTooLarge if
        the content has more than `limit` bytes."""
        ...

    async def describe(self, *, container: str, name: str) -> Blob | None:
        """What is known of the file, or None."""
        ...

    def list(self, *, container: str, prefix: str = "") -> AsyncIterator[Blob]:
        """The files whose names begin so, in name order, streamed."""
        ...

    async def delete(self, *, container: str, name: str) -> None:
        """Remove the file; that it isn't there is no fault. Raises BlobProtected."""
        ...

    async def upload_link(self, *, container: str, name: str, at: datetime, expires_at: datetime) -> Link:
        """A link for one PUT of this file by a client (`x-ms-blob-type: BlockBlob`). It makes the file and
        can't replace one, so what has been checked stays what it was. Good from a little before `at`, for
        clocks that are behind."""
        ...

    async def download_link(
        self, *, container: str, name: str, at: datetime, expires_at: datetime, file_name: str, media_type: str
    ) -> Link:
        """A link for reading this file; the browser is told its name and type."""
        ...
