"""Email by SendGrid's v3 API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from adapters.messages._http import SECONDS, HttpSender

URL = "https://api.sendgrid.com/v3/mail/send"


class SendGrid:
    """One POST for each email of plain text; SendGrid answers 202 once it is queued. Links aren't rewritten and
    opening isn't tracked: a reset link is nobody else's business."""

    def __init__(
        self,
        *,
        api_key: str,
        sender: str,
        subjects: Mapping[str, str],
        pause: Callable[[int], Awaitable[None]],
        url: str = URL,
        seconds: float = SECONDS,
    ) -> None:
        """`sender` is a verified address; `subjects`: our template's name → the subject, `*` for all others."""
        self._api_key = api_key
        self._from = sender
        self._subjects = dict(subjects)
        self._url = url
        self._sender = HttpSender(provider="SendGrid", pause=pause, seconds=seconds)

    async def email(self, *, to: str, template: str, text: str) -> None:
        """Send one email. Raises MessageNotSent."""
        await self._sender.post(
            url=self._url,
            headers={"Authorization": f"Bearer {self._api_key}"},
            body={
                "personalizations": [{"to": [{"email": to}]}],
                "from": {"email": self._from},
                "subject": self._subjects.get(template, self._subjects["*"]),
                "content": [{"type": "text/plain", "value": text}],
                "tracking_settings": {
                    "click_tracking": {"enable": False, "enable_text": False},
                    "open_tracking": {"enable": False},
                },
            },
            accepted=lambda answer: True,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._sender.close()
