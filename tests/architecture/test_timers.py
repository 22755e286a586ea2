"""Timers: all of them go through the one wrapper, which logs them and keeps them still where others write."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import pytest

from domain.store import ReadOnlyStandby, StorageUnavailable, WritesFenced
from functions.clockwork import Clockwork

ROOT = Path(__file__).parents[2]


@contextmanager
def counting() -> Any:
    yield SimpleNamespace(requests=3)


def fired(may_run: Callable[[], Awaitable[None]], work: Callable[[], Awaitable[None]]) -> None:
    app, bp = func.FunctionApp(), func.Blueprint()
    Clockwork(may_run=may_run, counting=counting).timer(bp, "Sweep", "30 * * * * *")(work)
    app.register_functions(bp)
    [function] = app.get_functions()
    asyncio.run(function.get_user_function()(timer=None))


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(r.getMessage()) for r in caplog.records if r.name == "solarium.timers"]


async def yes() -> None:
    """Writing is allowed."""


class TestTimers:
    def test_are_registered_in_one_place(self) -> None:
        files = [*ROOT.glob("functions/**/*.py"), ROOT / "function_app.py"]
        named = {str(f.relative_to(ROOT)) for f in files if "timer_trigger" in f.read_text(encoding="utf-8")}
        assert named == {"functions/clockwork.py"}

    def test_are_logged_from_start_to_end(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        fired(yes, yes)
        start, end = told(caplog)
        assert start == {"function": "Sweep", "event": "start"}
        assert {**end, "ms": 0} == {
            "function": "Sweep",
            "event": "end",
            "outcome": "done",
            "storageRequests": 3,
            "ms": 0,
        }

    @pytest.mark.parametrize("refusal", [ReadOnlyStandby, WritesFenced])
    def test_do_nothing_where_another_instance_writes(
        self, caplog: pytest.LogCaptureFixture, refusal: type[StorageUnavailable]
    ) -> None:
        caplog.set_level(logging.INFO)
        ran = []

        async def no() -> None:
            raise refusal("Not here.")

        async def work() -> None:
            ran.append(1)

        fired(no, work)
        assert ran == [] and told(caplog)[-1]["outcome"] == refusal.code

    @pytest.mark.parametrize(
        ("error", "outcome"), [(StorageUnavailable("no"), "STORAGE_UNAVAILABLE"), (KeyError("x"), "failed")]
    )
    def test_that_fail_say_so_and_are_seen_by_the_host(
        self, caplog: pytest.LogCaptureFixture, error: Exception, outcome: str
    ) -> None:
        caplog.set_level(logging.INFO)

        async def work() -> None:
            raise error

        with pytest.raises(type(error)):
            fired(yes, work)
        assert told(caplog)[-1]["outcome"] == outcome
