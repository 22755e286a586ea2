"""Links in Azure, where no account key is at hand: signed with a user-delegation key, which is kept and renewed.

Azurite can't play this over plain HTTP, so the answer to the request for a key is played on the wire; the
signature is checked against Microsoft's rule for it, worked out here.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from azure.core.credentials import AccessToken
from azure.core.rest._http_response_impl_async import AsyncHttpResponseImpl

from adapters.blobs import AzureBlobs

KEY = base64.b64encode(b"a delegated key").decode()
AT = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
ENDPOINT = "https://solarium.blob.core.windows.net"


class Identity:
    """A managed identity's token."""

    async def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        assert scopes == ("https://storage.azure.com/.default",)
        return AccessToken("token", 2**31)

    async def close(self) -> None:
        """Nothing to close."""


@dataclass
class Account:
    """Answers requests for a key, and no others."""

    asked: list[str] = field(default_factory=list)

    async def __call__(self, request: Any, send: Any) -> Any:
        assert request.url == f"{ENDPOINT}/?restype=service&comp=userdelegationkey"
        assert request.headers["Authorization"] == "Bearer token"
        text = request.content if isinstance(request.content, str) else request.body
        text = text.decode() if isinstance(text, bytes) else text
        start, expiry = (text.split(f"<{tag}>")[1].split("</")[0] for tag in ("Start", "Expiry"))
        self.asked.append(f"{start} {expiry}")
        await asyncio.sleep(0)
        response = AsyncHttpResponseImpl(
            request=request,
            internal_response=None,
            status_code=200,
            reason="OK",
            content_type="application/xml",
            headers={"content-type": "application/xml"},
            stream_download_generator=None,
        )
        response._content, response._is_closed = _key(start, expiry), True
        return response


def _key(start: str, expiry: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><UserDelegationKey><SignedOid>oid</SignedOid>'
        f"<SignedTid>tid</SignedTid><SignedStart>{start}</SignedStart><SignedExpiry>{expiry}</SignedExpiry>"
        "<SignedService>b</SignedService><SignedVersion>2020-02-10</SignedVersion>"
        f"<Value>{KEY}</Value></UserDelegationKey>"
    ).encode()


async def link(blobs: AzureBlobs, at: datetime) -> dict[str, str]:
    made = await blobs.upload_link(
        container="documents", name="LEAD-1/a", at=at, expires_at=at + timedelta(minutes=5)
    )
    assert made.url.startswith(f"{ENDPOINT}/documents/LEAD-1/a?")
    return {key: values[0] for key, values in parse_qs(urlsplit(made.url).query).items()}


def test_are_signed_with_the_delegated_key_and_only_over_https() -> None:
    async def body() -> None:
        blobs = AzureBlobs(ENDPOINT, credential=Identity(), intercept=Account())
        said = await link(blobs, AT)
        expected = {
            "st": "2026-11-25T09:55:00Z",
            "se": "2026-11-25T10:05:00Z",
            "sp": "c",
            "spr": "https",
            "sr": "b",
            "skoid": "oid",
            "sktid": "tid",
            "skt": "2026-11-25T09:50:00Z",
            "ske": "2026-11-26T10:00:00Z",
            "sks": "b",
            "skv": "2020-02-10",
        }
        assert {key: said[key] for key in expected} == expected
        assert said["sig"] == _signature(said)
        await blobs.close()

    asyncio.run(body())


def test_ask_for_a_key_once_for_many_links_and_again_before_it_ends() -> None:
    async def body() -> None:
        account = Account()
        blobs = AzureBlobs(ENDPOINT, credential=Identity(), intercept=account)
        await asyncio.gather(*(link(blobs, AT + timedelta(minutes=n)) for n in range(20)))
        await link(blobs, AT + timedelta(hours=22, minutes=59))
        assert len(account.asked) == 1
        later = await link(blobs, AT + timedelta(hours=23, minutes=1))
        assert len(account.asked) == 2
        assert later["ske"] == "2026-11-27T09:01:00Z"
        await blobs.close()

    asyncio.run(body())


def _signature(said: dict[str, str]) -> str:
    """https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas, version 2020-12-06 on;
    the fields that later versions add are empty here."""
    fields = ["sp", "st", "se", None, "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid"]
    fields += ["skdutid", "sduoid", "sip", "spr", "sv", "sr", "snapshot", "ses", "srh", "srq"]
    fields += ["rscc", "rscd", "rsce", "rscl", "rsct"]
    resource = "/blob/solarium/documents/LEAD-1/a"
    text = "\n".join(resource if name is None else said.get(name, "") for name in fields)
    digest = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
