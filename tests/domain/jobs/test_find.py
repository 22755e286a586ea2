"""A job is found at every moment of its life, also between two of the reads that look for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.jobs import Job, JobState, close_job, find_job, open_job
from domain.store import Row
from domain.values import Actor, Role
from tests.fakes.clock import NOON
from tests.fakes.store import FakeStore

JOB = Job("JOB-1", "import", Actor("ADMIN-1001", "Asha", Role.ADMIN), NOON, {"rows": 2})


class ClosingStore(FakeStore):
    """Closes the job before the read of that number."""

    reads = 0
    closes_at = 0

    async def get(self, *, table: str, partition: str, key: str) -> Row | None:
        self.reads += 1
        if self.reads == self.closes_at:
            await close_job(store=self, job=JOB, state=JobState.FINISHED)
        return await super().get(table=table, partition=partition, key=key)


@pytest.mark.parametrize("closes_at", [1, 2, 3])
def test_it_is_found_while_it_is_being_closed(closes_at: int) -> None:
    async def story() -> None:
        store = ClosingStore()
        assert await find_job(store=store, job_id=JOB.id) is None
        await open_job(store=store, job=JOB)
        store.reads, store.closes_at = 0, closes_at
        found = await find_job(store=store, job_id=JOB.id)
        assert found in (JOB, replace(JOB, state=JobState.FINISHED))
        await close_job(store=store, job=JOB, state=JobState.FINISHED)
        assert await find_job(store=store, job_id=JOB.id) == replace(JOB, state=JobState.FINISHED)

    asyncio.run(story())
