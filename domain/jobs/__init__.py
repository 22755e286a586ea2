"""Jobs: changes that span partitions, written down before they begin so that a kill at any point is made good."""

from domain.jobs._job import (
    DONE,
    OPEN,
    SHOWN,
    STORED,
    TABLE,
    Job,
    JobState,
    close_job,
    find_job,
    forget_steps,
    job_is_open,
    open_job,
    open_jobs,
    reopen_job,
)

__all__ = [
    "DONE",
    "OPEN",
    "SHOWN",
    "STORED",
    "TABLE",
    "Job",
    "JobState",
    "close_job",
    "find_job",
    "forget_steps",
    "job_is_open",
    "open_job",
    "open_jobs",
    "reopen_job",
]
