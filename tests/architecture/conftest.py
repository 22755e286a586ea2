"""The wired app, for what is tested of it as a whole; nothing is sent anywhere."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

STORAGE = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=bm90IGEgcmVhbCBrZXk=;"
    "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;"
    "QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;"
    "TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;"
)


@pytest.fixture(scope="module")
def function_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The wired app, with settings that are well-formed and lead nowhere."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings = {
        "STORAGE_CONNECTION": STORAGE,
        "BACKUP_CONNECTION": STORAGE,
        "TOKEN_SIGNING_KEY": pem,
        "TOKEN_ISSUER": "https://issuer.example",
        "TOKEN_AUDIENCE": "solarium",
        "OTP_HMAC_KEY": "ab" * 32,
        "CURSOR_HMAC_KEY": "cd" * 32,
        "PORTAL_URL": "https://portal.example",
        "OUTBOX_DIR": str(tmp_path_factory.mktemp("outbox")),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        patch.delitem(sys.modules, "function_app", raising=False)
        yield importlib.import_module("function_app")
        sys.modules.pop("function_app", None)
