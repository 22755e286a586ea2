"""A container's inventory, and the copies of the files in it that the vault doesn't have yet.

An entry is one line of JSON. A file that stands unchanged in the inventory before (name, size, MD5, ETag) has
its copy already: it is neither read nor copied again, whatever its size.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from domain.blobs import Blob, BlobExists
from domain.continuity import _objects as objects
from domain.continuity._manifest import FILES, Manifest
from domain.continuity._ports import Engine
from domain.continuity._vault import fetch_part, lines_of, put
from domain.continuity.errors import BackupDamaged, BackupFailed
from domain.errors import DomainError
from domain.values import iso


@dataclass(frozen=True)
class File:
    """A file in a container. `md5` (hex) is the storage's, `sha256` ours and the name of its copy; `fresh` if
    this backup made the copy."""

    name: str
    size: int
    md5: str | None
    type: str
    etag: str
    created: str
    metadata: dict[str, str]
    sha256: str = ""
    fresh: bool = False

    def unchanged_since(self, other: File) -> bool:
        """Whether the copy that was made of `other` is still the copy of this."""
        return (self.name, self.size, self.md5, self.etag) == (other.name, other.size, other.md5, other.etag)


def file_to_line(file: File) -> bytes:
    """As the inventory has it."""
    return json.dumps(asdict(file), sort_keys=True, separators=(",", ":")).encode() + b"\n"


def file_from_line(line: bytes) -> File:
    """As the inventory has it. Raises ValueError, TypeError."""
    said: Any = json.loads(line)
    return File(**said)


async def files_in(
    *, engine: Engine, manifest: Manifest | None, container: str, folder: str = ""
) -> AsyncIterator[File]:
    """The inventory of a container in a backup, in name order, or of a folder in it; nothing if it has none.
    Raises BackupDamaged."""
    series = manifest.one(FILES, container) if manifest else None
    for part in series.parts if series else ():
        if folder and not part.first[: len(folder)] <= folder <= part.last:
            continue
        content = await fetch_part(engine=engine, part=part)
        for file in map(file_from_line, lines_of(content, part)):
            if file.name.startswith(folder):
                yield file


def _listed(blob: Blob) -> File:
    md5 = blob.md5.hex() if blob.md5 else None
    return File(blob.name, blob.size, md5, blob.media_type, blob.etag, iso(blob.created_at), dict(blob.metadata))


async def copied(
    *, engine: Engine, container: str, before: Manifest | None, after: str | None
) -> AsyncIterator[tuple[File, str | None]]:
    """Each file of the container after that name, once its copy is in the vault; and what is wrong with it."""
    old = files_in(engine=engine, manifest=before, container=container)
    known = await anext(old, None)
    async for blob in engine.files.list(container=container):
        if after is not None and blob.name.encode() <= after.encode():
            continue
        file = _listed(blob)
        while known is not None and known.name.encode() < file.name.encode():
            known = await anext(old, None)
        if known is not None and file.unchanged_since(known):
            yield replace(file, sha256=known.sha256), None
            continue
        made = await _copy(engine, container, file)
        if made is not None:
            yield made


async def _copy(engine: Engine, container: str, file: File) -> tuple[File, str | None] | None:
    try:
        content = await engine.files.read(container=container, name=file.name, limit=objects.MAX_OBJECT_BYTES)
    except DomainError as error:
        where = f"{container}/{file.name}"
        raise BackupFailed(f"{where} couldn't be read: {error.message}", details={"object": where}) from None
    if content is None:
        return None  # deleted since it was listed
    digest = objects.digest_of(content)
    name = objects.content_name(digest)
    try:
        await put(engine=engine, name=name, content=content, media_type=file.type)
    except BlobExists:  # under the name of its content, there is other content
        raise BackupDamaged(
            f"{name} isn't as it was written; remove it, then the next backup makes it again.",
            details={"object": name},
        ) from None
    wrong = file.md5 is not None and hashlib.md5(content, usedforsecurity=False).hexdigest() != file.md5
    return replace(file, size=len(content), sha256=digest, fresh=True), file.name if wrong else None
