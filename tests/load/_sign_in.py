"""Signing many people in over HTTP, each from an address of its own, as they would come: the limits per phone and per
address stay as they are. Addresses are those of this machine's own network, 127.0.0.0/8, which Linux has at once."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp

AT_ONCE = 12


class SignInFailed(Exception):
    """Somebody wasn't let in; the text says what was answered."""


async def sign_in_all(base: str, outbox: Path, people: list[dict[str, Any]]) -> None:
    """Give each person its `token`. Raises SignInFailed."""
    codes, gate = _Codes(outbox), asyncio.Semaphore(AT_ONCE)

    async def one(number: int, person: dict[str, Any]) -> None:
        async with gate, _from(number) as http:
            if "email" in person:
                said = {"email": person["email"], "password": person["password"]}
            else:
                await _post(http, base, {"phone": person["phone"]})
                said = {"phone": person["phone"], "otp": codes.of(person["phone"])}
            person["token"] = (await _post(http, base, said))["token"]

    await asyncio.gather(*(one(number, person) for number, person in enumerate(people)))


def _from(number: int) -> aiohttp.ClientSession:
    address = f"127.{1 + number // 60_000}.{number // 250 % 250}.{1 + number % 250}"
    local = (address, 0) if sys.platform == "linux" else None
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=local))


async def _post(http: aiohttp.ClientSession, base: str, said: dict[str, str]) -> dict[str, Any]:
    async with http.post(f"{base}/api/v1/auth/login", json=said) as reply:
        if reply.status != 200:
            raise SignInFailed(f"Signing in was answered with {reply.status}: {(await reply.text())[:300]}")
        answer: dict[str, Any] = await reply.json()
        return answer


class _Codes:
    """The codes in the outbox, read on from where it was read last."""

    def __init__(self, outbox: Path) -> None:
        self._outbox, self._read = outbox, outbox.stat().st_size if outbox.exists() else 0
        self._codes: dict[str, str] = {}

    def of(self, phone: str) -> str:
        with self._outbox.open(encoding="utf-8") as file:
            file.seek(self._read)
            for line in file.read().splitlines(keepends=True):
                if not line.endswith("\n"):
                    break
                self._read += len(line.encode())
                said = json.loads(line)
                self._codes[said["to"][-10:]] = said.get("otp", "")
        return self._codes[phone[-10:]]
