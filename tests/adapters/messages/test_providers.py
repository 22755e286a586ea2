"""SMS by MSG91 and email by SendGrid, against servers that behave like them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

import pytest

from adapters.messages import Msg91, SendGrid
from adapters.messages import _http as http
from domain.identity import MessageNotSent
from domain.values import PhoneNumber
from tests.adapters.messages.providers import KEY, Fault, Provider, answering, cut, serving, silent

PHONE, ADDRESS, CODE = PhoneNumber("+919000000001"), "asha@example.com", "123456"
LIMIT = 0.2


class Pauses:
    """The port's `pause`, which notes instead of waiting."""

    def __init__(self) -> None:
        self.taken: list[int] = []

    async def __call__(self, attempt: int) -> None:
        self.taken.append(attempt)


def msg91(
    provider: Provider, pauses: Pauses, *, key: str = KEY, template: str = "65a0000000000000000000aa"
) -> Msg91:
    return Msg91(
        auth_key=key,
        code_template=template,
        text_template="65a0000000000000000000bb",
        pause=pauses,
        url=provider.base + "/api/v5/flow",
        seconds=LIMIT,
    )


def sendgrid(provider: Provider, pauses: Pauses, *, key: str = KEY) -> SendGrid:
    return SendGrid(
        api_key=key,
        sender="no-reply@example.com",
        subjects={"password_reset": "Reset your password", "*": "A message"},
        pause=pauses,
        url=provider.base + "/v3/mail/send",
        seconds=LIMIT,
    )


async def send_sms(provider: Provider, pauses: Pauses, **options: str) -> None:
    adapter = msg91(provider, pauses, **options)
    try:
        await adapter.sms(to=PHONE, template="sign_in_code", text=f"{CODE} is your code.", otp=CODE)
    finally:
        await adapter.close()


async def send_email(provider: Provider, pauses: Pauses, **options: str) -> None:
    adapter = sendgrid(provider, pauses, **options)
    try:
        await adapter.email(to=ADDRESS, template="password_reset", text="A link")
    finally:
        await adapter.close()


Send = Callable[..., Awaitable[None]]
BOTH = pytest.mark.parametrize("send", [send_sms, send_email], ids=["MSG91", "SendGrid"])


def outcome(send: Send, *faults: Fault, **options: str) -> tuple[bool, Provider, list[int]]:
    """Whether the message was sent, what the provider saw, and the pauses between the attempts."""

    async def story() -> tuple[bool, Provider, list[int]]:
        pauses = Pauses()
        async with serving(*faults) as provider:
            try:
                await send(provider, pauses, **options)
            except MessageNotSent:
                return False, provider, pauses.taken
            return True, provider, pauses.taken

    return asyncio.run(story())


class TestWhatIsSent:
    def test_an_sms_fills_the_registered_template(self) -> None:
        sent, provider, _ = outcome(send_sms)
        assert sent and provider.delivered == [
            {
                "template_id": "65a0000000000000000000aa",
                "short_url": "0",
                "recipients": [{"mobiles": "919000000001", "OTP": CODE}],
            }
        ]

    def test_an_sms_without_a_code_carries_its_text(self) -> None:
        async def send(provider: Provider, pauses: Pauses) -> None:
            adapter = msg91(provider, pauses)
            await adapter.sms(to=PHONE, template="activated", text="You can sign in now.")
            await adapter.close()

        _, provider, _ = outcome(send)
        [body] = provider.delivered
        assert body["template_id"] == "65a0000000000000000000bb"
        assert body["recipients"] == [{"mobiles": "919000000001", "TEXT": "You can sign in now."}]

    def test_an_email_is_plain_text_that_nobody_tracks(self) -> None:
        sent, provider, _ = outcome(send_email)
        assert sent and provider.delivered == [
            {
                "personalizations": [{"to": [{"email": ADDRESS}]}],
                "from": {"email": "no-reply@example.com"},
                "subject": "Reset your password",
                "content": [{"type": "text/plain", "value": "A link"}],
                "tracking_settings": {
                    "click_tracking": {"enable": False, "enable_text": False},
                    "open_tracking": {"enable": False},
                },
            }
        ]


class TestRetries:
    @BOTH
    @pytest.mark.parametrize("fault", [answering(500), answering(503), cut, silent(LIMIT * 3)])
    def test_one_or_two_failures_are_made_good(self, send: Send, fault: Fault) -> None:
        for failures in (1, 2):
            sent, provider, pauses = outcome(send, *[fault] * failures)
            assert (sent, provider.requests, pauses) == (True, failures + 1, list(range(failures)))

    @BOTH
    @pytest.mark.parametrize("fault", [answering(502), cut, silent(LIMIT * 3)])
    def test_the_third_is_the_last(self, send: Send, fault: Fault) -> None:
        sent, provider, pauses = outcome(send, *[fault] * 4)
        assert (sent, provider.requests, pauses) == (False, 3, [0, 1])

    @BOTH
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 302])
    def test_a_refusal_is_not_asked_again(self, send: Send, status: int) -> None:
        sent, provider, pauses = outcome(send, answering(status, Location="/elsewhere"))
        assert (sent, provider.requests, pauses) == (False, 1, [])

    @BOTH
    def test_a_wrong_key_is_a_refusal(self, send: Send) -> None:
        sent, provider, _ = outcome(send, key="another")
        assert (sent, provider.requests, provider.delivered) == (False, 1, [])

    def test_what_msg91_refuses_with_200_was_not_sent(self) -> None:
        sent, provider, _ = outcome(send_sms, template="unknown")
        assert (sent, provider.requests) == (False, 1)

    def test_an_attempt_ends_after_its_limit(self) -> None:
        began = time.monotonic()
        outcome(send_sms, *[silent(30)] * 3)
        assert time.monotonic() - began < 3 * LIMIT + 2

    def test_the_limit_is_five_seconds_and_there_are_two_retries(self) -> None:
        assert (http.SECONDS, http.ATTEMPTS) == (5.0, 3)  # domain.md "Sign-in"

    def test_no_server_at_all_is_said_to_be_none(self) -> None:
        async def story() -> None:
            adapter = msg91(Provider(base="http://127.0.0.1:9"), Pauses())
            with pytest.raises(MessageNotSent):
                await adapter.sms(to=PHONE, template="sign_in_code", text="x", otp=CODE)
            await adapter.close()

        asyncio.run(story())


class TestSecrets:
    @BOTH
    @pytest.mark.parametrize("fault", [answering(400), answering(500), cut])
    def test_neither_logs_nor_refusals_say_code_phone_address_or_key(
        self, send: Send, fault: Fault, caplog: pytest.LogCaptureFixture
    ) -> None:
        said: list[str] = []

        async def story() -> None:
            async with serving(*[fault] * 3) as provider:
                try:
                    await send(provider, Pauses())
                except MessageNotSent as refusal:
                    said.append(f"{refusal!r} {refusal.message} {refusal.details} {refusal.__context__!r}")

        with caplog.at_level(logging.DEBUG):
            asyncio.run(story())
        assert said and "attempt" in caplog.text
        everything = caplog.text + said[0]
        assert not [s for s in (CODE, "9000000001", ADDRESS, KEY, "A link", "<html>") if s in everything]
