"""Timers of the local host and the admin addresses that fire them."""

import asyncio
from datetime import UTC, datetime

import azure.functions as func
import httpx
import pytest

from local.host import Host
from local.host._schedule import fault_of, next_time

NEVER_SOON = "0 0 0 1 1 *"


class AppWithATimer:
    """Counts the runs of one timer, and how many of them overlapped."""

    def __init__(self, schedule: str, *, lasting: float = 0.0, failing: bool = False) -> None:
        self.app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
        self.requests: list[func.TimerRequest] = []
        self.running = self.most_at_once = 0

        async def expire(timer: func.TimerRequest) -> None:
            self.requests.append(timer)
            self.running += 1
            self.most_at_once = max(self.most_at_once, self.running)
            await asyncio.sleep(lasting)
            self.running -= 1
            if failing:
                raise RuntimeError("no luck")

        named = self.app.function_name("ExpireQuotations")(expire)
        self.app.timer_trigger(arg_name="timer", schedule=schedule)(named)

    async def until_run(self, times: int) -> None:
        async with asyncio.timeout(5):
            while len(self.requests) < times or self.running:  # noqa: ASYNC110  # runs are counted, not announced
                await asyncio.sleep(0.01)


class TestTimer:
    @pytest.mark.parametrize("failing", [False, True])
    def test_fires_at_its_times_even_after_a_failure(self, failing: bool) -> None:
        async def running() -> list[func.TimerRequest]:
            timer = AppWithATimer("* * * * * *", failing=failing)
            async with Host(timer.app):
                await timer.until_run(2)
            return timer.requests

        first, *_ = asyncio.run(running())
        assert isinstance(first, func.TimerRequest)
        assert first.past_due is False
        assert set(first.schedule_status) == {"Last", "Next", "LastUpdated"}

    def test_never_runs_twice_at_once(self) -> None:
        async def running() -> tuple[int, int]:
            timer = AppWithATimer(NEVER_SOON, lasting=0.05)
            async with Host(timer.app) as host, httpx.AsyncClient(base_url=host.base) as client:
                await asyncio.gather(*(client.post("/admin/functions/ExpireQuotations") for _ in range(4)))
                await timer.until_run(4)
            return len(timer.requests), timer.most_at_once

        assert asyncio.run(running()) == (4, 1)


class TestAdmin:
    @pytest.mark.parametrize(
        ("path", "body", "status", "runs"),
        [
            ("/admin/functions/ExpireQuotations", b'{"input": "x"}', 202, 1),
            ("/admin/functions/expirequotations", b"", 202, 1),
            ("/admin/functions/ExpireQuotations", b"{", 400, 0),
            ("/admin/functions/Unknown", b"{}", 404, 0),
        ],
    )
    def test_fires_a_timer(self, path: str, body: bytes, status: int, runs: int) -> None:
        async def asking() -> tuple[int, int]:
            timer = AppWithATimer(NEVER_SOON)
            async with Host(timer.app) as host, httpx.AsyncClient(base_url=host.base) as client:
                reply = await client.post(path, content=body)
                await timer.until_run(runs)
            return reply.status_code, len(timer.requests)

        assert asyncio.run(asking()) == (status, runs)

    def test_lists_the_functions_with_their_bindings(self) -> None:
        async def asking() -> object:
            async with Host(AppWithATimer(NEVER_SOON).app) as host, httpx.AsyncClient(base_url=host.base) as client:
                return (await client.get("/admin/functions")).json()

        binding = {"direction": 0, "type": "timerTrigger", "name": "timer", "schedule": NEVER_SOON}
        assert asyncio.run(asking()) == [{"name": "ExpireQuotations", "config": {"bindings": [binding]}}]

    def test_tells_how_many_tasks_there_are(self) -> None:
        async def asking() -> tuple[int, int]:
            timer = AppWithATimer(NEVER_SOON)
            async with Host(timer.app) as host, httpx.AsyncClient(base_url=host.base) as client:
                before = (await client.get("/admin/host/status")).json()["tasks"]
                waiting = [asyncio.ensure_future(asyncio.sleep(60)) for _ in range(5)]
                after = (await client.get("/admin/host/status")).json()["tasks"]
                for task in waiting:
                    task.cancel()
            return before, after

        before, after = asyncio.run(asking())
        assert after - before == 5


class TestSchedule:
    def test_is_utc_with_seconds_first(self) -> None:
        noon = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
        assert next_time("0 30 18 * * *", noon) == datetime(2026, 11, 25, 18, 30, tzinfo=UTC)
        assert next_time("*/10 * * * * *", noon) == datetime(2026, 11, 25, 12, 0, 10, tzinfo=UTC)

    def test_wants_both_the_day_of_month_and_the_day_of_week_to_fit(self) -> None:
        noon = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
        assert next_time("0 0 0 13 * 5", noon) == datetime(2027, 8, 13, tzinfo=UTC)

    @pytest.mark.parametrize("schedule", ["0 30 18 * *", "0 61 18 * * *", "0 0 0 L * *", "00:05:00", ""])
    def test_refuses_what_is_not_ncrontab(self, schedule: str) -> None:
        assert fault_of(schedule)
