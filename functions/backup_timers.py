"""Timers of continuity: the daily backup, the weekly drill, and the watch over both. Schedules are in UTC."""

from __future__ import annotations

import logging
from datetime import timedelta

import azure.functions as func

from domain import continuity
from domain.errors import DomainError
from functions.clockwork import Clockwork

_BOX = timedelta(minutes=7)  # of the 10 that host.json gives: a part and its check may still follow
_log = logging.getLogger("solarium.timers")


def blueprint(clockwork: Clockwork, engine: continuity.Engine) -> func.Blueprint:
    """The timer functions. Each may run late or twice: a slot is claimed before anything is done."""
    bp = func.Blueprint()

    @clockwork.timer(bp, "BackUpDaily", "0 */15 * * * *")
    async def back_up_daily() -> None:
        done = await _backed_up(engine)
        if done and done.manifest:
            _log.info("backup %s is verified: %d rows", done.manifest.id, done.manifest.rows())
            pruned = await continuity.prune(engine=engine, policy=continuity.Policy(), dry_run=False)
            _log.info("deleted %d objects and %d copies of old backups", pruned.deleted, pruned.copies)
        if done:
            await continuity.watch(engine=engine)

    @clockwork.timer(bp, "WatchBackups", "0 40 */2 * * *")
    async def watch_backups() -> None:
        await continuity.watch(engine=engine)

    @clockwork.timer(bp, "DrillWeekly", "0 10 22 * * SAT")
    async def drill_weekly() -> None:
        await _drilled(engine)

    return bp


async def _drilled(engine: continuity.Engine) -> None:
    try:
        report = await continuity.drill_if_due(engine=engine)
    except DomainError as error:
        await engine.alert(f"{continuity.Alarm.FAILED} The weekly drill couldn't be carried out: {error.message}")
        return
    if report:
        _log.info("drill %s: %s", report.name, "passed" if report.passed else "failed")


async def _backed_up(engine: continuity.Engine) -> continuity.Outcome | None:
    """The backup that is due, as far as it gets in the time that a function has; the next run goes on."""
    try:
        return await continuity.back_up_if_due(engine=engine, within=_BOX)
    except DomainError as error:
        # WatchBackups also mails it; the word is what the log's alert rule looks for.
        _log.error("%s the backup isn't finished: %s", continuity.Alarm.FAILED, error.message)
        return None
