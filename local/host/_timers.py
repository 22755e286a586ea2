"""Runs timer functions at their times, each one never twice at once. Their schedules are read in `_schedule`."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import azure.functions as func
from azure.functions.meta import Datum
from azure.functions.timer import TimerRequestConverter

from local.host._bindings import BoundFunction
from local.host._schedule import next_time

Call = Callable[[BoundFunction, object], Awaitable[object]]

log = logging.getLogger("local.host")


class Timer:
    """One timer function. A run that fails is logged and the next one comes at its time, as in Azure."""

    def __init__(self, function: BoundFunction, call: Call) -> None:
        self._function = function
        self._call = call
        self._one_at_a_time = asyncio.Lock()
        self._last: datetime | None = None

    async def keep_time(self) -> None:
        """Runs for ever; cancel it to stop."""
        if self._function.trigger.get("runOnStartup"):
            await self.fire()
        due = next_time(self._function.schedule, datetime.now(UTC))
        while True:
            # A sleep measures a clock that stops while a laptop sleeps, so the wall clock is looked at again.
            await asyncio.sleep(min(max((due - datetime.now(UTC)).total_seconds(), 0), 60))
            if datetime.now(UTC) >= due:
                await self.fire()
                due = next_time(self._function.schedule, datetime.now(UTC))

    async def fire(self) -> None:
        """One run; waits until a run under way has ended."""
        async with self._one_at_a_time:
            request = self._request()
            self._last = datetime.now(UTC)
            try:
                await self._call(self._function, request)
            except Exception:  # whatever a function raises ends here, as in the worker
                log.exception("The timer function %s failed", self._function.name)

    def _request(self) -> func.TimerRequest:
        now = datetime.now(UTC)
        last = self._last or datetime.min.replace(tzinfo=UTC)  # .NET's DateTime.MinValue: it never ran
        status = {
            "Last": last.isoformat(),
            "Next": next_time(self._function.schedule, now).isoformat(),
            "LastUpdated": last.isoformat(),
        }
        message = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": False}
        datum = Datum(type="json", value=json.dumps(message))
        request: func.TimerRequest = TimerRequestConverter.decode(datum, trigger_metadata=None)
        return request
