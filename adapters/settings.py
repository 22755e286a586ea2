"""The app settings: read once at start from the environment, and nowhere else; a missing one fails loudly."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adapters.entra import EntraTenant
from adapters.storage import Account

_NEEDED = (
    "TOKEN_SIGNING_KEY",
    "TOKEN_ISSUER",
    "TOKEN_AUDIENCE",
    "OTP_HMAC_KEY",
    "CURSOR_HMAC_KEY",
    "PORTAL_URL",
)

_PROVIDERS = {
    "MSG91_AUTH_KEY": ("MSG91_TEMPLATE_CODE", "MSG91_TEMPLATE_TEXT"),
    "SENDGRID_API_KEY": ("EMAIL_SENDER",),
}
"""Who sends SMS and email, and what else that takes."""

REQUEST_SECONDS = 7.5
"""How long a client waits in vain at most: the customers' app gives up after 8 s (client-contract.md §1)."""


class SettingsMissing(RuntimeError):
    """The application can't start without these app settings."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one deployment to another."""

    data: Account
    backup: Account
    token_signing_key: str = field(repr=False)
    token_issuer: str
    token_audience: str
    otp_hmac_key: bytes = field(repr=False)
    cursor_hmac_key: bytes = field(repr=False)
    outbox_dir: Path | None
    msg91_auth_key: str = field(repr=False)
    msg91_template_code: str
    msg91_template_text: str
    sendgrid_api_key: str = field(repr=False)
    email_sender: str
    portal_url: str
    cors_origins: frozenset[str]
    request_seconds: float
    token_verification_keys: tuple[str, ...]
    sensitive_per_minute: int
    trusted_proxies: int
    entra: EntraTenant | None
    alert_email: str | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings. Raises SettingsMissing, naming every one that isn't there."""
        data = Account.from_environment(environment, "STORAGE")
        needed = (*_NEEDED, *_needed_for_messages(environment))
        missing = [name for name in needed if not environment.get(name)]
        backup = Account.from_environment(environment, "BACKUP")
        if backup is None:
            missing.insert(0, "BACKUP_CONNECTION (or BACKUP_ACCOUNT)")
        if data is None:
            missing.insert(0, "STORAGE_CONNECTION (or STORAGE_ACCOUNT)")
        if missing or data is None or backup is None:
            raise SettingsMissing(f"App settings missing: {', '.join(missing)}. `make run` sets them locally.")
        origins = environment.get("CORS_ORIGINS", "").split(",")
        return cls(
            data=data,
            backup=backup,
            token_signing_key=environment["TOKEN_SIGNING_KEY"],
            token_issuer=environment["TOKEN_ISSUER"],
            token_audience=environment["TOKEN_AUDIENCE"],
            otp_hmac_key=environment["OTP_HMAC_KEY"].encode(),
            cursor_hmac_key=environment["CURSOR_HMAC_KEY"].encode(),
            outbox_dir=Path(environment["OUTBOX_DIR"]) if environment.get("OUTBOX_DIR") else None,
            msg91_auth_key=environment.get("MSG91_AUTH_KEY", ""),
            msg91_template_code=environment.get("MSG91_TEMPLATE_CODE", ""),
            msg91_template_text=environment.get("MSG91_TEMPLATE_TEXT", ""),
            sendgrid_api_key=environment.get("SENDGRID_API_KEY", ""),
            email_sender=environment.get("EMAIL_SENDER", ""),
            portal_url=environment["PORTAL_URL"],
            token_verification_keys=_keys(environment.get("TOKEN_VERIFICATION_KEYS", "")),
            sensitive_per_minute=int(environment.get("SENSITIVE_PER_MINUTE") or 100),
            trusted_proxies=int(environment.get("TRUSTED_PROXIES") or 1),
            entra=_entra(environment),
            cors_origins=frozenset(o.strip() for o in origins if o.strip()),
            request_seconds=float(environment.get("REQUEST_SECONDS") or REQUEST_SECONDS),
            alert_email=environment.get("ALERT_EMAIL") or None,
        )


def _entra(environment: Mapping[str, str]) -> EntraTenant | None:
    """The Entra tenant whose people may sign in, or None. Raises SettingsMissing if it is half named."""
    names = ("ENTRA_TENANT_ID", "ENTRA_CLIENT_ID")
    given = [environment[name] for name in names if environment.get(name)]
    if len(given) == 1:
        raise SettingsMissing(f"App settings missing: {' and '.join(names)} go together.")
    if not given:
        return None
    return EntraTenant.of(
        tenant_id=given[0],
        client_id=given[1],
        issuer=environment.get("ENTRA_ISSUER", ""),
        keys_url=environment.get("ENTRA_KEYS_URL", ""),
    )


def _needed_for_messages(environment: Mapping[str, str]) -> tuple[str, ...]:
    """A provider needs all of its settings, and the outbox stands in only if it is asked for."""
    needed: tuple[str, ...] = ()
    for key, others in _PROVIDERS.items():
        if environment.get(key):
            needed += others
        elif not environment.get("OUTBOX_DIR"):
            needed += (key, *others)
    return needed


def _keys(text: str) -> tuple[str, ...]:
    """Public keys in PEM, one after the other, as a file of several keys has them."""
    end = "-----END PUBLIC KEY-----"
    return tuple(part.strip() + "\n" + end + "\n" for part in text.split(end) if part.strip())
