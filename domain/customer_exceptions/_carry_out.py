"""The sweep: jobs that a kill left open are carried out to their end."""

from __future__ import annotations

from datetime import timedelta

from domain.customer_exceptions._change_phone import CHANGE_PHONE
from domain.customer_exceptions._merge import MERGE, UNMERGE
from domain.customer_exceptions._share_phone import SHARE, UNSHARE
from domain.customer_exceptions._step import Work
from domain.customer_exceptions._steps import carry_out
from domain.errors import DomainError, Unavailable
from domain.identity import LiveSessions
from domain.jobs import open_jobs
from domain.ports import Ports

_KINDS = {steps.kind: steps for steps in (CHANGE_PHONE, SHARE, UNSHARE, MERGE, UNMERGE)}

OLD_ENOUGH = timedelta(minutes=1)
"""A younger job is still its request's own; two at once would do no harm, but twice the work."""


async def finish_open_jobs(*, ports: Ports, live: LiveSessions) -> int:
    """Carry out what was left open; how many jobs were brought to an end, done or refused.

    One that can't be brought to its end doesn't keep the others waiting; what it raised is raised at the end.
    """
    ended = 0
    failed: list[DomainError] = []
    for job in await open_jobs(store=ports.store):
        steps = _KINDS.get(job.kind)
        if steps is None or job.at + OLD_ENOUGH > ports.clock.now():
            continue
        try:
            await carry_out(steps, Work(ports, live, job))
        except Unavailable as error:  # storage is down, or a phone is being changed: the next run
            failed.append(error)
            continue
        except DomainError:
            pass  # refused, which is an end too
        ended += 1
    if failed:
        raise failed[0]
    return ended
