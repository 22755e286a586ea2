"""Access tokens as JWTs signed with ES256, and the public keys that verify them. No sessions here."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from domain.errors import Invalid
from domain.identity import Caller, TokenRejected
from domain.values import Actor, PhoneNumber, Role

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

ALGORITHM = "ES256"
CLOCK_SKEW = 5
"""Seconds by which the clock of the instance that issued a token may be ahead of ours (`iat`, `nbf`)."""

MAX_TOKEN = 4096
_REQUIRED = ("sub", "role", "name", "iat", "exp", "iss", "aud", "jti", "sid")
_ROLES = frozenset({Role.ADMIN, Role.KAM, Role.CP, Role.CUSTOMER})
_PARTS = re.compile(r"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

MAX_KNOWN = 5_000
"""Tokens that were verified and are remembered; some 2 KB each."""


class SignedTokens:
    """The port `AccessTokens` (api.md "auth", design.md §4).

    One key signs; tokens signed with it or with one of `verification_keys` are accepted, so a key is rotated
    by making its public half one of those for a day. No key is ever fetched. Libraries and keys are loaded
    with the first token, since they cost 0.1 s of each cold start; `check()` loads them, and fails, at once.
    """

    def __init__(
        self,
        *,
        signing_key: str,
        issuer: str,
        audience: str,
        verification_keys: Sequence[str] = (),
        capacity: int = MAX_KNOWN,
    ) -> None:
        """Keys are PEM text: a P-256 private key (PKCS #8 or SEC 1), and public ones (SPKI)."""
        self._signing_pem = signing_key
        self._verification_pems = tuple(verification_keys)
        self._issuer = issuer
        self._audience = audience
        self._capacity = capacity
        self._known: OrderedDict[bytes, dict[str, Any]] = OrderedDict()

    def check(self) -> None:
        """Load the keys. Raises ValueError if one isn't a P-256 key in PEM."""
        _ = self._public_keys

    def issue(self, *, caller: Caller, at: datetime) -> str:
        """A token with a new `jti` that speaks for the caller until `caller.expires_at`."""
        import jwt  # noqa: PLC0415 - see the class

        claims = {
            "sub": caller.actor.id,
            "role": str(caller.actor.role),
            "name": caller.actor.name,
            "iat": int(at.timestamp()),
            "exp": int(caller.expires_at.timestamp()),
            "iss": self._issuer,
            "aud": self._audience,
            "jti": secrets.token_hex(16),
            "sid": caller.session_id,
            "userId": caller.actor.id,
            "email": caller.email,
            "phone": caller.phone.e164 if caller.phone else None,
        }
        kid, key = self._signing
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})

    def read(self, *, token: str, at: datetime) -> Caller:
        """Who a token speaks for. Raises TokenRejected for whatever isn't exactly a valid token of ours."""
        claims = self._verified(token)
        now = at.timestamp()
        try:
            times = [claims[name] for name in ("iat", "exp", "nbf") if name in claims]
            if any(type(time) is not int or abs(time) > 2**40 for time in times):
                raise TokenRejected("The token's times aren't whole seconds.")
            if claims["exp"] <= now:
                raise TokenRejected("The token has expired. Refresh it or sign in again.")
            if max(claims["iat"], claims.get("nbf", 0)) > now + CLOCK_SKEW:
                raise TokenRejected("The token isn't valid yet.")
            return _caller(claims)
        except (KeyError, TypeError, ValueError, OverflowError, Invalid):
            raise TokenRejected("The token doesn't say who it speaks for.") from None

    def jwks(self) -> dict[str, Any]:
        """The public keys, for `/.well-known/jwks.json`."""
        return {
            "keys": [
                {**_jwk(key), "kid": kid, "use": "sig", "alg": ALGORITHM} for kid, key in self._public_keys.items()
            ]
        }

    def _verified(self, token: str) -> dict[str, Any]:
        """The claims of a token whose header, signature, issuer and audience are right.

        A token that was found right is known by its hash from then on: the same bytes stay right for as long as
        this process has its keys, and checking them again took a tenth of the CPU time of a small request. Whether
        it has expired, and its session, are looked at each time.
        """
        name = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        claims = self._known.get(name)
        if claims is None:
            claims = self._known[name] = self._checked(token)
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)
        self._known.move_to_end(name)
        return claims

    def _checked(self, token: str) -> dict[str, Any]:
        import jwt  # noqa: PLC0415 - see the class

        key = self._public_keys.get(_kid(token))
        if key is None:
            raise TokenRejected("The token wasn't signed with a key of ours.")
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                options={
                    "require": list(_REQUIRED),
                    "verify_exp": False,  # the times are compared with the port's clock, in `read`
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise TokenRejected("The token isn't valid. Sign in again.") from None

    @cached_property
    def _signing(self) -> tuple[str, EllipticCurvePrivateKey]:
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - see the class
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - the same

        key = load_pem_private_key(self._signing_pem.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("the signing key must be a P-256 private key in PEM")
        return _thumbprint(_jwk(key.public_key())), key

    @cached_property
    def _public_keys(self) -> Mapping[str, EllipticCurvePublicKey]:
        """The keys that verify, by `kid`; the one that signs comes first."""
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - see the class
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 - the same

        kid, signing = self._signing
        keys = {kid: signing.public_key()}
        for pem in self._verification_pems:
            key = load_pem_public_key(pem.encode())
            if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
                raise ValueError("a verification key must be a P-256 public key in PEM")
            keys.setdefault(_thumbprint(_jwk(key)), key)
        return keys


def _kid(token: str) -> str:
    """The key id of a token whose header is as `issue` makes it: no other `typ`, no `jku`, `jwk`, `x5u`, `crit`."""
    found = _PARTS.fullmatch(token) if len(token) <= MAX_TOKEN else None
    try:
        header = json.loads(base64.urlsafe_b64decode(found[1] + "==")) if found else None
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise TokenRejected("The token isn't a JWT.")
    kid = header.get("kid")
    if header != {"alg": ALGORITHM, "typ": "JWT", "kid": kid} or not isinstance(kid, str):
        raise TokenRejected("The token wasn't made by us.")
    return kid


def _caller(claims: Mapping[str, Any]) -> Caller:
    texts = [claims[name] for name in ("sub", "sid", "name")]
    optional = [claims.get(name) for name in ("phone", "email")]
    role = Role(claims["role"])
    if role not in _ROLES or not all(isinstance(t, str) for t in texts) or not all(texts[:2]):
        raise ValueError("role or subject")
    if not all(t is None or isinstance(t, str) for t in optional):
        raise TypeError("phone or email")
    phone, email = optional
    return Caller(
        actor=Actor(id=texts[0], name=texts[2], role=role),
        session_id=texts[1],
        phone=PhoneNumber(phone) if phone else None,
        email=email,
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def _jwk(key: EllipticCurvePublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _coordinate(numbers.x), "y": _coordinate(numbers.y)}


def _coordinate(number: int) -> str:
    return _base64url(number.to_bytes(32, "big"))


def _thumbprint(jwk: Mapping[str, str]) -> str:
    """RFC 7638: SHA-256 over the key's required members in name order, without spaces."""
    text = json.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    return _base64url(hashlib.sha256(text.encode()).digest())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
