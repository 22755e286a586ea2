"""The engine of backups and restores on Azure: two accounts, their keys, and how progress and alerts are told."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from adapters.blobs import AzureBlobs
from adapters.schema import BACKED_UP, IN_ORDER, VAULT
from adapters.settings import Settings
from adapters.storage import Account
from adapters.tables import AzureEntities
from domain.blobs import Blobs
from domain.continuity import Engine, Progress
from domain.errors import DomainError
from domain.ports import Ports

_log = logging.getLogger("solarium.continuity")
_EVERY = 10.0  # seconds between two log lines of a long run


def patient_blobs(account: Account) -> AzureBlobs:
    """Files of an account, for work that nobody waits for: large ones may take their time."""
    return AzureBlobs(account.address("blob"), credential=account.credential, read_timeout=30.0, patience=90.0)


class Mail(Protocol):
    """The part of the messages port that alerts need."""

    async def email(self, *, to: str, template: str, text: str) -> None:
        """Send one."""
        ...


def engine_on_azure(
    settings: Settings, *, ports: Ports, files: Blobs, mail: Mail, tell: Callable[[Progress], None] | None = None
) -> Engine:
    """The engine for the accounts of the settings; `tell` is the log if it is left out."""
    return Engine(
        ports=ports,
        entities=AzureEntities(settings.data.address("table"), credential=settings.data.credential),
        files=files,
        vault=patient_blobs(settings.backup),
        vault_container=VAULT,
        tables=IN_ORDER,
        containers=BACKED_UP,
        tell=tell or logged(),
        alert=alerts(mail, settings.alert_email),
        signing_key=signing_key(settings.token_signing_key),
    )


def logged() -> Callable[[Progress], None]:
    """Tells the log, every ten seconds."""
    last = [float("-inf")]

    def tell(progress: Progress) -> None:
        if time.monotonic() - last[0] >= _EVERY:
            last[0] = time.monotonic()
            _log.info("%s", progress)

    return tell


def alerts(mail: Mail, to: str | None) -> Callable[[str], Awaitable[None]]:
    """Tells the log, and the operators by email if there is an address."""

    async def alert(text: str) -> None:
        _log.error("backups need attention: %s", text)
        if to:
            try:
                await mail.email(to=to, template="continuity-alert", text=text)
            except DomainError as error:
                _log.error("the alert couldn't be sent: %s", error.code)

    return alert


def signing_key(token_signing_key: str) -> bytes:
    """The key that signs drill reports: derived, so that neither use can be turned against the other."""
    return hmac.new(token_signing_key.encode(), b"solarium drill reports", hashlib.sha256).digest()
