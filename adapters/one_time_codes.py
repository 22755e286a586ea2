"""One-time codes from the system's randomness, kept only as an HMAC. Their rules are in `domain.identity`."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from domain.values import PhoneNumber

MIN_KEY_BYTES = 32


class HmacOneTimeCodes:
    """The port `OneTimeCodes`: a million codes are soon tried out, so only the key protects a stored one."""

    def __init__(self, *, key: bytes) -> None:
        """Raises ValueError for a key of fewer than 32 bytes."""
        if len(key) < MIN_KEY_BYTES:
            raise ValueError(f"the key of the one-time codes needs at least {MIN_KEY_BYTES} bytes")
        self._key = key

    def new(self) -> str:
        """Six ASCII digits, each code as likely as any other."""
        return f"{secrets.randbelow(10**6):06d}"

    def digest(self, *, phone: PhoneNumber, code: str) -> str:
        """HMAC-SHA-256 over phone and code, in hex: the code of one phone says nothing about another's."""
        return hmac.new(self._key, f"{phone.e164}:{code}".encode(), hashlib.sha256).hexdigest()
