"""Which way messages go, by the settings: each provider for its kind, and the outbox for what has none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from adapters.messages._msg91 import Msg91
from adapters.messages._outbox import OutboxMessages
from adapters.messages._sendgrid import SendGrid
from adapters.settings import Settings, SettingsMissing
from domain.values import Clock, PhoneNumber

SUBJECTS = {
    "continuity-alert": "Backups need attention",
    "password_link": "Set your password",
    "*": "A message from your solar team",
}


class Sms(Protocol):
    """Whoever sends SMS."""

    async def sms(self, *, to: PhoneNumber, template: str, text: str, otp: str | None = None) -> None:
        """Send one SMS. Raises MessageNotSent."""
        ...


class Email(Protocol):
    """Whoever sends email."""

    async def email(self, *, to: str, template: str, text: str) -> None:
        """Send one email. Raises MessageNotSent."""
        ...


class ProvidedMessages:
    """The port `domain.identity.Messages`: SMS one way, email another."""

    def __init__(self, *, sms: Sms, email: Email) -> None:
        self._sms = sms
        self._email = email

    async def sms(self, *, to: PhoneNumber, template: str, text: str, otp: str | None = None) -> None:
        """Send one SMS; `otp` is the code by itself. Raises MessageNotSent."""
        await self._sms.sms(to=to, template=template, text=text, otp=otp)

    async def email(self, *, to: str, template: str, text: str) -> None:
        """Send one email of plain text. Raises MessageNotSent."""
        await self._email.email(to=to, template=template, text=text)


def messages_for(settings: Settings, *, clock: Clock, pause: Callable[[int], Awaitable[None]]) -> ProvidedMessages:
    """MSG91 and SendGrid if the settings name their keys, else the outbox. Raises SettingsMissing, which
    `Settings.from_environment` does before."""
    sms: Sms | None = None
    email: Email | None = None
    if settings.msg91_auth_key:
        sms = Msg91(
            auth_key=settings.msg91_auth_key,
            code_template=settings.msg91_template_code,
            text_template=settings.msg91_template_text,
            pause=pause,
        )
    if settings.sendgrid_api_key:
        email = SendGrid(
            api_key=settings.sendgrid_api_key, sender=settings.email_sender, subjects=SUBJECTS, pause=pause
        )
    if settings.outbox_dir is not None:
        outbox = OutboxMessages(folder=settings.outbox_dir, clock=clock)
        sms, email = sms or outbox, email or outbox
    if sms is None or email is None:
        raise SettingsMissing("There is no way to send SMS or email.")
    return ProvidedMessages(sms=sms, email=email)
