"""Timers: what runs by schedule. Schedules are NCRONTAB in UTC."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

import azure.functions as func

from domain import customer_exceptions, documents, leads, notifications, quotations
from domain.blobs import Blobs
from domain.identity import LiveSessions
from domain.ports import Ports
from functions.clockwork import Clockwork

_log = logging.getLogger("solarium.timers")


def blueprint(clockwork: Clockwork, ports: Ports, blobs: Blobs, live: LiveSessions) -> func.Blueprint:
    """The timer functions. Each may run late or twice: what they do is idempotent."""
    bp = func.Blueprint()

    @clockwork.timer(bp, "SweepViews", "*/30 * * * * *")
    async def sweep_views() -> None:
        try:
            done = await leads.sweep(ports=ports, afterwork=quotations.note_expiries)
        finally:  # also if the view of one lead can't be written
            await leads.trim(ports=ports)
        if done:
            _log.info("brought the views of %d interrupted changes up to date", done)

    @clockwork.timer(bp, "SweepNotices", "*/30 * * * * *")
    async def sweep_notices() -> None:
        done = await notifications.sweep(ports=ports)
        if done:
            _log.info("brought %d interrupted announcements to an end", done)

    @clockwork.timer(bp, "FinishCustomerJobs", "45 * * * * *")
    async def finish_customer_jobs() -> None:
        done = await customer_exceptions.finish_open_jobs(ports=ports, live=live)
        if done:
            _log.info("brought %d interrupted changes of customers to their end", done)

    @clockwork.timer(bp, "ExpireQuotations", "0 30 * * * *")
    async def expire_quotations() -> None:
        done = await quotations.expire_quotations(ports=ports)  # 18:30 UTC is midnight in India; then hourly
        if done:
            _log.info("entered %d quotations as expired", done)

    @clockwork.timer(bp, "SweepUploads", "45 * * * * *")
    async def sweep_uploads() -> None:
        done = await documents.sweep_uploads(ports=ports, blobs=blobs)
        if done:
            _log.info("brought %d uploads that nobody completed to an end", done)

    return bp


def packing(clockwork: Clockwork, pack: Callable[[], Awaitable[int]]) -> func.Blueprint:
    """The timer that packs all leads for instances that start later. The minutes are such that a pack is never so
    old that the feed of changes doesn't reach back to it, even if some runs fail."""
    bp = func.Blueprint()

    @clockwork.timer(bp, "PackLeads", "20 3,18,33,48 * * * *")
    async def pack_leads() -> None:
        _log.info("packed %d leads", await pack())

    return bp


Clear = Callable[[], Awaitable[int]]


def clearing(clockwork: Clockwork, jobs: Mapping[str, Clear]) -> func.Blueprint:
    """The daily timer that removes what has expired, at 02:00 in India. Each job says how many rows it removed;
    it may run late or twice, and one that fails doesn't keep the others from their work."""
    bp = func.Blueprint()

    @clockwork.timer(bp, "ClearExpired", "0 30 20 * * *")
    async def clear_expired() -> None:
        failed: list[Exception] = []
        for name, clear in jobs.items():
            try:
                _log.info("cleared %d expired %s", await clear(), name)
            except Exception as error:
                failed.append(error)
        if failed:
            raise ExceptionGroup("not everything that has expired could be cleared", failed)

    return bp
