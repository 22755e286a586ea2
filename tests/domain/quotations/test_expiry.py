"""The timer: it enters what is over and was shared, nothing else, whenever and however often it runs."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

import pytest

from domain.quotations import Edit
from domain.quotations.errors import QuotationExpired
from domain.store import StorageUnavailable
from tests.domain.quotations.builders import KAM, Setting
from tests.fakes.store import Commit

LAST_MOMENT = datetime(2026, 3, 31, 18, 29, 59, 999_000, tzinfo=UTC)
OVER = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)  # midnight in India
NEXT_NIGHT = datetime(2026, 4, 1, 18, 30, tzinfo=UTC)


class Killed(BaseException):
    """The process dies here."""


async def a_setting_with_one_of_each() -> Setting:
    """Made on 1 March for 30 days: a shared, a rejected, a withdrawn and a created one, and a draft."""
    setting = Setting()
    await setting.register()
    made = [await setting.create() for _ in range(4)]
    await setting.create(KAM, draft=True)
    for quotation in made[:3]:
        await setting.share(quotation.id)
    await setting.reject(made[1].id)
    await setting.withdraw(made[2].id)
    return setting


async def rows_left(setting: Setting) -> list[str]:
    return [row.key async for row in setting.store.scan(table="expiries")]


class TestTimer:
    @pytest.mark.parametrize(
        ("at", "status"), [(LAST_MOMENT, "Shared"), (OVER, "Expired"), (NEXT_NIGHT, "Expired")]
    )
    def test_touches_only_shared_ones_that_are_over(self, at: datetime, status: str) -> None:
        async def story() -> None:
            setting = await a_setting_with_one_of_each()
            setting.clock.at = at
            assert await setting.expire() == (status == "Expired")
            assert await setting.statuses() == [status, "Rejected", "Withdrawn", "Created", "Draft"]
            assert await setting.expire() == 0
            entries = [e for e in await setting.checked_entries() if e.action == "QuotationExpired"]
            assert [e.actor.id for e in entries] == ["system:expire-quotations"] * (status == "Expired")

        asyncio.run(story())

    def test_asks_once_when_nothing_is_due_and_forgets_what_it_has_seen(self) -> None:
        async def story() -> None:
            setting = await a_setting_with_one_of_each()
            setting.store.requests.clear()
            assert await setting.expire() == 0
            assert setting.store.requests == ["rows"]
            setting.clock.at = OVER
            await setting.expire()
            assert await rows_left(setting) == ["QUOT-100104"]  # it might be about to be shared
            setting.clock.at = NEXT_NIGHT
            setting.clock.advance(days=1)
            await setting.expire()
            assert await rows_left(setting) == []

        asyncio.run(story())

    def test_that_runs_twice_at_once_enters_it_once(self) -> None:
        async def story() -> None:
            setting = await a_setting_with_one_of_each()
            setting.clock.at = OVER
            await asyncio.gather(*(setting.expire() for _ in range(4)))
            entries = await setting.checked_entries()
            assert sum(e.action == "QuotationExpired" for e in entries) == 1

        asyncio.run(story())

    @pytest.mark.parametrize("accept_at", [LAST_MOMENT, OVER])
    def test_never_races_an_accept_into_both(self, accept_at: datetime) -> None:
        async def story() -> None:
            setting = await a_setting_with_one_of_each()
            setting.clock.at = accept_at
            accepting = asyncio.ensure_future(setting.accept("QUOT-100101"))
            await asyncio.sleep(0)  # its moment is taken now
            setting.clock.at = OVER
            _, said = await asyncio.gather(setting.expire(), accepting, return_exceptions=True)
            status = (await setting.statuses())[0]
            assert status == ("Expired" if isinstance(said, QuotationExpired) else "Accepted")
            assert str((await setting.file()).lead.status) == (
                "New Lead" if status == "Expired" else "Customer Accepted"
            )
            await setting.checked_entries()

        asyncio.run(story())

    def test_isn_t_needed_for_one_beside_an_accepted_one_to_be_expired(self) -> None:
        async def story() -> None:
            setting = await a_setting_with_one_of_each()
            setting.clock.at = OVER
            newer = await setting.create()
            await setting.share(newer.id)
            await setting.accept(newer.id)
            assert await setting.statuses() == [
                *("Expired", "Rejected", "Withdrawn", "Rejected", "Rejected", "Accepted")
            ]
            over = next(q for q in setting.quotations_of(await setting.file()) if q.id == "QUOT-100101")
            assert over.closed_at == OVER
            entries = [e.action for e in await setting.checked_entries()]
            assert entries[-4:] == [
                *("QuotationAccepted", "QuotationExpired", "QuotationRejected", "QuotationRejected")
            ]

        asyncio.run(story())

    @pytest.mark.parametrize("moment", ["before", "after"])
    @pytest.mark.parametrize("nth", range(1, 7))
    def test_that_is_killed_is_made_good_by_the_next_run(self, moment: str, nth: int) -> None:
        async def story() -> None:
            setting = await a_setting_with_one_of_each()
            setting.clock.at = OVER
            kill(setting, moment, nth)
            with contextlib.suppress(Killed):
                await setting.expire()
            revive(setting)
            await setting.expire()
            assert (await setting.statuses())[0] == "Expired"
            entries = await setting.checked_entries()
            assert sum(e.action == "QuotationExpired" for e in entries) == 1

        asyncio.run(story())


class TestIndex:
    @pytest.mark.parametrize("moment", ["before", "after"])
    @pytest.mark.parametrize("nth", range(1, 10))
    def test_never_misses_one_however_its_making_ended(self, moment: str, nth: int) -> None:
        async def story() -> None:
            setting = Setting()
            await setting.register()
            await setting.settle()
            kill(setting, moment, nth)
            with contextlib.suppress(Killed):
                await setting.create()
            revive(setting)
            await setting.sweep()
            for quotation in setting.quotations_of(await setting.file()):
                await setting.share(quotation.id)
            setting.clock.at = NEXT_NIGHT
            await setting.expire()
            assert set(await setting.statuses()) <= {"Expired"}

        asyncio.run(story())

    def test_that_fails_for_one_is_told_and_doesn_t_keep_the_others_waiting(self) -> None:
        async def story() -> None:
            setting, failed = Setting(), []
            await setting.register()
            for _ in range(2):
                await setting.share((await setting.create()).id)
            setting.clock.at = NEXT_NIGHT

            def down_once(commit: Commit) -> None:
                if commit.table == "leads" and not failed:
                    failed.append(commit)
                    raise StorageUnavailable("down")

            setting.store.before_commit = down_once
            with pytest.raises(StorageUnavailable):
                await setting.expire()
            assert sorted(await setting.statuses()) == ["Expired", "Shared"]
            assert await setting.expire() == 1

        asyncio.run(story())

    def test_knows_a_draft_from_the_day_on_which_it_was_finalized(self) -> None:
        async def story() -> None:
            setting = Setting()
            await setting.register()
            draft = await setting.create(KAM, draft=True)
            setting.clock.advance(days=10)
            made = await setting.edit(draft.id, Edit(finalize=True), KAM)
            await setting.share(made.id)
            setting.clock.at = NEXT_NIGHT
            assert await setting.expire() == 0
            setting.clock.at = datetime(2026, 4, 10, 18, 30, tzinfo=UTC)
            assert await setting.expire() == 1

        asyncio.run(story())


def kill(setting: Setting, moment: str, nth: int) -> None:
    count = 0

    def hook(commit: object) -> None:
        nonlocal count
        count += 1
        if count == nth:
            raise Killed

    setattr(setting.store, f"{moment}_commit", hook)


def revive(setting: Setting) -> None:
    setting.die()
    setting.store.before_commit = setting.store.after_commit = lambda commit: None
