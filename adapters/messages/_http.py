"""Handing a message over by HTTP: 5 s per attempt, two retries on 5xx or time-out (domain.md "Sign-in").

Nothing of a message is logged or told: not the code, not the text, not whom it was for, and not what the provider
answered, since providers repeat the request in their refusals.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp

from adapters.answers import whole_body
from domain.identity import MessageNotSent

_log = logging.getLogger("solarium.messages")

ATTEMPTS = 3
SECONDS = 5.0
_MAX_ANSWER = 64 * 1024


class HttpSender:
    """Posts JSON to a provider. Its connections are opened with the first message and kept."""

    def __init__(self, *, provider: str, pause: Callable[[int], Awaitable[None]], seconds: float = SECONDS) -> None:
        """`pause(n)` waits a moment, longer and more random with each attempt n."""
        self._provider = provider
        self._pause = pause
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self, *, url: str, headers: Mapping[str, str], body: Mapping[str, Any], accepted: Callable[[Any], bool]
    ) -> None:
        """Hand one message over; `accepted` tells from a 2xx answer's JSON (None if it has none) whether it was.

        Raises MessageNotSent, at once if the provider refuses the message, else after the third attempt.
        """
        for attempt in range(ATTEMPTS):
            status, answer = await self._once(url, headers, body)
            if status is not None and status < 500:
                if 200 <= status < 300 and accepted(answer):
                    return
                self._tell(f"refused with {status}", attempt)
                raise _not_sent(retry_after=60)
            self._tell(f"answered {status}" if status else "didn't answer", attempt)
            if attempt + 1 < ATTEMPTS:
                await self._pause(attempt)
        raise _not_sent(retry_after=5)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _once(self, url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> tuple[int | None, Any]:
        """Status and JSON of one attempt; no status if there was no answer in time."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        try:
            async with self._session.post(url, json=body, headers=headers, allow_redirects=False) as reply:
                return reply.status, _parsed(await whole_body(reply, most=_MAX_ANSWER))
        except (TimeoutError, aiohttp.ClientError, OSError):
            return None, None

    def _tell(self, what: str, attempt: int) -> None:
        _log.warning("%s %s (attempt %d of %d)", self._provider, what, attempt + 1, ATTEMPTS)


def _parsed(raw: bytes | None) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None


def _not_sent(*, retry_after: int) -> MessageNotSent:
    return MessageNotSent("The message couldn't be sent. Try again.", retry_after=retry_after)
