"""Bringing the files of a container back: those that aren't there. Rows are in `_restore`."""

from __future__ import annotations

from domain.blobs import Blob, BlobExists, Blobs, ContainerMissing
from domain.continuity import _objects as objects
from domain.continuity._decisions import Fate
from domain.continuity._files import File, files_in
from domain.continuity._journal import Tally
from domain.continuity._manifest import Manifest
from domain.continuity._ports import Engine
from domain.continuity._vault import fetch
from domain.continuity.errors import BackupDamaged


async def restore_files(
    *, engine: Engine, manifest: Manifest, container: str, target: Blobs, dry_run: bool, folder: str = ""
) -> Tally:
    """Restore a container's files, or those in a folder. One that is there with other content is a conflict, and
    never replaced.

    Raises BackupDamaged, naming the copy that isn't as it was written; StorageUnavailable.
    """
    tally = Tally()
    if not dry_run:
        await target.create_container(container=container)
    async for file in files_in(engine=engine, manifest=manifest, container=container, folder=folder):
        fate = await _restore_file(engine, container, file, target, dry_run)
        tally.fates[fate] += 1
        if fate is Fate.CONFLICT:
            tally.name(f"{container}/{file.name}: another file of this name is there")
    return tally


async def _restore_file(engine: Engine, container: str, file: File, target: Blobs, dry_run: bool) -> Fate:
    there = await _described(target, container, file.name, dry_run)
    if there is not None:
        same = there.size == file.size and (there.md5.hex() if there.md5 else None) == file.md5
        return Fate.SKIPPED if same else Fate.CONFLICT
    if dry_run:
        return Fate.CREATED
    name = objects.content_name(file.sha256)
    content = await fetch(engine=engine, name=name)
    if content is None or objects.digest_of(content) != file.sha256:
        raise BackupDamaged(f"{name}, the copy of {file.name}, isn't as it was written.", details={"object": name})
    try:
        await target.create(
            container=container,
            name=file.name,
            content=content,
            media_type=file.type,
            metadata=file.metadata,
        )
    except BlobExists:
        return Fate.CONFLICT
    return Fate.CREATED


async def _described(target: Blobs, container: str, name: str, dry_run: bool) -> Blob | None:
    try:
        return await target.describe(container=container, name=name)
    except ContainerMissing:
        if dry_run:  # it would be made
            return None
        raise
