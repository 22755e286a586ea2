"""The blob SDK's client for one event loop, and what signs its links: the account's key or a delegated one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapters.storage import CountingTransport, Intercept

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient, ContainerClient

CLOCK_SKEW = timedelta(minutes=5)
_KEY_LASTS = timedelta(hours=24)
_RENEW_BEFORE = timedelta(hours=1)


class BlobConnection:
    """`account` is a connection string or, if a credential is given, the endpoint of the blob service."""

    def __init__(
        self,
        account: str,
        *,
        credential: Any,
        intercept: Intercept | None,
        connection_timeout: float,
        read_timeout: float,
    ) -> None:
        from azure.storage.blob.aio import BlobServiceClient  # noqa: PLC0415 - 0.2 s that most starts don't need

        self.transport = CountingTransport(
            intercept, kind=_kind, connection_timeout=connection_timeout, read_timeout=read_timeout
        )
        options: dict[str, Any] = {
            "transport": self.transport,
            "retry_total": 0,  # ours, see _store.py
            "max_single_get_size": 4 * 1024 * 1024,
            "max_chunk_get_size": 4 * 1024 * 1024,
        }
        if credential is None:
            self._service = BlobServiceClient.from_connection_string(account, **options)
        else:
            self._service = BlobServiceClient(account, credential=credential, **options)
        self._delegated = credential is not None
        self._key: Any = None
        self._key_until = datetime.min.replace(tzinfo=UTC)
        self._renewing = asyncio.Lock()

    def container(self, name: str) -> ContainerClient:
        """The client of one container."""
        return self._service.get_container_client(name)

    def blob(self, container: str, name: str) -> BlobClient:
        """The client of one file."""
        return self._service.get_blob_client(container, name)

    async def signer(self, *, at: datetime, until: datetime) -> dict[str, Any]:
        """What `generate_blob_sas` signs with, good from `at` - CLOCK_SKEW until `until`."""
        if not self._delegated:
            key = self._service.credential
            return {"account_name": key.account_name, "account_key": key.account_key}
        async with self._renewing:
            if self._key is None or max(at + _RENEW_BEFORE, until) > self._key_until:
                expiry = max(at + _KEY_LASTS, until + _RENEW_BEFORE)
                self._key = await self._service.get_user_delegation_key(at - 2 * CLOCK_SKEW, expiry)
                self._key_until = expiry
        return {"account_name": self._service.account_name, "user_delegation_key": self._key}

    async def close(self) -> None:
        """Close the sockets."""
        await self._service.close()


def _kind(url: str) -> str:
    query = url.partition("?")[2]
    if "comp=list" in query:
        return "blobs"
    return "container" if "restype=container" in query else "blob"
