"""Messages that are kept instead of sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.identity import MessageNotSent
from domain.values import PhoneNumber


@dataclass(frozen=True)
class Message:
    """One SMS or email; `to` is the E.164 number or the address."""

    to: str
    template: str
    text: str
    otp: str | None = None


@dataclass
class FakeMessages:
    """The port `domain.identity.Messages`; with `broken` set, nothing gets through."""

    smses: list[Message] = field(default_factory=list)
    emails: list[Message] = field(default_factory=list)
    broken: bool = False

    async def sms(self, *, to: PhoneNumber, template: str, text: str, otp: str | None = None) -> None:
        """Keep one SMS."""
        self._refuse_if_broken()
        self.smses.append(Message(to.e164, template, text, otp))

    async def email(self, *, to: str, template: str, text: str) -> None:
        """Keep one email."""
        self._refuse_if_broken()
        self.emails.append(Message(to, template, text))

    def _refuse_if_broken(self) -> None:
        if self.broken:
            raise MessageNotSent("The message couldn't be sent. Try again.")
