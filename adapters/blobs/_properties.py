"""A file's properties to and from the SDK's types."""

from __future__ import annotations

from typing import Any

from domain.blobs import Blob


def settings_of(media_type: str, md5: bytes) -> Any:
    """What is stored beside the content."""
    from azure.storage.blob import ContentSettings  # noqa: PLC0415 - see _connections.py

    return ContentSettings(content_type=media_type, content_md5=bytearray(md5))


def blob_of(found: Any) -> Blob:
    """What the SDK's properties say."""
    said = found.content_settings
    return Blob(
        name=found.name,
        size=found.size,
        media_type=said.content_type or "",
        md5=bytes(said.content_md5) if said.content_md5 else None,
        created_at=found.creation_time,
        etag=found.etag.strip('"'),  # a listing gives it without quotes
        metadata=dict(found.metadata or {}),
    )
