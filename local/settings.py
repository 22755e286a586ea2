"""The app settings of a local run, as Azure would hold them. The app sees them as environment variables."""

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ORIGINS = "http://localhost:3000,http://localhost:5173"  # where the front ends' dev servers usually are

_OF_A_POST = ("READ_ONLY", "INSTANCE", "STORAGE_SECONDARY_CONNECTION")
"""Which instance of several this is: kept for commands too (ADR 26)."""


def local_settings(data: Path, *, storage_connection: str, backup_connection: str | None = None) -> dict[str, str]:
    """The settings for a run on `data`. Keys are made once and kept there, so sign-ins outlive a restart.

    Without a `backup_connection`, backups go to the account with the data: that does for tests of other things.
    """
    folder = data.resolve() / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "STORAGE_CONNECTION": storage_connection,
        "BACKUP_CONNECTION": backup_connection or storage_connection,
        "TOKEN_SIGNING_KEY": _kept(folder / "token-signing-key.pem", _new_signing_key),
        "TOKEN_ISSUER": "solarium-local",
        "TOKEN_AUDIENCE": "solarium",
        "OTP_HMAC_KEY": _kept(folder / "otp-hmac-key", _new_hmac_key),
        "CURSOR_HMAC_KEY": _kept(folder / "cursor-hmac-key", _new_hmac_key),
        "OUTBOX_DIR": str(data.resolve() / "outbox"),
        "PORTAL_URL": ORIGINS.split(",", maxsplit=1)[0],
        "CORS_ORIGINS": ORIGINS,
        "SENSITIVE_PER_MINUTE": os.environ.get("SENSITIVE_PER_MINUTE", "100"),
        "ALERT_EMAIL": "operators@example.com",
        **{name: os.environ[name] for name in _OF_A_POST if name in os.environ},
    }


def secrets_from(primary: Path, data: Path) -> None:
    """A standby's keys are its primary's: whoever is signed in there is signed in here."""
    folder = data.resolve() / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("token-signing-key.pem", "otp-hmac-key", "cursor-hmac-key"):
        text = (primary.resolve() / "secrets" / name).read_text()
        (folder / name).unlink(missing_ok=True)
        _kept(folder / name, lambda text=text: text)  # type: ignore[misc]  # called at once


@contextmanager
def kept_for_commands(data: Path, settings: Mapping[str, str]) -> Iterator[None]:
    """While a run is up, `local.command` finds its settings here."""
    path = commands_file(data)
    path.unlink(missing_ok=True)
    with open(path, "x", opener=_private) as file:
        json.dump(dict(settings), file)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def commands_file(data: Path) -> Path:
    """Where the settings of the run on `data` are, while it is up."""
    return data.resolve() / "secrets" / "settings.json"


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.is_file():
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        with open(unfinished, "x", opener=_private) as file:
            file.write(make())
        unfinished.replace(path)  # in one step: a run cut off here leaves no half key behind
    return path.read_text()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _new_signing_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _new_hmac_key() -> str:
    return secrets.token_hex(32)
