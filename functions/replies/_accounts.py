"""The form of what is said of who signs in."""

from __future__ import annotations

from typing import Literal

from functions.models.fields import E164, FlatShape, Shape
from functions.models.people import PersonShape


class UserReply(FlatShape):
    """Who is signed in, with every member that one of the apps reads (client-contract.md §3). What is only known
    from a record (address, times, version) is left out where the access token alone was read."""

    id: str
    user_id: str
    name: str
    first_name: str
    last_name: str
    phone: E164 | None
    phone_number: E164 | None
    email: str | None
    role: Literal["Admin", "KAM", "CP", "Customer"]
    permissions: list[str]
    is_active: bool
    is_verified: bool
    status: str
    territories: list[str]
    avatar: None
    timezone: str
    language: str
    kam_id: str | None = None
    manager: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    pin_code: str | None = None
    last_login_at: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    version: int | None = None


class SignedInReply(FlatShape):
    """Tokens and who they are for. `expiresIn` is in seconds; `token` is `accessToken` under another name."""

    access_token: str
    token: str
    refresh_token: str
    expires_at: str
    expires_in: int
    session_id: str
    requires_two_factor: Literal[False]
    user: UserReply
    user_id: str
    role: str


class CodeSentReply(Shape):
    """A code is on its way, if the number can sign in: the same for known and unknown numbers."""

    otp_sent: Literal[True]


class PartnerRegisteredReply(PersonShape):
    """The channel partner that was registered, waiting to be activated."""

    user_id: str
    user: PersonShape


class ValidityReply(FlatShape):
    """The session lives."""

    valid: Literal[True]
    user: UserReply


class SessionReply(FlatShape):
    """The session, and when its access token ends."""

    is_authenticated: Literal[True]
    user: UserReply
    needs_refresh: bool
    token_expiry: str


class Failed(Shape):
    """A partner that wasn't assigned, and why."""

    id: str
    reason: str
    code: str


class Result(Shape):
    """What became of one of several."""

    id: str
    success: bool
    error: str | None


class AssignmentsReply(Shape):
    """What became of each partner, in both forms that the portal reads."""

    total: int
    successful: list[str]
    failed: list[Failed]
    results: list[Result]


class CustomerKnown(Shape):
    """What is told of a customer whose number was looked for."""

    customer_id: str
    name: str
    phone: E164


class PhoneKnownReply(Shape):
    """One of the caller's own customers has this number."""

    exists: Literal[True]
    customer: CustomerKnown


class PhoneFreeReply(FlatShape):
    """None of the caller's own customers has this number; with status 404."""

    exists: Literal[False]
