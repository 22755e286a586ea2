"""Bodies and replies about who signs in: registering, passwords, and the user as each app reads it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StrictStr, ValidationInfo, field_validator

from domain.identity import Caller, Person, PersonStatus, SignedIn
from domain.values import Role, iso
from functions.models.auth import Secret
from functions.models.fields import Body, Email, Line, LongText, Name, Phone
from functions.models.people import Located, person_shape

PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.ADMIN: (
        *("leads:read", "leads:write", "leads:delete"),
        *("quotations:read", "quotations:write", "quotations:approve"),
        *("commissions:read", "commissions:write", "commissions:approve"),
        *("users:read", "users:write", "users:delete"),
        *("master-data:read", "master-data:write", "reports:read", "reports:advanced"),
        *("settings:read", "settings:write"),
    ),
    Role.KAM: (
        *("leads:read", "leads:write", "quotations:read", "quotations:write", "commissions:read"),
        *("users:read", "master-data:read", "reports:read"),
    ),
    Role.CP: (
        *("leads:read", "leads:write", "quotations:read", "quotations:write", "commissions:read"),
        "master-data:read",
    ),
    Role.CUSTOMER: ("leads:read", "leads:write", "quotations:read"),
}
"""What the portal shows to whom, in its own words (client-contract.md §3). It decides nothing here: each
endpoint says which roles may call it."""


class RegisterBody(Located):
    """Who registers. Without `otp` a code is sent; with it, the registration is made.

    `role` says as what. Without it, who calls from a customer app (header `X-Platform`) registers as a customer
    and is signed in, and anybody else as a channel partner, who waits for an administrator.
    """

    phone: Phone
    name: Name
    otp: Secret | None = None
    email: Email | None = None
    role: Literal["CP", "Customer"] | None = None


class ProfileEdits(Located):
    """Any of one's own fields, under the names of all apps; null clears. Members that mean nothing here
    (`avatar`, `timezone`, `language`) are taken and have no effect."""

    name: Name | None = None
    first_name: Name | None = None
    last_name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None
    phone_number: Phone | None = None
    avatar: LongText | None = None
    timezone: Line | None = None
    language: Line | None = None
    version: StrictInt | None = None

    def edits(self) -> dict[str, Any]:
        """The fields that were named, under the names of the domain."""
        ignored = {"version", "avatar", "timezone", "language", "first_name", "last_name", "phone_number"}
        edits = {name: getattr(self, name) for name in self.model_fields_set - ignored}
        if "phone_number" in self.model_fields_set:
            edits.setdefault("phone", self.phone_number)
        if self.first_name is not None and self.name is None:
            edits["name"] = f"{self.first_name} {self.last_name or ''}".strip()
        return {name: "" if name == "name" and not value else value for name, value in edits.items()}


class ForgotPasswordBody(Body):
    """Whose password is forgotten; the portal sends `captchaToken` besides, which has no effect."""

    email: Email
    captcha_token: Secret | None = None


class MicrosoftBody(Body):
    """The ID token that the portal got from Microsoft Entra ID."""

    id_token: Annotated[StrictStr, Field(max_length=16_384)]


class NewPasswordBody(Body):
    """A new password, said once or twice."""

    new_password: Secret
    confirm_password: Secret | None = None

    @field_validator("confirm_password")
    @classmethod
    def _same(cls, again: str | None, info: ValidationInfo) -> str | None:
        if again not in (None, info.data.get("new_password", again)):
            raise ValueError("The two new passwords differ.")
        return again


class ResetPasswordBody(NewPasswordBody):
    """The token of the mailed link, and the new password."""

    token: Secret


class ChangePasswordBody(NewPasswordBody):
    """The current password, and the new one."""

    current_password: Secret


def user_shape(caller: Caller, person: Person | None = None) -> dict[str, Any]:
    """Who is signed in, with every member that one of the apps reads (client-contract.md §3, "WEB User")."""
    name = person.name if person else caller.actor.name
    first, _, last = name.partition(" ")
    phone = caller.phone.e164 if caller.phone else None
    said: dict[str, Any] = {
        "id": caller.actor.id,
        "userId": caller.actor.id,
        "name": name,
        "firstName": first,
        "lastName": last,
        "phone": phone,
        "phoneNumber": phone,
        "email": caller.email,
        "role": str(caller.actor.role),
        "permissions": list(PERMISSIONS[caller.actor.role]),
        "isActive": True,
        "isVerified": True,
        "status": str(PersonStatus.ACTIVE),
        "territories": [],
        "avatar": None,
        "timezone": "Asia/Kolkata",
        "language": "en",
    }
    return said | ({**person_shape(person).model_dump(by_alias=True), "manager": person.kam_id} if person else {})


def signed_in_shape(done: SignedIn, at_seconds: int) -> dict[str, Any]:
    """The members of a sign-in that every client finds its own among (api.md, POST /auth/login)."""
    return {
        "accessToken": done.access_token,
        "token": done.access_token,
        "refreshToken": done.refresh_token,
        "expiresAt": iso(done.expires_at),
        "expiresIn": at_seconds,
        "sessionId": done.caller.session_id,
        "requiresTwoFactor": False,
        "user": user_shape(done.caller, done.person),
    }
