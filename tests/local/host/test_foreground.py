"""What `make run` shows of the log to whoever watches: timers that didn't do their work, not those that did."""

from __future__ import annotations

import json
import logging
import sys
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
    event: str, outcome: str | None, shown: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    set_up_logging(verbose=False)
    TIMERS.info(json.dumps({"function": "SweepViews", "event": event, "outcome": outcome}))
    assert bool(caplog.records) is shown


@pytest.mark.parametrize(("watched", "verbose"), [(True, True), (False, False), (False, True)])
def test_shows_all_to_whoever_asks_for_it_or_keeps_it_in_a_file(
    watched: bool, verbose: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: watched)
    set_up_logging(verbose=verbose)
    TIMERS.info(json.dumps({"function": "SweepViews", "event": "start"}))
    assert len(caplog.records) == 1
