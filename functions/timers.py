"""Timers: what runs by schedule. Schedules are NCRONTAB in UTC."""

from __future__ import annotations

import logging

import azure.functions as func

from domain import leads, quotations
from domain.ports import Ports

_log = logging.getLogger("solarium.timers")


def blueprint(ports: Ports) -> func.Blueprint:
    """The timer functions. Each may run late or twice: what they do is idempotent."""
    bp = func.Blueprint()

    @bp.function_name("SweepViews")
    @bp.timer_trigger(arg_name="timer", schedule="30 * * * * *", run_on_startup=False, use_monitor=True)
    async def sweep_views(timer: func.TimerRequest) -> None:
        done = await leads.sweep(ports=ports)
        if done:
            _log.info("brought the views of %d interrupted changes up to date", done)

    @bp.function_name("ExpireQuotations")
    @bp.timer_trigger(arg_name="timer", schedule="0 30 * * * *", run_on_startup=False, use_monitor=True)
    async def expire_quotations(timer: func.TimerRequest) -> None:
        done = await quotations.expire_quotations(ports=ports)  # 18:30 UTC is midnight in India; then hourly
        if done:
            _log.info("entered %d quotations as expired", done)

    return bp
