"""Carrying a job out: up to the one transaction that decides it, and from there to the end, or back.

That transaction, the pivot, is one of the customer whose version the Admin saw. It leaves the job's proof there,
and a refusal leaves the same proof, marked as refused: so a job is either decided or refused, once, even if a
slow request and the sweep carry it out at the same time. A kill before the pivot means that the job is done again
or refused, and one after it that the job is completed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain import customers
from domain.customer_exceptions._step import Work
from domain.customer_exceptions.errors import ExceptionRefused
from domain.errors import DomainError, Unavailable
from domain.identity import LiveSessions
from domain.jobs import JobState, close_job, find_job, open_job
from domain.ports import Ports
from domain.timeline import Act

Step = Callable[[Work], Awaitable[None]]


@dataclass(frozen=True)
class Steps:
    """An exception: the fact that names its pivot customer, the facts that name all customers to be locked, and
    what is done. `decide` ends with the pivot, `complete` and `take_back` can be done any number of times."""

    kind: str
    pivot: str
    locks: tuple[str, ...]
    decide: Step
    complete: Step
    take_back: Step


async def resumed(steps: Steps, *, ports: Ports, live: LiveSessions, job_id: str, act: Act) -> bool:
    """Whether this keyed request has begun its job before, which is then brought to its end. To be asked before
    anything is checked: the customer's version is another one since. Raises as `begin` does."""
    job = await find_job(store=ports.store, job_id=job_id) if act.proof else None
    if job is None:
        return False
    await _go_on(steps, Work(ports, live, job))
    return True


async def begin(steps: Steps, work: Work) -> None:
    """Write the job down, then carry it out. Raises what refuses it, StorageUnavailable."""
    job = await open_job(store=work.ports.store, job=work.job)
    await _go_on(steps, Work(work.ports, work.live, job))


async def _go_on(steps: Steps, work: Work) -> None:
    if work.job.state is JobState.REFUSED:
        raise _refused_before()
    if work.job.state is JobState.RUNNING:
        await carry_out(steps, work)


async def carry_out(steps: Steps, work: Work) -> None:
    """Bring a job that is open to its end. Raises what refuses it; StorageUnavailable leaves it open."""
    ports, job, pivot = work.ports, work.job, work.fact(steps.pivot)
    locked = [work.fact(name) for name in steps.locks]
    try:
        if await customers.verdict(ports=ports, customer_id=pivot, proof=job.id) is None:
            await work.lock(*locked)
            await steps.decide(work)
    except Unavailable:
        raise
    except DomainError as refusal:
        if await customers.refuse(ports=ports, customer_id=pivot, proof=job.id):
            await _end(steps, work, locked, JobState.REFUSED)
            raise refusal from None
    if await customers.verdict(ports=ports, customer_id=pivot, proof=job.id) is False:
        await _end(steps, work, locked, JobState.REFUSED)
        raise _refused_before()
    await _end(steps, work, locked, JobState.FINISHED)


async def _end(steps: Steps, work: Work, locked: list[str], state: JobState) -> None:
    """The locks go last: a job that is still open may be carried out again, and must find nobody else's work. A
    lock that outlives its job is nobody's."""
    await (steps.complete if state is JobState.FINISHED else steps.take_back)(work)
    await close_job(store=work.ports.store, job=work.job, state=state)
    await work.unlock(*locked)


def _refused_before() -> ExceptionRefused:
    return ExceptionRefused("This was refused. Look at the customer again, and send a new request.")


async def nothing(work: Work) -> None:
    """The step of an exception that has nothing to do there."""
