"""The blob port in memory: the same guarantees and refusals as the real one (see tests/contract)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from domain.blobs import Blob, BlobExists, BlobTooLarge, ContainerMissing, Link

_SKEW = timedelta(minutes=5)
Before = Callable[[str], None]


def _nothing(request: str) -> None:
    """Lets the request go on."""


@dataclass(frozen=True)
class Answer:
    """What whoever follows a link gets."""

    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class FakeBlobs:
    """`domain.blobs.Blobs` in memory. `before` is told of each request (`create documents/a`); raise in it to
    play a crash or a storage that is down. `follow_put` and `follow_get` are what a client does with a link."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    before: Before = _nothing
    requests: list[str] = field(default_factory=list)
    _containers: dict[str, dict[str, tuple[Blob, bytes]]] = field(default_factory=dict)
    _made: int = 0

    async def create_container(self, *, container: str) -> None:
        """Make the container if it isn't there."""
        await self._request("container", container)
        self._containers.setdefault(container, {})

    async def create(
        self,
        *,
        container: str,
        name: str,
        content: bytes,
        media_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> Blob:
        """Store a new file."""
        await self._request("create", container, name)
        return self._store(container, name, content, media_type, metadata or {})

    async def copy(self, *, container: str, name: str, to_container: str, to_name: str) -> Blob | None:
        """Store a copy of a file."""
        await self._request("copy", container, name)
        found = self._files(container).get(name)
        if found is None:
            return None
        blob, content = found
        return self._store(to_container, to_name, content, blob.media_type, blob.metadata)

    async def read(
        self, *, container: str, name: str, first: int | None = None, limit: int = 64 * 1024 * 1024
    ) -> bytes | None:
        """The content, or its first bytes, or None."""
        await self._request("read", container, name)
        found = self._files(container).get(name)
        if found is None:
            return None
        if first is None and len(found[1]) > limit:
            raise BlobTooLarge(f"The file has {len(found[1])} bytes; at most {limit} can be read at once.")
        return found[1] if first is None else found[1][:first]

    async def describe(self, *, container: str, name: str) -> Blob | None:
        """What is known of the file, or None."""
        await self._request("describe", container, name)
        found = self._files(container).get(name)
        return found[0] if found else None

    async def list(self, *, container: str, prefix: str = "") -> AsyncIterator[Blob]:
        """The files whose names begin so, in name order."""
        await self._request("list", container)
        for name in sorted(self._files(container)):
            if name.startswith(prefix):
                yield self._files(container)[name][0]

    async def delete(self, *, container: str, name: str) -> None:
        """Remove the file, if it is there."""
        await self._request("delete", container, name)
        self._files(container).pop(name, None)

    async def upload_link(self, *, container: str, name: str, at: datetime, expires_at: datetime) -> Link:
        """A link for one PUT of a new file."""
        return _link(container, name, at, expires_at, {"may": "create"})

    async def download_link(
        self, *, container: str, name: str, at: datetime, expires_at: datetime, file_name: str, media_type: str
    ) -> Link:
        """A link for reading the file."""
        return _link(container, name, at, expires_at, {"may": "read", "name": file_name, "type": media_type})

    def follow_put(self, url: str, content: bytes, media_type: str) -> Answer:
        """What a client's PUT does."""
        container, name, said = self._followed(url)
        if said is None or said["may"] != "create" or name in self._files(container):
            return Answer(403)
        self._store(container, name, content, media_type, {})
        return Answer(201)

    def follow_get(self, url: str) -> Answer:
        """What a client's GET brings."""
        container, name, said = self._followed(url)
        if said is None or said["may"] != "read":
            return Answer(403)
        if name not in self._files(container):
            return Answer(404)
        headers = {
            "Content-Type": said["type"],
            "Content-Disposition": f'inline; filename="{said["name"]}"',
        }
        return Answer(200, self._files(container)[name][1], headers)

    def _followed(self, url: str) -> tuple[str, str, dict[str, str] | None]:
        parts = urlsplit(url)
        said = {key: values[0] for key, values in parse_qs(parts.query).items()}
        good = said["from"] <= self.now().isoformat() < said["until"]
        return parts.netloc, parts.path[1:], said if good else None

    def _store(
        self, container: str, name: str, content: bytes, media_type: str, metadata: Mapping[str, str]
    ) -> Blob:
        files = self._files(container)
        if name in files:
            if files[name][1] != content:
                raise BlobExists("A file of this name is there already.")
            return files[name][0]
        self._made += 1
        md5 = hashlib.md5(content, usedforsecurity=False).digest()
        at = self.now().replace(microsecond=0)
        blob = Blob(name, len(content), media_type, md5, at, f"0x{self._made}", dict(metadata))
        files[name] = (blob, content)
        return blob

    def _files(self, container: str) -> dict[str, tuple[Blob, bytes]]:
        if container not in self._containers:
            raise ContainerMissing(f"The container {container} isn't there.", retry_after=5)
        return self._containers[container]

    async def _request(self, kind: str, container: str, name: str = "") -> None:
        request = f"{kind} {container}/{name}".rstrip("/")
        self.requests.append(request)
        await asyncio.sleep(0)  # where the real one waits, and other tasks go on
        self.before(request)


def _link(container: str, name: str, at: datetime, expires_at: datetime, said: dict[str, str]) -> Link:
    until = expires_at.replace(microsecond=0)
    times = {"from": (at - _SKEW).isoformat(), "until": until.isoformat()}
    return Link(f"fake://{container}/{name}?{urlencode({**times, **said})}", until)
