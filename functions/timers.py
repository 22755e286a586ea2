"""Timers: what runs by schedule. Schedules are NCRONTAB in UTC."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

import azure.functions as func

from domain import customer_exceptions, documents, leads, quotations
from domain.blobs import Blobs
from domain.identity import LiveSessions
from domain.ports import Ports

_log = logging.getLogger("solarium.timers")


def blueprint(ports: Ports, blobs: Blobs, live: LiveSessions) -> func.Blueprint:
    """The timer functions. Each may run late or twice: what they do is idempotent."""
    bp = func.Blueprint()

    @bp.function_name("SweepViews")
    @bp.timer_trigger(arg_name="timer", schedule="*/30 * * * * *", run_on_startup=False, use_monitor=True)
    async def sweep_views(timer: func.TimerRequest) -> None:
        done = await leads.sweep(ports=ports)
        await leads.trim(ports=ports)
        if done:
            _log.info("brought the views of %d interrupted changes up to date", done)

    @bp.function_name("FinishCustomerJobs")
    @bp.timer_trigger(arg_name="timer", schedule="45 * * * * *", run_on_startup=False, use_monitor=True)
    async def finish_customer_jobs(timer: func.TimerRequest) -> None:
        done = await customer_exceptions.finish_open_jobs(ports=ports, live=live)
        if done:
            _log.info("brought %d interrupted changes of customers to their end", done)

    @bp.function_name("ExpireQuotations")
    @bp.timer_trigger(arg_name="timer", schedule="0 30 * * * *", run_on_startup=False, use_monitor=True)
    async def expire_quotations(timer: func.TimerRequest) -> None:
        done = await quotations.expire_quotations(ports=ports)  # 18:30 UTC is midnight in India; then hourly
        if done:
            _log.info("entered %d quotations as expired", done)

    @bp.function_name("SweepUploads")
    @bp.timer_trigger(arg_name="timer", schedule="45 * * * * *", run_on_startup=False, use_monitor=True)
    async def sweep_uploads(timer: func.TimerRequest) -> None:
        done = await documents.sweep_uploads(ports=ports, blobs=blobs)
        if done:
            _log.info("brought %d uploads that nobody completed to an end", done)

    return bp


Clear = Callable[[], Awaitable[int]]


def clearing(jobs: Mapping[str, Clear]) -> func.Blueprint:
    """The daily timer that removes what has expired, at 02:00 in India. Each job says how many rows it removed;
    it may run late or twice, and one that fails doesn't keep the others from their work."""
    bp = func.Blueprint()

    @bp.function_name("ClearExpired")
    @bp.timer_trigger(arg_name="timer", schedule="0 30 20 * * *", run_on_startup=False, use_monitor=True)
    async def clear_expired(timer: func.TimerRequest) -> None:
        failed: list[Exception] = []
        for name, clear in jobs.items():
            try:
                _log.info("cleared %d expired %s", await clear(), name)
            except Exception as error:
                failed.append(error)
        if failed:
            raise ExceptionGroup("not everything that has expired could be cleared", failed)

    return bp
