"""Tokens that Microsoft Entra ID issued to members of staff, and the keys that verify them. No sessions here."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapters.answers import whole_body
from domain.errors import Invalid
from domain.identity import EmailAddress, ExternalIdentity, KeysNotAvailable, TokenRejected
from domain.values import Clock

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHM = "RS256"
REFETCH_AFTER = timedelta(minutes=5)
"""An unknown `kid` makes the keys be fetched again at most this often (design.md §4)."""

RETRY_AFTER, KEPT_FOR = timedelta(seconds=30), timedelta(hours=24)
MIN_KEY_BITS = 2048
MAX_TOKEN, MAX_KEYS_BYTES = 16_384, 256 * 1024
CLOCK_SKEW, FETCH_SECONDS = 60, 5
_HEADERS = frozenset({"alg", "kid", "typ", "x5t"})
_REQUIRED = ("iss", "aud", "exp", "iat", "tid", "oid")
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class EntraTenant:
    """The one directory whose people may sign in, and this app's registration in it."""

    tenant_id: str
    client_id: str
    issuer: str
    keys_url: str

    @classmethod
    def of(cls, *, tenant_id: str, client_id: str, issuer: str = "", keys_url: str = "") -> EntraTenant:
        """With Microsoft's own addresses for whatever isn't given."""
        base = f"https://login.microsoftonline.com/{tenant_id}"
        return cls(tenant_id, client_id, issuer or f"{base}/v2.0", keys_url or f"{base}/discovery/v2.0/keys")


async def fetch_json(url: str) -> Mapping[str, Any]:
    """The JSON object at an address. Raises KeysNotAvailable."""
    import aiohttp  # noqa: PLC0415 - only who uses Entra pays for it at a cold start

    try:
        timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as reply:
            reply.raise_for_status()
            raw = await whole_body(reply, most=MAX_KEYS_BYTES)
        said = json.loads(raw or b"")
    except (aiohttp.ClientError, TimeoutError, ValueError, RecursionError):
        raise KeysNotAvailable("Microsoft's keys can't be fetched. Try again.", retry_after=30) from None
    if not isinstance(said, dict):
        raise KeysNotAvailable("Microsoft's keys can't be read. Try again.", retry_after=30)
    return said


class CachedKeys:
    """The public keys of the issuer, fetched when a token needs one that isn't known, and rarely."""

    def __init__(self, *, url: str, fetch: Callable[[str], Awaitable[Mapping[str, Any]]] = fetch_json) -> None:
        self._url = url
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._fetched: datetime | None = None
        self._not_before: datetime | None = None

    async def key(self, kid: str, *, at: datetime) -> RSAPublicKey | None:
        """The key with this id, or None if the issuer has none. Raises KeysNotAvailable if none is known yet."""
        if self._is_due(kid, at):
            async with self._lock:
                if self._is_due(kid, at):  # else somebody else fetched while we waited
                    await self._refetch(at)
        if self._fetched is None:
            raise KeysNotAvailable("Microsoft's keys can't be fetched. Try again.", retry_after=30)
        return self._keys.get(kid)

    def _is_due(self, kid: str, at: datetime) -> bool:
        if self._not_before is not None and at < self._not_before:
            return False
        return self._fetched is None or kid not in self._keys or at >= self._fetched + KEPT_FOR

    async def _refetch(self, at: datetime) -> None:
        try:
            said = await self._fetch(self._url)
        except KeysNotAvailable:
            self._not_before = at + RETRY_AFTER
            return
        self._keys, self._fetched, self._not_before = _usable(said), at, at + REFETCH_AFTER


class EntraTokens:
    """The port `ExternalTokens` over ID tokens (v2.0) of one Entra tenant."""

    def __init__(self, *, tenant: EntraTenant, keys: CachedKeys, clock: Clock) -> None:
        self._tenant = tenant
        self._keys = keys
        self._clock = clock

    @classmethod
    def of(cls, tenant: EntraTenant, clock: Clock) -> EntraTokens:
        """Over the keys that the tenant publishes."""
        return cls(tenant=tenant, keys=CachedKeys(url=tenant.keys_url), clock=clock)

    async def read(self, *, token: str) -> ExternalIdentity:
        """Whom the token is about. Raises TokenRejected for whatever isn't exactly such a token."""
        import jwt  # noqa: PLC0415 - as in `fetch_json`

        at = self._clock.now()
        key = await self._keys.key(_kid(token), at=at)
        if key is None:
            raise TokenRejected("The token wasn't signed with a key of the directory.")
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=self._tenant.issuer,
                audience=self._tenant.client_id,
                options={
                    "require": list(_REQUIRED),
                    "verify_exp": False,  # the times are compared with the port's clock
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise TokenRejected("The token isn't valid. Sign in again.") from None
        _check_times(claims, at)
        return self._identity(claims)

    def _identity(self, claims: Mapping[str, Any]) -> ExternalIdentity:
        tid, oid = claims["tid"], claims["oid"]
        if tid != self._tenant.tenant_id or not isinstance(oid, str) or not _ID.fullmatch(oid):
            raise TokenRejected("The token is of another directory.")
        return ExternalIdentity(tid, oid.lower(), _verified_email(claims))


def _verified_email(claims: Mapping[str, Any]) -> EmailAddress | None:
    """The address, only if the directory says that it has verified who owns its domain (`xms_edov`): the claim
    `email` by itself is whatever somebody once typed."""
    email = claims.get("email")
    if claims.get("xms_edov") not in (True, 1, "1", "true") or not isinstance(email, str):
        return None
    try:
        return EmailAddress.parse(email)
    except Invalid:
        return None


def _check_times(claims: Mapping[str, Any], at: datetime) -> None:
    now = at.timestamp()
    times = [claims[name] for name in ("iat", "exp", "nbf") if name in claims]
    if any(type(time) is not int or abs(time) > 2**40 for time in times):
        raise TokenRejected("The token's times aren't whole seconds.")
    if claims["exp"] + CLOCK_SKEW <= now:
        raise TokenRejected("The token has expired. Sign in again.")
    if max(claims["iat"], claims.get("nbf", 0)) > now + CLOCK_SKEW:
        raise TokenRejected("The token isn't valid yet.")


def _kid(token: str) -> str:
    """The key id of a token whose header names RS256 and no place to fetch a key from."""
    try:
        head = token.split(".", maxsplit=1)[0] if len(token) <= MAX_TOKEN and token.count(".") == 2 else ""
        header = json.loads(base64.urlsafe_b64decode(head + "==")) if head else None
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise TokenRejected("The token isn't a JWT.")
    if not header.keys() <= _HEADERS or header.get("alg") != ALGORITHM or not isinstance(header.get("kid"), str):
        raise TokenRejected("The token wasn't made by the directory.")
    return str(header["kid"])


def _usable(said: Mapping[str, Any]) -> dict[str, RSAPublicKey]:
    """The RSA keys for signatures, by `kid`; whatever else stands there is left alone."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - as above
    from jwt.algorithms import RSAAlgorithm  # noqa: PLC0415 - the same
    from jwt.exceptions import InvalidKeyError  # noqa: PLC0415 - the same

    found: dict[str, RSAPublicKey] = {}
    listed = said.get("keys")
    for jwk in listed if isinstance(listed, list) else []:
        if not isinstance(jwk, dict) or jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig":
            continue
        try:
            key = RSAAlgorithm.from_jwk(jwk)
        except (InvalidKeyError, ValueError, KeyError, TypeError):
            continue
        if isinstance(key, RSAPublicKey) and key.key_size >= MIN_KEY_BITS and isinstance(jwk.get("kid"), str):
            found[jwk["kid"]] = key
    return found
