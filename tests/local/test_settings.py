"""The settings of a local run: what they hold, that they stay, and that nobody else can read them."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from local.settings import local_settings


class TestLocalSettings:
    def test_holds_everything_the_app_asks_for(self, tmp_path: Path) -> None:
        settings = local_settings(tmp_path, storage_connection="there", backup_connection="elsewhere")
        key = load_pem_private_key(settings.pop("TOKEN_SIGNING_KEY").encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        assert isinstance(key.curve, ec.SECP256R1)
        hmac_keys = [settings.pop(name) for name in ("OTP_HMAC_KEY", "CURSOR_HMAC_KEY")]
        assert [len(bytes.fromhex(each)) for each in hmac_keys] == [32, 32]
        assert settings == {
            "STORAGE_CONNECTION": "there",
            "BACKUP_CONNECTION": "elsewhere",
            "ALERT_EMAIL": "operators@example.com",
            "TOKEN_ISSUER": "solarium-local",
            "TOKEN_AUDIENCE": "solarium",
            "OUTBOX_DIR": str(tmp_path.resolve() / "outbox"),
            "PORTAL_URL": "http://localhost:3000",
            "SENSITIVE_PER_MINUTE": "100",
            "CORS_ORIGINS": "http://localhost:3000,http://localhost:5173",
        }

    def test_stays_the_same_on_the_same_data(self, tmp_path: Path) -> None:
        first = local_settings(tmp_path, storage_connection="there")
        assert local_settings(tmp_path, storage_connection="there") == first
        assert local_settings(tmp_path / "other", storage_connection="there") != first

    def test_keeps_its_keys_private(self, tmp_path: Path) -> None:
        local_settings(tmp_path, storage_connection="there")
        folder = tmp_path / "secrets"
        assert {oct(each.stat().st_mode & 0o777) for each in folder.iterdir()} == {"0o600"}
        assert folder.stat().st_mode & 0o077 == 0
