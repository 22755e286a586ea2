"""One use case whose storage call number so-and-so meets a fault, and what comes of it. No tests here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.clock import FakeClock
from tests.faults.backend import Answer, Killed, Process, Send, Storage, Wire, WireFault
from tests.faults.cases import Prepare, Request, a_key
from tests.faults.judging import Outcome, Scene

SOON = timedelta(seconds=90)
"""The lease of the key is over, and what was left is old enough to be swept."""

MOST_CALLS = 120  # no use case makes as many; the walk ends when a number is beyond the last call


@dataclass(frozen=True)
class Prepared:
    """A request that is ready to be sent, and the moment."""

    request: Request
    at: datetime


async def prepared(storage: Storage, prepare: Prepare, at: datetime | None = None) -> Prepared:
    """What has to be there before, made by a process of its own."""
    moment = at or datetime.now(UTC).replace(microsecond=0)
    process = Process(storage, FakeClock(moment))
    try:
        return Prepared(await prepare(process), moment)
    finally:
        await process.end()


async def undisturbed(storage: Storage, ready: Prepared) -> tuple[Outcome, int]:
    """What the request leads to when nothing fails, and how many storage calls it makes."""
    process = Process(storage, FakeClock(ready.at))
    try:
        scene = Scene(process.store, ready.request)
        await scene.remember()
        process.wire.arm(0, _nothing)
        answer = await _sent(process, ready.request, a_key())
        assert answer.status in (200, 201), answer.body
        calls = process.wire.seen
        scene.made = _id_of(ready.request, answer)
        outcome = await _settled(process, scene)
        assert any(actions for _, actions in outcome.entered)  # or the case would prove nothing
        return outcome, calls
    finally:
        await process.end()


async def meet(
    storage: Storage, ready: Prepared, fault: WireFault, at: int, expected: Outcome, after: timedelta = SOON
) -> bool:
    """Storage call number `at` meets the fault; then the client repeats its request, and the timers come.

    False if the request makes fewer calls.
    """
    clock, request, key = FakeClock(ready.at), ready.request, a_key()
    healthy, failing = Process(storage, clock), Process(storage, clock)
    try:
        scene = Scene(healthy.store, request)
        await scene.remember()
        failing.wire.arm(at, fault)
        first = await _answer_of(failing, request, key)
        if not failing.wire.struck:
            return False
        await failing.end()
        clock.advance(seconds=after.total_seconds())
        again = await _sent(healthy, request, key)
        assert again.status in (200, 201), again.body
        if first is not None and first.status < 500:
            assert _compared(first, request) == _compared(again, request)
        scene.made = _id_of(request, again)
        assert await _settled(healthy, scene) == expected
        return True
    finally:
        await failing.end()
        await healthy.end()


async def _nothing(wire: Wire, request: Any, send: Send) -> Any:
    return await send()


async def _settled(process: Process, scene: Scene) -> Outcome:
    """What there is once the timers have run: at once, and when no marker can be a slow request's any more."""
    await process.sweep()
    process.clock.advance(minutes=6)
    await process.sweep()
    await scene.check()
    return await scene.outcome()


async def _answer_of(process: Process, request: Request, key: str) -> Answer | None:
    try:
        return await _sent(process, request, key)
    except Killed:
        return None


async def _sent(process: Process, request: Request, key: str) -> Answer:
    headers = {**request.headers, "idempotency_key": key}
    return await process.call(request.who, request.method, request.path, request.body, **headers)


def _id_of(request: Request, answer: Answer) -> str | None:
    return str(answer.data["id"]) if request.makes else None


def _compared(answer: Answer, request: Request) -> tuple[int, Mapping[str, Any], str | None]:
    """What of an answer has to be the same in each of them."""
    said = answer.data if isinstance(answer.data, dict) else {}
    data = {name: value for name, value in said.items() if name not in request.varies}
    return answer.status, data, answer.headers.get("ETag")
