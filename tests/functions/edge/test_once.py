"""A keyed request that failed is repeated as soon as its answer says so; one that was refused is refused again."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import azure.functions as func
import pytest

from domain.customers.errors import PhoneBeingChanged
from domain.errors import Unavailable
from domain.identity import MessageNotSent
from domain.ports import Ports
from domain.quotations.errors import PdfNotMade
from domain.store import StorageUnavailable
from functions.edge._idempotency import REPLAYED, Ticket, once
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

LIMIT = 24 * 16_000
"""So many UTF-16 units of an answer are kept: three quarters of a row's 1 MiB."""


class Numbers:
    last = 0

    async def next_number(self, kind: str) -> int:
        raise AssertionError(kind)

    def unique(self) -> str:
        self.last += 1
        return f"{self.last:032x}"


class Keyed:
    """One person's requests with one key."""

    def __init__(self) -> None:
        self.ports = Ports(FakeStore(), FakeClock(), Numbers(), pause=_no_pause, later=lambda work: work.close())
        self.tries = 0

    async def send(self, outcome: func.HttpResponse | BaseException) -> func.HttpResponse:
        async def perform(ticket: Ticket) -> func.HttpResponse:
            self.tries += 1
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        return await once(
            ports=self.ports,
            person="CP-1001",
            key="a key",
            fingerprint="the same",
            reserve=None,
            lease=timedelta(seconds=10),
            perform=perform,
        )


async def _no_pause(attempt: int) -> None:
    return None


def an_answer(status: int, body: dict[str, Any]) -> func.HttpResponse:
    text = json.dumps(body, ensure_ascii=False)
    return func.HttpResponse(text, status_code=status, mimetype="application/json", headers={"ETag": '"1"'})


FAILURES = [
    *(kind("not now", retry_after=1) for kind in (StorageUnavailable, PdfNotMade, PhoneBeingChanged)),
    *(kind("not now", retry_after=1) for kind in (MessageNotSent, Unavailable)),
    RuntimeError("nobody thought of it"),
]


class TestAfterAFailure:
    @pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
    def test_the_repetition_is_carried_out_at_once(self, failure: Exception) -> None:
        async def story() -> None:
            keyed = Keyed()
            with pytest.raises(type(failure)):
                await keyed.send(failure)
            answer = await keyed.send(an_answer(201, {"success": True}))
            assert (answer.status_code, REPLAYED in answer.headers, keyed.tries) == (201, False, 2)

        asyncio.run(story())


class TestALongAnswer:
    @pytest.mark.parametrize("character", ["x", "ä", "अ", "\U0001f31e"])
    @pytest.mark.parametrize("length", [LIMIT // 2 - 99, LIMIT // 2, LIMIT - 99, LIMIT, LIMIT * 2])
    def test_is_given_again_or_its_kind_is(self, character: str, length: int) -> None:
        async def story() -> None:
            keyed = Keyed()
            first = await keyed.send(an_answer(200, {"success": True, "data": character * length}))
            again = await keyed.send(RuntimeError("isn't carried out again"))
            assert (again.status_code, keyed.tries) == (200, 1)
            said = json.loads(again.get_body())
            assert said["success"] and (again.get_body() == first.get_body() or "too long" in said["message"])

        asyncio.run(story())

    def test_of_a_refusal_stays_one(self) -> None:
        """An import of a thousand faulty rows, sent again: refused as before, without the list of faults."""
        faults = {f"rows.{row}": ["This isn't a phone number. " * 20] for row in range(1_000)}
        error = {"code": "IMPORT_REJECTED", "message": "1,000 rows are faulty.", "details": {"rows": faults}}
        refusal = {"status": 422, "success": False, "data": None, "error": error, "validationErrors": faults}

        async def story() -> None:
            keyed = Keyed()
            await keyed.send(an_answer(422, refusal))
            again = await keyed.send(RuntimeError("isn't carried out again"))
            said = json.loads(again.get_body())
            assert (again.status_code, said["status"], said["success"], keyed.tries) == (422, 422, False, 1)
            assert said["error"] == {"code": "IMPORT_REJECTED", "message": "1,000 rows are faulty."}

        asyncio.run(story())
