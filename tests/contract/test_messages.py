"""The port `Messages`: what every way of sending promises, on the fake, the outbox and the providers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.messages import Msg91, OutboxMessages, ProvidedMessages, SendGrid
from domain.identity import MessageNotSent, Messages
from domain.values import PhoneNumber
from tests.adapters.messages.providers import KEY, TEMPLATES, answering, serving
from tests.fakes.clock import FakeClock
from tests.fakes.messages import FakeMessages
from tests.fakes.pauses import no_pause

PHONE, ADDRESS = PhoneNumber("+919000000001"), "asha@example.com"


@dataclass
class Way:
    """One way of sending: what arrived (to, text or code), and how to break it."""

    messages: Messages
    arrived: Callable[[], list[tuple[str, str]]]
    break_it: Callable[[], None]


Open = Callable[[], AbstractAsyncContextManager[Way]]


@pytest.fixture(params=["fake", "outbox", "providers"])
def open_way(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    return {"fake": _fake, "outbox": lambda: _outbox(tmp_path), "providers": _providers}[request.param]


@asynccontextmanager
async def _fake() -> AsyncIterator[Way]:
    fake = FakeMessages()

    def arrived() -> list[tuple[str, str]]:
        return [(m.to, m.otp or m.text) for m in (*fake.smses, *fake.emails)]

    yield Way(fake, arrived, lambda: setattr(fake, "broken", True))


@asynccontextmanager
async def _outbox(folder: Path) -> AsyncIterator[Way]:
    outbox = folder / "outbox"

    def arrived() -> list[tuple[str, str]]:
        files = [outbox / "sms.jsonl", outbox / "email.jsonl"]
        lines = [line for file in files if file.exists() for line in file.read_text().splitlines()]
        return [(m["to"], m.get("otp") or m["text"]) for m in map(json.loads, lines)]

    def break_it() -> None:
        outbox.write_text("in the way")

    yield Way(OutboxMessages(folder=outbox, clock=FakeClock()), arrived, break_it)


@asynccontextmanager
async def _providers() -> AsyncIterator[Way]:
    async with serving() as provider:
        one, other = sorted(TEMPLATES)
        url = provider.base + "/api/v5/flow"
        sms = Msg91(auth_key=KEY, code_template=one, text_template=other, pause=no_pause, url=url)
        email = SendGrid(
            api_key=KEY, sender="a@b.in", subjects={"*": "x"}, pause=no_pause, url=provider.base + "/v3/mail/send"
        )

        def arrived() -> list[tuple[str, str]]:
            found = []
            for body in provider.delivered:
                for one in body.get("recipients", []):
                    found.append((f"+{one['mobiles']}", one.get("OTP") or one["TEXT"]))
                for part in body.get("personalizations", []):
                    found.append((part["to"][0]["email"], body["content"][0]["value"]))
            return found

        try:
            yield Way(
                ProvidedMessages(sms=sms, email=email),
                arrived,
                lambda: provider.faults.extend([answering(503)] * 6),
            )
        finally:
            await sms.close()
            await email.close()


class TestMessages:
    def test_what_is_sent_arrives_once(self, open_way: Open) -> None:
        async def story() -> list[tuple[str, str]]:
            async with open_way() as way:
                await way.messages.sms(to=PHONE, template="sign_in_code", text="1 is your code", otp="000001")
                await way.messages.sms(to=PHONE, template="activated", text="Namaste ☀ नमस्ते")
                await way.messages.email(to=ADDRESS, template="password_reset", text="Line 1\nLine 2")
                return way.arrived()

        assert asyncio.run(story()) == [
            (PHONE.e164, "000001"),
            (PHONE.e164, "Namaste ☀ नमस्ते"),
            (ADDRESS, "Line 1\nLine 2"),
        ]

    def test_what_is_not_sent_is_said_not_to_be(self, open_way: Open) -> None:
        async def story() -> list[MessageNotSent]:
            refusals = []
            async with open_way() as way:
                way.break_it()
                for send in (
                    way.messages.sms(to=PHONE, template="sign_in_code", text="1 is your code", otp="000001"),
                    way.messages.email(to=ADDRESS, template="password_reset", text="A link"),
                ):
                    with pytest.raises(MessageNotSent) as refused:
                        await send
                    refusals.append(refused.value)
            return refusals

        for refusal in asyncio.run(story()):
            assert refusal.message and not [s for s in ("000001", "9000000001", ADDRESS) if s in refusal.message]
