"""What `make run` shows of the log: nothing of timers that did their work, everything of those that didn't."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from local.host import set_up_logging

TIMERS = logging.getLogger("solarium.timers")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    level, azure = TIMERS.level, logging.getLogger("azure").level
    TIMERS.setLevel(logging.INFO)
    yield
    TIMERS.filters.clear()
    TIMERS.setLevel(level)
    logging.getLogger("azure").setLevel(azure)


@pytest.mark.parametrize(
    ("event", "outcome", "shown"),
    [
        ("start", None, False),
        ("end", "done", False),
        ("end", "failed", True),
        ("end", "READ_ONLY_STANDBY", True),
    ],
)
def test_shows_the_timers_that_have_something_to_tell(
    event: str, outcome: str | None, shown: bool, caplog: pytest.LogCaptureFixture
) -> None:
    set_up_logging(verbose=False)
    TIMERS.info(json.dumps({"function": "SweepViews", "event": event, "outcome": outcome}))
    assert bool(caplog.records) is shown


def test_shows_all_to_whoever_asks_for_it(caplog: pytest.LogCaptureFixture) -> None:
    set_up_logging(verbose=True)
    TIMERS.info(json.dumps({"function": "SweepViews", "event": "start"}))
    assert len(caplog.records) == 1
