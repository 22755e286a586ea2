"""The outbox: one whole JSON line per message, in files only for their owner."""

from __future__ import annotations

import asyncio
import json
import logging
from multiprocessing import get_context
from pathlib import Path

import pytest

from adapters.messages import OutboxMessages
from domain.identity import MessageNotSent
from domain.values import PhoneNumber
from tests.fakes.clock import FakeClock

PHONE = PhoneNumber("+919000000001")


def _send(folder: Path, process: int) -> None:
    outbox = OutboxMessages(folder=folder, clock=FakeClock())

    async def work() -> None:
        texts = [f"{process}-{number} " + "x" * 2_000 for number in range(50)]
        await asyncio.gather(*(outbox.sms(to=PHONE, template="t", text=text) for text in texts))

    asyncio.run(work())


class TestOutboxMessages:
    def test_writes_a_line_per_message(self, tmp_path: Path) -> None:
        folder = tmp_path / "data" / "outbox"
        outbox = OutboxMessages(folder=folder, clock=FakeClock())

        async def story() -> None:
            await outbox.sms(to=PHONE, template="sign_in_code", text="1 is\nyour code ☀", otp="000001")
            await outbox.sms(to=PHONE, template="shared", text="A quotation")
            await outbox.email(to="kam@example.com", template="reset", text="A link")

        asyncio.run(story())
        at = "2026-03-31T12:00:00.000Z"
        smses, emails = ((folder / f"{kind}.jsonl").read_text() for kind in ("sms", "email"))
        assert [json.loads(line) for line in smses.splitlines()] == [
            {
                "at": at,
                "to": PHONE.e164,
                "template": "sign_in_code",
                "text": "1 is\nyour code ☀",
                "otp": "000001",
            },
            {"at": at, "to": PHONE.e164, "template": "shared", "text": "A quotation"},
        ]
        assert json.loads(emails) == {
            "at": at,
            "to": "kam@example.com",
            "template": "reset",
            "text": "A link",
        }

    def test_only_the_owner_can_read_it(self, tmp_path: Path) -> None:
        folder = tmp_path / "outbox"
        asyncio.run(OutboxMessages(folder=folder, clock=FakeClock()).sms(to=PHONE, template="t", text="x"))
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "sms.jsonl").stat().st_mode & 0o777 == 0o600

    def test_several_processes_can_share_it(self, tmp_path: Path) -> None:
        processes = [get_context("spawn").Process(target=_send, args=(tmp_path, n)) for n in range(3)]
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
        lines = (tmp_path / "sms.jsonl").read_text().splitlines()
        assert len({json.loads(line)["text"].split(" ")[0] for line in lines}) == 150

    def test_says_that_it_failed_and_logs_no_contents(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "outbox").write_text("in the way")
        outbox = OutboxMessages(folder=tmp_path / "outbox", clock=FakeClock())
        with caplog.at_level(logging.DEBUG), pytest.raises(MessageNotSent) as refused:
            asyncio.run(outbox.sms(to=PHONE, template="t", text="Secret 000001", otp="000001"))
        assert "000001" not in caplog.text + refused.value.message
