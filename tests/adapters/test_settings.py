"""Settings that need more than copying, and rotating a signing key without signing anyone out."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from adapters.entra import EntraTenant
from adapters.settings import Settings, SettingsMissing
from adapters.tokens import SignedTokens
from domain.identity import Caller, TokenRejected
from domain.values import Actor, Role
from local.settings import local_settings

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
CALLER = Caller(Actor("CP-1001", "Asha", Role.CP), "0" * 32, None, None, NOW + timedelta(hours=24))


def _settings(folder: Path, **given: str) -> Settings:
    return Settings.from_environment({**local_settings(folder, storage_connection="there"), **given})


def _tokens(settings: Settings) -> SignedTokens:
    tokens = SignedTokens(
        signing_key=settings.token_signing_key,
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        verification_keys=settings.token_verification_keys,
    )
    tokens.check()
    return tokens


def _public(settings: Settings) -> str:
    key = load_pem_private_key(settings.token_signing_key.encode(), None).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class TestRotation:
    def test_signs_nobody_out(self, tmp_path: Path) -> None:
        """First the new key's public half goes everywhere, then it signs, then the old one goes (docs/adr/0013)."""
        old, new = _settings(tmp_path / "old"), _settings(tmp_path / "new")
        announced = _settings(tmp_path / "old", TOKEN_VERIFICATION_KEYS=_public(new))
        signing = _settings(tmp_path / "new", TOKEN_VERIFICATION_KEYS=_public(old) + _public(announced))
        instances = [_tokens(old), _tokens(announced), _tokens(signing), _tokens(new)]
        for earlier, later in itertools.pairwise(
            instances
        ):  # the two kinds that run at once while it is rolled out
            for issuer, reader in ((earlier, later), (later, earlier)):
                token = issuer.issue(caller=CALLER, at=NOW)
                assert reader.read(token=token, at=NOW).actor.id == "CP-1001"
        with pytest.raises(TokenRejected):
            instances[3].read(token=instances[0].issue(caller=CALLER, at=NOW), at=NOW)
        kids = [{key["kid"] for key in tokens.jwks()["keys"]} for tokens in instances]
        assert [len(each) for each in kids] == [1, 2, 2, 1]

    def test_a_key_that_is_none_is_found_at_once(self, tmp_path: Path) -> None:
        for faulty in ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "nonsense"):
            with pytest.raises(ValueError, match=r"."):
                _tokens(_settings(tmp_path, TOKEN_VERIFICATION_KEYS=faulty))


class TestSettings:
    def test_have_defaults_where_nothing_is_said(self, tmp_path: Path) -> None:
        settings = _settings(tmp_path, SENSITIVE_PER_MINUTE="")
        assert (settings.sensitive_per_minute, settings.trusted_proxies, settings.entra) == (100, 1, None)
        assert settings.token_verification_keys == ()

    def test_name_what_is_missing(self) -> None:
        with pytest.raises(SettingsMissing, match=r"STORAGE_CONNECTION .*, TOKEN_SIGNING_KEY, .*PORTAL_URL"):
            Settings.from_environment({})

    def test_take_a_directory_whole_or_not_at_all(self, tmp_path: Path) -> None:
        both = {"ENTRA_TENANT_ID": "t", "ENTRA_CLIENT_ID": "c"}
        assert _settings(tmp_path, **both).entra == EntraTenant.of(tenant_id="t", client_id="c")
        for name in both:
            with pytest.raises(SettingsMissing, match="go together"):
                _settings(tmp_path, **{name: "x"})
