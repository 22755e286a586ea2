"""Who calls, and the session that lets them. No tokens' format and no storage here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.identity._model.credentials import EmailAddress
from domain.identity._model.person import Person
from domain.values import Actor, PhoneNumber, Role


@dataclass(frozen=True)
class SessionLimits:
    """How long a session may be left unused, and how long its access tokens last. A session that ends sooner
    ends its tokens with it."""

    idle: timedelta
    access: timedelta

    @property
    def touch(self) -> timedelta:
        """How old `last_used` may get before a use is written down. So a session ends up to this much *before*
        its idle limit would be reached, counted from the last use, and never after it."""
        return min(self.idle / 6, timedelta(hours=1))


MOBILE_LIMITS = SessionLimits(idle=timedelta(days=30), access=timedelta(hours=24))
"""domain.md "Sign-in"; the CP app assumes 24 h and never refreshes (client-contract.md §3). Staff's limits are in
the settings that an Admin may change (`domain.settings`)."""


@dataclass(frozen=True)
class Account:
    """Whom a sign-in stands for: a person with a login, or a customer."""

    id: str
    name: str
    role: Role
    phone: PhoneNumber | None = None
    email: str | None = None


@dataclass(frozen=True)
class ExternalIdentity:
    """Whom another directory says somebody is: its own id, theirs in it, and an address it vouches for, if any."""

    tenant_id: str
    subject_id: str
    verified_email: EmailAddress | None

    @property
    def key(self) -> str:
        """Both ids as one text: neither means anything without the other."""
        return f"{self.tenant_id}:{self.subject_id}"


@dataclass(frozen=True)
class Caller:
    """Who calls, as an access token says it. `expires_at` is in whole seconds, UTC."""

    actor: Actor
    session_id: str
    phone: PhoneNumber | None
    email: str | None
    expires_at: datetime


@dataclass(frozen=True)
class SignedIn:
    """What a client gets for signing in or refreshing. `expires_at` is the access token's end, `person`
    who it is unless it is a customer."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    caller: Caller
    person: Person | None = None


@dataclass(frozen=True)
class Session:
    """A sign-in that lasts until it is ended or unused for too long. Holds the account as it was then.

    `generation` is the person's when the sign-in was checked; 0 for customers. `limits` are those that count
    now, and aren't stored."""

    id: str
    account: Account
    limits: SessionLimits
    refresh_hash: str = field(repr=False)
    created_at: datetime
    last_used: datetime
    generation: int = 0

    @property
    def idle_at(self) -> datetime:
        """When it ends if it isn't used again."""
        return self.last_used + self.limits.idle

    def is_live(self, at: datetime) -> bool:
        """Whether it may still be used."""
        return at < self.idle_at

    def needs_touch(self, at: datetime) -> bool:
        """Whether this use is to be written down."""
        return at >= self.last_used + self.limits.touch


def belongs_to(session: Session, person: Person | None) -> bool:
    """Whether the person, as it is now, may go on with this session: active, and no deactivation or new
    password since. Who has no person (a customer) isn't asked here."""
    if person is None or not person.is_active or person.role is not session.account.role:
        return False
    return session.generation == person.generation


def account_of(person: Person) -> Account:
    """The account of a person with a login."""
    email = person.email.text if person.email else None
    return Account(person.id, person.name, person.role, person.phone, email)


def caller_for(*, session: Session, at: datetime) -> Caller:
    """The caller that a fresh access token of this session will speak for."""
    account, end = session.account, at + session.limits.access
    actor = Actor(account.id, account.name, account.role)
    return Caller(actor, session.id, account.phone, account.email, end.replace(microsecond=0))
