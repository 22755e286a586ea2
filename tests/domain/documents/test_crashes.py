"""The process dies before or after any storage call of an upload; repeated, or swept, all is as it has to be."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from domain.documents import DocumentStatus
from domain.errors import DomainError
from tests.domain.documents.files import A_JPEG
from tests.domain.documents.setting import Setting
from tests.fakes.store import Commit

CALLS = 26  # more storage calls than a completion makes; a journey that ends sooner has not been killed


class Killed(BaseException):
    """The process dies here."""


class Killer:
    """Lets so many storage calls pass, then kills, once."""

    def __init__(self, setting: Setting, calls: int) -> None:
        self.left, self.setting = calls, setting
        setting.store.before_commit = self.on_commit
        setting.store.after_commit = self.on_commit
        setting.blobs.before = self.on_blob

    def on_commit(self, commit: Commit) -> None:
        self._count()

    def on_blob(self, request: str) -> None:
        self._count()

    def _count(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


async def with_a_kill(setting: Setting, work, calls: int) -> bool:
    """Whether the work was killed; what it left for later dies with it."""
    killer = Killer(setting, calls)
    killed = False
    try:
        await work
        await setting.do_what_was_left()
    except Killed:
        killed = True
    except DomainError:
        with contextlib.suppress(Killed):
            await setting.do_what_was_left()
        killed = killer.left <= 0
    killer.left = -1
    setting.forget_what_was_left()
    return killed


@pytest.mark.parametrize("then", ["repeated", "swept"])
@pytest.mark.parametrize("content", [A_JPEG, b"MZ"], ids=["good", "bad"])
@pytest.mark.parametrize("calls", range(1, CALLS))
def test_a_killed_completion_ends_as_if_nothing_had_happened(calls: int, content: bytes, then: str) -> None:
    good = content == A_JPEG

    async def story() -> None:
        s = await Setting().open()
        upload = await s.add()
        s.put(upload, content)
        await with_a_kill(s, s.complete(upload.document.id), calls)
        if then == "repeated":
            with contextlib.suppress(DomainError):
                await s.complete(upload.document.id)
        s.clock.forward(minutes=11)
        await s.sweep()
        [document] = await s.documents()
        name = document.blob
        expected = (
            (DocumentStatus.UPLOADED, [name], [], "DocumentUploaded")
            if good
            else (DocumentStatus.QUARANTINED, [], [name], "DocumentQuarantined")
        )
        found = (document.status, await s.files("documents"), await s.files("quarantine"))
        assert (*found, *(await s.actions())[1:]) == expected
        assert await s.markers() == []
        s.forget_what_was_left()

    asyncio.run(story())


@pytest.mark.parametrize("calls", range(1, CALLS))
def test_a_killed_request_leaves_a_place_that_is_freed(calls: int) -> None:
    async def story() -> None:
        s = await Setting().open()
        await with_a_kill(s, s.add(), calls)
        s.clock.forward(minutes=30)
        await s.sweep()
        assert await s.markers() == []
        assert all(not d.is_active(s.clock.now()) for d in await s.documents())
        s.forget_what_was_left()

    asyncio.run(story())


def test_enough_calls_are_tried() -> None:
    async def story() -> None:
        s = await Setting().open()
        upload = await s.add()
        s.put(upload, b"MZ")
        assert not await with_a_kill(s, s.complete(upload.document.id), CALLS - 1)

    asyncio.run(story())
