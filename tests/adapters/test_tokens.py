"""Access tokens (cases.md 26; api.md "auth"): what is issued, and that nothing else is accepted."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from adapters.tokens import SignedTokens
from domain.identity import Caller, TokenRejected
from domain.values import Actor, PhoneNumber, Role

ISSUER, AUDIENCE = "https://api.example.com", "solarium"
NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())


def _private(key: Any) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public(key: Any) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


KEY, OTHER_KEY = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
CALLER = Caller(
    actor=Actor("CP-1001", "Asha", Role.CP),
    session_id="0" * 32,
    phone=PhoneNumber("+919000000001"),
    email="asha@example.com",
    expires_at=NOW + timedelta(hours=24),
)
CLAIMS: dict[str, Any] = {
    "sub": "CP-1001",
    "role": "CP",
    "name": "Asha",
    "iat": SECOND,
    "exp": SECOND + 3600,
    "iss": ISSUER,
    "aud": AUDIENCE,
    "jti": "j",
    "sid": "0" * 32,
    "userId": "CP-1001",
    "email": None,
    "phone": None,
}


def _tokens(key: Any = KEY, *more: Any) -> SignedTokens:
    return SignedTokens(
        signing_key=_private(key),
        issuer=ISSUER,
        audience=AUDIENCE,
        verification_keys=[_public(other) for other in more],
    )


TOKENS = _tokens()
KID = TOKENS.jwks()["keys"][0]["kid"]


def _b64(raw: bytes | str) -> str:
    raw = raw.encode() if isinstance(raw, str) else raw
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signed(claims: Any, header: dict[str, Any] | None = None, key: Any = KEY) -> str:
    """A token with a valid ES256 signature over whatever header and claims."""
    head = {"alg": "ES256", "typ": "JWT", "kid": KID} if header is None else header
    body = claims if isinstance(claims, str) else json.dumps(claims)
    said = f"{_b64(json.dumps(head))}.{_b64(body)}"
    r, s = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(SHA256())))
    return f"{said}.{_b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _hs256(secret: bytes, header: dict[str, Any]) -> str:
    said = f"{_b64(json.dumps(header))}.{_b64(json.dumps(CLAIMS))}"
    return f"{said}.{_b64(hmac.new(secret, said.encode(), hashlib.sha256).digest())}"


def _refused(token: str, at: datetime = NOW) -> bool:
    try:
        TOKENS.read(token=token, at=at)
    except TokenRejected as error:
        return len(token) < 20 or token not in error.message
    return False


class TestIssue:
    def test_comes_back_as_it_was_issued(self) -> None:
        assert TOKENS.read(token=TOKENS.issue(caller=CALLER, at=NOW), at=NOW) == CALLER

    def test_somebody_without_phone_and_email_too(self) -> None:
        caller = Caller(Actor("CUST-1001", "", Role.CUSTOMER), "s", None, None, NOW + timedelta(hours=1))
        assert TOKENS.read(token=TOKENS.issue(caller=caller, at=NOW), at=NOW) == caller

    def test_carries_the_claims_that_the_clients_read(self) -> None:
        token = TOKENS.issue(caller=CALLER, at=NOW)
        claims = jwt.decode(token, options={"verify_signature": False})
        assert len(claims.pop("jti")) == 32
        assert claims == {
            "sub": "CP-1001",
            "role": "CP",
            "name": "Asha",
            "iat": SECOND,
            "exp": SECOND + 86_400,
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sid": "0" * 32,
            "userId": "CP-1001",
            "email": "asha@example.com",
            "phone": "+919000000001",
        }
        assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "JWT", "kid": KID}

    def test_the_handmade_token_of_these_tests_is_accepted(self) -> None:
        assert TOKENS.read(token=_signed(CLAIMS), at=NOW).actor == CALLER.actor


class TestKeys:
    def test_the_key_id_is_the_rfc_7638_thumbprint(self) -> None:
        (key,) = TOKENS.jwks()["keys"]
        members = {name: key[name] for name in ("crv", "kty", "x", "y")}
        text = json.dumps(members, separators=(",", ":"), sort_keys=True)
        assert key["kid"] == _b64(hashlib.sha256(text.encode()).digest())
        assert {**members, "kid": KID, "use": "sig", "alg": "ES256"} == key

    def test_the_published_key_verifies_and_has_no_private_part(self) -> None:
        (key,) = TOKENS.jwks()["keys"]
        assert "d" not in key
        public = jwt.PyJWK(key).key
        token = TOKENS.issue(caller=CALLER, at=datetime.now(UTC))
        assert jwt.decode(token, public, algorithms=["ES256"], options={"verify_exp": False}, audience=AUDIENCE)

    def test_a_rotated_key_still_verifies_until_it_is_taken_away(self) -> None:
        old = TOKENS.issue(caller=CALLER, at=NOW)
        assert _tokens(OTHER_KEY, KEY).read(token=old, at=NOW) == CALLER
        assert len(_tokens(OTHER_KEY, KEY, OTHER_KEY).jwks()["keys"]) == 2
        with pytest.raises(TokenRejected):
            _tokens(OTHER_KEY).read(token=old, at=NOW)

    @pytest.mark.parametrize(
        "key",
        [
            ec.generate_private_key(ec.SECP384R1()),
            ed25519.Ed25519PrivateKey.generate(),
            rsa.generate_private_key(65537, 2048),
        ],
    )
    def test_other_kinds_of_keys_are_refused_at_the_start(self, key: Any) -> None:
        with pytest.raises(ValueError, match="P-256"):
            _tokens(key).check()
        with pytest.raises(ValueError, match="P-256"):
            _tokens(KEY, key).check()

    def test_no_key_is_refused_at_the_start(self) -> None:
        with pytest.raises(ValueError, match=r"PEM|load"):
            SignedTokens(signing_key="", issuer=ISSUER, audience=AUDIENCE).check()


class TestRead:
    @pytest.mark.parametrize(
        "header",
        [
            {"alg": "none"},
            {"alg": "none", "kid": KID},
            {"alg": "None", "kid": KID},
            {"alg": "ES384", "kid": KID},
            {"alg": "EdDSA", "kid": KID},
            {"alg": ["ES256"], "kid": KID},
            {"kid": KID},
            {"alg": "ES256"},
            {"alg": "ES256", "kid": "unknown"},
            {"alg": "ES256", "kid": None},
            {"alg": "ES256", "kid": [KID]},
            {"alg": "ES256", "kid": {}},
            {"alg": "ES256", "kid": "../../etc/passwd"},
            {"alg": "ES256", "kid": KID, "jku": "https://evil.example/jwks.json"},
            {"alg": "ES256", "kid": KID, "x5u": "https://evil.example/cert.pem"},
            {"alg": "ES256", "kid": KID, "jwk": TOKENS.jwks()["keys"][0]},
            {"alg": "ES256", "kid": KID, "x5c": ["AAAA"]},
            {"alg": "ES256", "kid": KID, "crit": ["exp"]},
            {"alg": "ES256", "kid": KID, "crit": ["b64"], "b64": False},
        ],
    )
    def test_refuses_the_header(self, header: dict[str, Any]) -> None:
        assert _refused(_signed(CLAIMS, header))

    def test_refuses_a_public_key_used_as_a_shared_secret(self) -> None:
        for secret in (_public(KEY).encode(), _public(KEY).strip().encode(), json.dumps(TOKENS.jwks()).encode()):
            assert _refused(_hs256(secret, {"alg": "HS256", "kid": KID}))
            assert _refused(_hs256(secret, {"alg": "ES256", "kid": KID}))

    def test_refuses_an_unsigned_one(self) -> None:
        head, body, _ = _signed(CLAIMS).split(".")
        none = _b64(json.dumps({"alg": "none", "kid": KID}))
        for token in (f"{head}.{body}.", f"{none}.{body}.", f"{head}.{body}", f"{head}.{body}.{_b64(bytes(64))}"):
            assert _refused(token)

    def test_refuses_another_key_under_our_key_id(self) -> None:
        assert _refused(_signed(CLAIMS, key=OTHER_KEY))

    def test_refuses_one_that_was_changed(self) -> None:
        head, _, signature = _signed(CLAIMS).split(".")
        assert _refused(f"{head}.{_b64(json.dumps(CLAIMS | {'role': 'Admin'}))}.{signature}")

    @pytest.mark.parametrize("name", ["sub", "role", "name", "iat", "exp", "iss", "aud", "jti", "sid"])
    def test_refuses_one_without(self, name: str) -> None:
        assert _refused(_signed({n: v for n, v in CLAIMS.items() if n != name}))
        assert _refused(_signed(CLAIMS | {name: None}))

    @pytest.mark.parametrize(
        "claims",
        [
            {"aud": "another"},
            {"aud": ["another"]},
            {"aud": {}},
            {"iss": "https://evil.example"},
            {"iss": ISSUER + "/"},
            {"exp": SECOND},
            {"exp": SECOND - 1},
            {"exp": str(SECOND + 60)},
            {"exp": True},
            {"exp": SECOND + 60.5},
            {"exp": 10**400},
            {"nbf": SECOND + 60},
            {"nbf": "x"},
            {"iat": SECOND + 60},
            {"iat": -(10**30)},
            {"sub": ""},
            {"sub": 7},
            {"sid": ""},
            {"sid": ["x"]},
            {"role": "admin"},
            {"role": "System"},
            {"role": "Owner"},
            {"role": ["Admin"]},
            {"name": 7},
            {"phone": "9000000001"},
            {"phone": 9000000001},
            {"email": ["x"]},
        ],
    )
    def test_refuses_the_claims(self, claims: dict[str, Any]) -> None:
        assert _refused(_signed(CLAIMS | claims))

    @pytest.mark.parametrize("claims", [{"nbf": SECOND + 5}, {"iat": SECOND + 5}, {"aud": [AUDIENCE]}])
    def test_accepts_a_clock_five_seconds_ahead(self, claims: dict[str, Any]) -> None:
        assert not _refused(_signed(CLAIMS | claims))

    @pytest.mark.parametrize(("after", "refused"), [(3_599.999, False), (3_600, True)])
    def test_ends_to_the_second(self, after: float, refused: bool) -> None:
        assert _refused(_signed(CLAIMS), NOW + timedelta(seconds=after)) is refused

    def test_one_that_is_known_ends_all_the_same(self) -> None:
        token = _signed(CLAIMS)
        assert [_refused(token, NOW + timedelta(seconds=s)) for s in (0, 0, 3_599, 3_600)] == [
            False,
            False,
            False,
            True,
        ]

    def test_one_that_is_known_vouches_for_no_other(self) -> None:
        token = _signed(CLAIMS)
        assert not _refused(token)
        head, body, signature = token.split(".")
        admin = _b64(json.dumps(CLAIMS | {"role": "Admin"}))
        assert all(_refused(t) for t in (f"{head}.{admin}.{signature}", f"{head}.{body}.{_b64(bytes(64))}"))
        assert _refused(f"{token}\ud800")

    def test_only_so_many_are_known_at_once(self) -> None:
        tokens = SignedTokens(signing_key=_private(KEY), issuer=ISSUER, audience=AUDIENCE, capacity=2)
        issued = [tokens.issue(caller=CALLER, at=NOW) for _ in range(4)]
        assert [tokens.read(token=token, at=NOW) for token in issued * 2] == [CALLER] * 8
        assert len(tokens._known) == 2

    @pytest.mark.parametrize("body", ["", "null", "[]", "7", '"x"', "{", "[" * 3000, "{}", "\x00"])
    def test_refuses_a_body_that_is_no_object(self, body: str) -> None:
        assert _refused(_signed(body))

    @pytest.mark.parametrize(
        "token",
        [
            "",
            ".",
            "..",
            "a.b.c",
            "a.b",
            "a.b.c.d",
            "ü.b.c",
            "\ud800.b.c",
            "x" * 5000,
            "W10.e30.AA",
            "bnVsbA.e30.AA",
        ],
    )
    def test_refuses_what_is_no_token(self, token: str) -> None:
        assert _refused(token)

    def test_refuses_a_huge_one_unread(self) -> None:
        assert _refused(_signed(CLAIMS | {"name": "x" * 5000}))
