"""What identity needs from outside the process, besides `domain.ports`. The adapters are in `adapters/`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from domain.identity._model import Account, Caller, ExternalIdentity, Place
from domain.values import PhoneNumber


class OneTimeCodes(Protocol):
    """Where one-time codes come from, and the only form in which they are stored."""

    def new(self) -> str:
        """Six unpredictable ASCII digits."""
        ...

    def digest(self, *, phone: PhoneNumber, code: str) -> str:
        """A keyed hash of the code for this phone; without the key the code can't be found from it."""
        ...


class Passwords(Protocol):
    """Slow password hashing, off the event loop."""

    async def hash(self, *, password: str) -> str:
        """A salted hash that carries its own parameters."""
        ...

    async def verify(self, *, password: str, hashed: str | None) -> bool:
        """Whether the password has this hash. With None the same work is done and the answer is False."""
        ...


class Messages(Protocol):
    """Delivery of SMS and email. Both raise MessageNotSent."""

    async def sms(self, *, to: PhoneNumber, template: str, text: str, otp: str | None = None) -> None:
        """Send one SMS; `otp` is the code by itself, for providers with a field for it."""
        ...

    async def email(self, *, to: str, template: str, text: str) -> None:
        """Send one email of plain text."""
        ...


class AccessTokens(Protocol):
    """Signed proofs of who calls."""

    def issue(self, *, caller: Caller, at: datetime) -> str:
        """A token that says so until `caller.expires_at`."""
        ...

    def read(self, *, token: str, at: datetime) -> Caller:
        """Who a token speaks for. Raises TokenRejected."""
        ...

    def jwks(self) -> dict[str, Any]:
        """The public keys that verify our tokens, as a JSON Web Key Set."""
        ...


class ExternalTokens(Protocol):
    """Tokens that another directory issued to members of staff."""

    async def read(self, *, token: str) -> ExternalIdentity:
        """Whom a token is about. Raises TokenRejected, KeysNotAvailable."""
        ...


class CustomerAccounts(Protocol):
    """The customers who may sign in by phone; the customers context is above this one and provides it."""

    async def account_for(self, *, phone: PhoneNumber, at: datetime) -> Account:
        """The customer with this phone, made if there is none yet."""
        ...

    async def introduce(
        self, *, account: Account, name: str, email: str | None, place: Place, at: datetime
    ) -> Account:
        """What a customer says of itself, written into its profile; what it leaves out stays as it is."""
        ...


class LiveSessions(Protocol):
    """What a process remembers of sessions it has seen alive, for at most 30 seconds."""

    def forget(self, *, person_id: str) -> None:
        """Ask storage again before any of this person's sessions is believed."""
        ...
