"""SMS by MSG91's flow API: a template that is registered with the operators (DLT), filled with our text or code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from adapters.messages._http import SECONDS, HttpSender
from domain.values import PhoneNumber

URL = "https://control.msg91.com/api/v5/flow"


class Msg91:
    """One POST for each SMS. The code goes in the body: in MSG91's own OTP call it would be in the address, and
    addresses end up in logs. MSG91 answers 200 to much that it refuses, so `type` decides."""

    def __init__(
        self,
        *,
        auth_key: str,
        code_template: str,
        text_template: str,
        pause: Callable[[int], Awaitable[None]],
        url: str = URL,
        seconds: float = SECONDS,
    ) -> None:
        """Ids of two registered templates: one with the variable `OTP`, one with `TEXT`."""
        self._auth_key = auth_key
        self._code_template = code_template
        self._text_template = text_template
        self._url = url
        self._sender = HttpSender(provider="MSG91", pause=pause, seconds=seconds)

    async def sms(self, *, to: PhoneNumber, template: str, text: str, otp: str | None = None) -> None:
        """Send one SMS: of a code only the code, since its template has the words. Raises MessageNotSent."""
        filled = {"OTP": otp} if otp else {"TEXT": text}
        await self._sender.post(
            url=self._url,
            headers={"authkey": self._auth_key, "accept": "application/json"},
            body={
                "template_id": self._code_template if otp else self._text_template,
                "short_url": "0",
                "recipients": [{"mobiles": to.e164.removeprefix("+"), **filled}],
            },
            accepted=_accepted,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._sender.close()


def _accepted(answer: Any) -> bool:
    return isinstance(answer, dict) and answer.get("type") == "success"
