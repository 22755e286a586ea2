"""The blob port on Azure Blob Storage (and Azurite), with bounded retries of our own."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError

from adapters.blobs._connections import BlobConnection
from adapters.blobs._failures import Missing, OutOfRange, meaning_of
from adapters.blobs._links import download_url, read_url, upload_url
from adapters.blobs._properties import blob_of, settings_of
from adapters.storage import StorageClient, code_of, patiently, unavailable
from domain.blobs import Blob, BlobExists, BlobTooLarge, Link

_END: list[Any] = []
_COPY_POLL = 0.2  # seconds
_COPY_READS = timedelta(hours=1)  # how long the storage may read what it copies
T = TypeVar("T")


class AzureBlobs(StorageClient[BlobConnection]):
    """`domain.blobs.Blobs` over azure-storage-blob. With a `credential`, links are signed with a
    user-delegation key."""

    CONNECTION = BlobConnection
    MEANING = staticmethod(meaning_of)

    async def create_container(self, *, container: str) -> None:
        """Make the container (private) if it isn't there."""

        async def create() -> None:
            try:
                await self._connections.current().container(container).create_container()
            except ResourceExistsError as failure:
                if code_of(failure) != "ContainerAlreadyExists":  # being deleted, for example
                    raise unavailable() from failure

        await self._answer(create)

    async def create(
        self,
        *,
        container: str,
        name: str,
        content: bytes,
        media_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> Blob:
        """Store a new file; see the port for what is promised and raised."""
        md5 = hashlib.md5(content, usedforsecurity=False).digest()
        client = self._connections.current().blob(container, name)

        async def upload() -> Blob:
            # overwrite=False is If-None-Match: *; validate_content is Content-MD5, checked on arrival.
            done = await client.upload_blob(
                content,
                overwrite=False,
                validate_content=True,
                metadata=dict(metadata or {}),
                content_settings=settings_of(media_type, md5),
            )
            etag = done["etag"].strip('"')
            return Blob(name, len(content), media_type, md5, done["last_modified"], etag, dict(metadata or {}))

        async with patiently(self.patience):
            try:
                return await self._answer(upload)
            except BlobExists:  # somebody else's, or our own from an attempt whose reply was lost
                found = await self.describe(container=container, name=name)
                if found is None or not await self._holds(found, container, content, md5):
                    raise
                return found

    async def copy(self, *, container: str, name: str, to_container: str, to_name: str) -> Blob | None:
        """Store a copy of a file; see the port."""
        source = await self.describe(container=container, name=name)
        if source is None:
            return None
        now = datetime.now(UTC)
        url = (await self._link(container, name, now, now + _COPY_READS, read_url)).url
        target = self._connections.current().blob(to_container, to_name)

        async def start() -> None:
            await target.start_copy_from_url(url, match_condition=MatchConditions.IfMissing)

        async with patiently(self.patience):
            try:
                await self._answer(start)
            except BlobExists:
                pass  # ours, if the content is the same
            except Missing:
                return None
            return await self._copied(source, url, to_container, to_name)

    async def read(
        self, *, container: str, name: str, first: int | None = None, limit: int = 64 * 1024 * 1024
    ) -> bytes | None:
        """The content, or its first bytes, or None."""
        client = self._connections.current().blob(container, name)
        span: dict[str, Any] = {"offset": 0, "length": first} if first is not None else {}

        async def download() -> bytes:
            stream = await client.download_blob(**span)  # the first 4 MB; the rest if it is wanted
            if first is None and stream.size > limit:
                raise BlobTooLarge(f"The file has {stream.size} bytes; at most {limit} can be read at once.")
            content: bytes = await stream.readall()
            return content

        try:
            return await self._answer(download)
        except Missing:
            return None
        except OutOfRange:
            return b""

    async def describe(self, *, container: str, name: str) -> Blob | None:
        """What is known of the file, or None."""
        client = self._connections.current().blob(container, name)
        try:
            return blob_of(await self._answer(client.get_blob_properties))
        except Missing:
            return None

    async def list(self, *, container: str, prefix: str = "") -> AsyncIterator[Blob]:
        """The files whose names begin so, one request per 5,000."""
        client = self._connections.current().container(container)
        pages = client.list_blobs(name_starts_with=prefix or None, include=["metadata"]).by_page()

        async def next_page() -> list[Any]:
            # A page iterator that failed has not moved: asked again, it asks for the same page.
            page = await anext(pages, None)
            return _END if page is None else [blob_of(found) async for found in page]

        while (page := await self._answer(next_page)) is not _END:
            for found in page:
                yield found

    async def delete(self, *, container: str, name: str) -> None:
        """Remove the file, if it is there."""
        client = self._connections.current().blob(container, name)
        try:
            await self._answer(client.delete_blob)
        except Missing:
            return

    async def upload_link(self, *, container: str, name: str, at: datetime, expires_at: datetime) -> Link:
        """A link for one PUT of a new file."""
        return await self._link(container, name, at, expires_at, upload_url)

    async def download_link(
        self, *, container: str, name: str, at: datetime, expires_at: datetime, file_name: str, media_type: str
    ) -> Link:
        """A link for reading the file."""
        said = {"file_name": file_name, "media_type": media_type}
        return await self._link(container, name, at, expires_at, download_url, **said)

    async def _link(
        self, container: str, name: str, at: datetime, expires_at: datetime, make: Callable[..., str], **said: str
    ) -> Link:
        connection = self._connections.current()
        until = expires_at.replace(microsecond=0)  # a link's times have no fractions

        async def sign() -> dict[str, Any]:
            return await connection.signer(at=at, until=until)

        signer = await self._answer(sign)
        client = connection.blob(container, name)
        return Link(make(client, signer=signer, at=at, until=until, **said), until)

    async def _holds(self, found: Blob, container: str, content: bytes, md5: bytes) -> bool:
        if found.size != len(content):
            return False
        if found.md5 is not None:
            return found.md5 == md5
        return await self.read(container=container, name=found.name, limit=found.size) == content

    async def _copied(self, source: Blob, url: str, container: str, name: str) -> Blob:
        client = self._connections.current().blob(container, name)
        while (found := await self._answer(client.get_blob_properties)).copy.status == "pending":  # noqa: ASYNC110 - the storage has no event for us
            await asyncio.sleep(_COPY_POLL)
        if found.copy.status in ("failed", "aborted"):
            await self.delete(container=container, name=name)  # it holds nothing, and would be in the way
            raise unavailable()
        copy = blob_of(found)
        same = copy.md5 is not None and copy.md5 == source.md5
        ours = urlsplit(found.copy.source or "").path == urlsplit(url).path
        if copy.size != source.size or not (same or ours):
            raise BlobExists("Another file of this name is there already.")
        return copy
