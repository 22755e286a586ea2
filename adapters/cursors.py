"""Cursors of lists, signed: a client can't make one up, change one, or use one made for somebody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from domain.lists import Place

_MAC_BYTES = 16


class HmacCursors:
    """A cursor is the place and an HMAC-SHA256 over it and what it is bound to: list, person, filters."""

    def __init__(self, *, key: bytes) -> None:
        self._key = key

    def sign(self, place: Place, *, bound_to: str) -> str:
        """The text that leads back to this place."""
        said = json.dumps([*place.after, place.began, dict(place.young)], separators=(",", ":")).encode()
        return self._spelt(self._mac(said, bound_to) + said)

    def read(self, text: str, *, bound_to: str) -> Place | None:
        """The place; None for anything that wasn't signed here for the same list, person and filters."""
        try:
            raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError:
            return None
        mac, said = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(said, bound_to)) or self._spelt(raw) != text:
            return None
        value, identifier, began, young = json.loads(said)
        return Place((value, identifier), began, young)

    @staticmethod
    def _spelt(raw: bytes) -> str:
        """The one spelling of a cursor: base64 has several for the same bytes."""
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def _mac(self, said: bytes, bound_to: str) -> bytes:
        message = hashlib.sha256(bound_to.encode()).digest() + said
        return hmac.new(self._key, message, hashlib.sha256).digest()[:_MAC_BYTES]
