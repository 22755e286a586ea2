"""SMS and email that aren't sent but written to files, for a machine without providers (design.md §5)."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from domain.identity import MessageNotSent
from domain.values import Clock, PhoneNumber, iso


class OutboxMessages:
    """The port `Messages` on `sms.jsonl` and `email.jsonl` in a folder that only its owner can read.

    One JSON object per line: `{at, to, template, text, otp?}`. Each line is one write at the file's end, so
    several processes can share the folder. Contents are never logged.
    """

    def __init__(self, *, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    async def sms(self, *, to: PhoneNumber, template: str, text: str, otp: str | None = None) -> None:
        """Append to `sms.jsonl`. Raises MessageNotSent."""
        await self._append("sms.jsonl", to.e164, template, text, {"otp": otp} if otp else {})

    async def email(self, *, to: str, template: str, text: str) -> None:
        """Append to `email.jsonl`. Raises MessageNotSent."""
        await self._append("email.jsonl", to, template, text, {})

    async def _append(self, file: str, to: str, template: str, text: str, more: dict[str, str]) -> None:
        message = {"at": iso(self._clock.now()), "to": to, "template": template, "text": text, **more}
        line = json.dumps(message, ensure_ascii=True) + "\n"
        try:
            await asyncio.to_thread(_append_line, self._folder, file, line.encode())
        except OSError:
            raise MessageNotSent("The message couldn't be sent. Try again.", retry_after=5) from None


def _append_line(folder: Path, file: str, line: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(folder / file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(opened, line) != len(line):
            raise OSError("only a part of the line was written")
    finally:
        os.close(opened)
