"""How our requests to the table service prove who sends them."""

from __future__ import annotations

import hmac
import time
from base64 import b64decode, b64encode
from email.utils import formatdate
from typing import Any

from azure.core.credentials import AzureNamedKeyCredential
from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy, SansIOHTTPPolicy

_STORAGE, _COSMOS = "https://storage.azure.com/.default", "https://cosmos.azure.com/.default"


def policy_for(credential: Any, service: str) -> Any:
    """The policy that signs for a credential: an account's key (Azurite), or a managed identity's token."""
    if isinstance(credential, AzureNamedKeyCredential):
        return SharedKey(credential.named_key.name, credential.named_key.key)
    return AsyncBearerTokenCredentialPolicy(credential, _COSMOS if ".table.cosmos" in service else _STORAGE)


class SharedKey(SansIOHTTPPolicy[Any, Any]):
    """HMAC-SHA256 over method, type, date and path ("Authorize with Shared Key", Microsoft's REST reference)."""

    def __init__(self, account: str, key: str) -> None:
        self._account, self._key = account, b64decode(key)
        self._date: tuple[int, str] = (0, "")

    def on_request(self, request: Any) -> None:
        """Sign it; nothing in it may change after that."""
        http = request.http_request
        second = int(time.time())
        if second != self._date[0]:
            self._date = (second, formatdate(second, usegmt=True))
        date = self._date[1]
        path = http.url.partition("?")[0].split("/", 3)[3]
        kind = http.headers.get("Content-Type", "")
        said = f"{http.method}\n\n{kind}\n{date}\n/{self._account}/{path}"
        signature = b64encode(hmac.digest(self._key, said.encode(), "sha256")).decode()
        http.headers["x-ms-date"] = date
        http.headers["Authorization"] = f"SharedKey {self._account}:{signature}"
