"""Timers: what runs by schedule. Schedules are NCRONTAB in UTC."""

from __future__ import annotations

import logging

import azure.functions as func

from domain import customer_exceptions, leads
from domain.identity import LiveSessions
from domain.ports import Ports

_log = logging.getLogger("solarium.timers")


def blueprint(ports: Ports, live: LiveSessions) -> func.Blueprint:
    """The timer functions. Each may run late or twice: what they do is idempotent."""
    bp = func.Blueprint()

    @bp.function_name("SweepViews")
    @bp.timer_trigger(arg_name="timer", schedule="30 * * * * *", run_on_startup=False, use_monitor=True)
    async def sweep_views(timer: func.TimerRequest) -> None:
        done = await leads.sweep(ports=ports)
        if done:
            _log.info("brought the views of %d interrupted changes up to date", done)

    @bp.function_name("FinishCustomerJobs")
    @bp.timer_trigger(arg_name="timer", schedule="45 * * * * *", run_on_startup=False, use_monitor=True)
    async def finish_customer_jobs(timer: func.TimerRequest) -> None:
        done = await customer_exceptions.finish_open_jobs(ports=ports, live=live)
        if done:
            _log.info("brought %d interrupted changes of customers to their end", done)

    return bp
