"""The vault as backups use it: objects are created once, and whatever fails names the object."""

from __future__ import annotations

from collections.abc import Iterator

from domain.blobs import BlobExists, BlobTooLarge
from domain.continuity import _objects as objects
from domain.continuity._manifest import Manifest, Part, manifest_from_record
from domain.continuity._ports import Engine
from domain.continuity.errors import BackupDamaged, BackupFailed
from domain.errors import DomainError


async def put(*, engine: Engine, name: str, content: bytes, media_type: str) -> None:
    """Create the object; the same content again is fine. Raises BackupFailed, naming it; BlobExists."""
    try:
        await engine.vault.create(
            container=engine.vault_container, name=name, content=content, media_type=media_type
        )
    except BlobExists:
        raise
    except DomainError as error:
        raise BackupFailed(f"{name} couldn't be written: {error.message}", details={"object": name}) from None


async def fetch(*, engine: Engine, name: str) -> bytes | None:
    """The object, or None. Raises BackupDamaged if it is larger than any of ours, BackupFailed."""
    try:
        return await engine.vault.read(container=engine.vault_container, name=name, limit=objects.MAX_OBJECT_BYTES)
    except BlobTooLarge:
        raise BackupDamaged(f"{name} is larger than it was written.", details={"object": name}) from None
    except DomainError as error:
        raise BackupFailed(f"{name} couldn't be read: {error.message}", details={"object": name}) from None


async def fetch_part(*, engine: Engine, part: Part) -> bytes:
    """A part as it was stored. Raises BackupDamaged, naming it, if it isn't what the manifest says."""
    content = await fetch(engine=engine, name=part.name)
    if content is None:
        raise BackupDamaged(f"{part.name} isn't there.", details={"object": part.name})
    if len(content) != part.packed or objects.digest_of(content) != part.sha256:
        raise BackupDamaged(f"{part.name} isn't as it was written.", details={"object": part.name})
    return content


def lines_of(content: bytes, part: Part) -> Iterator[bytes]:
    """The lines of a fetched part. Raises BackupDamaged."""
    return objects.unpacked(content, name=part.name, most=part.size)


async def read_manifest(*, engine: Engine, backup_id: str) -> tuple[Manifest, str]:
    """A backup's manifest and its SHA-256. Raises BackupDamaged (also if there is none)."""
    name = objects.manifest_name(backup_id)
    content = await fetch(engine=engine, name=name)
    manifest = manifest_from_record(objects.opened(content, name=name), name=name)
    if manifest.id != backup_id:
        raise BackupDamaged(f"{name} is of another backup: {manifest.id}.", details={"object": name})
    return manifest, objects.digest_of(content or b"")
