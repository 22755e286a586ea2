"""Signed links (SAS): what each lets its holder do, and from when until when."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from adapters.blobs._connections import CLOCK_SKEW


def upload_url(client: Any, *, signer: dict[str, Any], at: datetime, until: datetime) -> str:
    """One PUT of a new file: `create` without `write` can't replace what is there."""
    return _signed(client, signer, at, until, create=True)


def read_url(client: Any, *, signer: dict[str, Any], at: datetime, until: datetime) -> str:
    """Reading the file as it is."""
    return _signed(client, signer, at, until, read=True)


def download_url(
    client: Any, *, signer: dict[str, Any], at: datetime, until: datetime, file_name: str, media_type: str
) -> str:
    """Reading the file under a name and type of ours: what the uploader said of it counts for nothing."""
    safe = re.sub(r"[^A-Za-z0-9._ -]", "_", file_name)
    answered = {"content_disposition": f'inline; filename="{safe}"', "content_type": media_type}
    return _signed(client, signer, at, until, answered, read=True)


def _signed(
    client: Any,
    signer: dict[str, Any],
    at: datetime,
    until: datetime,
    answered: dict[str, Any] | None = None,
    **may: bool,
) -> str:
    from azure.storage.blob import BlobSasPermissions, generate_blob_sas  # noqa: PLC0415 - see _connections.py

    query = generate_blob_sas(
        container_name=client.container_name,
        blob_name=client.blob_name,
        permission=BlobSasPermissions(**may),
        start=at - CLOCK_SKEW,
        expiry=until,
        protocol="https" if client.url.startswith("https:") else "https,http",
        **(answered or {}),
        **signer,
    )
    return f"{client.url}?{query}"
