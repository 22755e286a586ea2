"""The one wrapper around every timer function: it runs only where writing is allowed, and one line is logged."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any

import azure.functions as func

from domain.errors import DomainError
from domain.store import ReadOnlyStandby, WritesFenced

_log = logging.getLogger("solarium.timers")

Work = Callable[[], Awaitable[None]]


class Clockwork:
    """Registers work as timer functions. Schedules are NCRONTAB in UTC; each may fire late or twice.

    `may_run` raises ReadOnlyStandby or WritesFenced where another instance does the work: then nothing is done.
    """

    def __init__(
        self, *, may_run: Callable[[], Awaitable[None]], counting: Callable[[], AbstractContextManager[Any]]
    ) -> None:
        self._may_run = may_run
        self._counting = counting

    def timer(self, blueprint: func.Blueprint, name: str, schedule: str) -> Callable[[Work], Work]:
        """Decorator: make the work a timer function of the blueprint."""

        def register(work: Work) -> Work:
            # The worker looks at the signature: it must be exactly this one, so no functools.wraps.
            async def run(timer: func.TimerRequest) -> None:
                await self._run(name, work)

            trigger = blueprint.timer_trigger(
                arg_name="timer", schedule=schedule, run_on_startup=False, use_monitor=True
            )
            blueprint.function_name(name)(trigger(run))
            return work

        return register

    async def _run(self, name: str, work: Work) -> None:
        started, outcome = time.perf_counter(), "failed"
        with self._counting() as storage:
            _tell({"function": name, "event": "start"})
            try:
                await self._may_run()
                await work()
                outcome = "done"
            except (ReadOnlyStandby, WritesFenced) as refusal:
                outcome = refusal.code  # another instance does this
            except DomainError as error:
                outcome = error.code
                raise
            finally:
                took = round((time.perf_counter() - started) * 1000, 1)
                said = {"function": name, "event": "end", "outcome": outcome}
                _tell({**said, "storageRequests": storage.requests, "ms": took})


def _tell(said: dict[str, Any]) -> None:
    _log.info(json.dumps(said))
