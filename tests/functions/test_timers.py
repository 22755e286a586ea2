"""What the timers do besides when they run."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from domain import leads
from domain.store import StorageUnavailable
from functions import timers
from functions.clockwork import Clockwork, Work


class Collecting:
    """Keeps what is registered, by the timer's name."""

    def __init__(self) -> None:
        self.works: dict[str, Work] = {}

    def timer(self, blueprint: object, name: str, schedule: str) -> Any:
        def register(work: Work) -> Work:
            self.works[name] = work
            return work

        return register


def test_the_feed_is_trimmed_although_one_lead_cannot_be_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    trimmed: list[bool] = []

    async def sweep(**_: object) -> int:
        raise StorageUnavailable("one lead's view can't be written")

    async def trim(**_: object) -> int:
        trimmed.append(True)
        return 0

    monkeypatch.setattr(leads, "sweep", sweep)
    monkeypatch.setattr(leads, "trim", trim)
    clockwork, nothing = Collecting(), cast("Any", None)
    timers.blueprint(cast("Clockwork", clockwork), nothing, nothing, nothing)
    with pytest.raises(StorageUnavailable):
        asyncio.run(cast("Any", clockwork.works["SweepViews"]()))
    assert trimmed
