"""The same sheet sent again by somebody who saw no answer: it isn't imported twice. No keys of clients here."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from domain.jobs import JobState, find_job
from domain.ports import Ports
from domain.timeline import Act

REMEMBERED = timedelta(hours=24)
"""As long as an Idempotency-Key is (api.md): the portal sends none with a sheet, and leads can't be deleted."""


async def import_id_for(*, ports: Ports, sheet: str, act: Act) -> str:
    """The id for the import of a sheet: that of the actor's import of the very same text in the last day, else a
    new one; one that was refused doesn't count. Two requests, and two for each earlier import of this text.

    Raises StorageUnavailable.
    """
    number = 0
    while True:
        said = f"{act.actor.id}\n{number}\n{sheet}"
        job_id = f"JOB-{hashlib.sha256(said.encode()).hexdigest()[:32]}"
        job = await find_job(store=ports.store, job_id=job_id)
        if job is None or (job.state is not JobState.REFUSED and act.at - job.at < REMEMBERED):
            return job_id
        number += 1
