"""Which backups stay (cases.md 24). The expected sets are worked out by hand from a calendar."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.blobs import BlobProtected
from domain.continuity import Backup, Condition, Manifest, Policy, Verdict, back_up, prune, verdicts
from tests.domain.continuity.setting import Platform, a_row

FIRST = date(2025, 1, 1)


def a_backup(on: date, *, condition: Condition = Condition.VERIFIED, suspects: tuple[str, ...] = ()) -> Backup:
    """Taken at 02:00 in India, which is 20:30 UTC of the day before."""
    taken = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(hours=3, minutes=30)
    manifest = Manifest(on.isoformat(), taken, taken, (), suspects)
    return Backup(on.isoformat(), condition, taken, manifest, problem="it failed")


def at(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 6, tzinfo=UTC)


def simulated(days: int, *, failing: frozenset[date] = frozenset()) -> list[Verdict]:
    """A backup and a pruning each day; the verdicts of the last day's."""
    there: list[Backup] = []
    said: list[Verdict] = []
    for number in range(days):
        day = FIRST + timedelta(days=number)
        there.append(a_backup(day, condition=Condition.UNVERIFIED if day in failing else Condition.VERIFIED))
        said = verdicts(known=there, policy=Policy(), now=at(day))
        kept = {verdict.id for verdict in said if verdict.keep}
        there = [backup for backup in there if backup.id in kept]
    return said


def kept(said: list[Verdict]) -> dict[str, tuple[str, ...]]:
    return {verdict.id: verdict.reasons for verdict in said if verdict.keep}


class TestVerdicts:
    def test_after_400_days_keep_exactly_these(self) -> None:
        """1 January 2025 and 399 days more end on Wednesday 4 February 2026."""
        assert kept(simulated(400)) == {
            "2026-02-04": (
                "daily 2026-02-04",
                "weekly 2026-W06",
                "monthly 2026-02",
                "yearly 2026",
                "newest verified",
                "newest without suspicion",
            ),
            "2026-02-03": ("daily 2026-02-03",),
            "2026-02-02": ("daily 2026-02-02",),
            "2026-02-01": ("daily 2026-02-01", "weekly 2026-W05"),  # a Sunday
            "2026-01-31": ("daily 2026-01-31", "monthly 2026-01"),
            "2026-01-30": ("daily 2026-01-30",),
            "2026-01-29": ("daily 2026-01-29",),
            "2026-01-25": ("weekly 2026-W04",),
            "2026-01-18": ("weekly 2026-W03",),
            "2026-01-11": ("weekly 2026-W02",),
            "2025-12-31": ("monthly 2025-12", "yearly 2025"),
            "2025-11-30": ("monthly 2025-11",),
            "2025-10-31": ("monthly 2025-10",),
            "2025-09-30": ("monthly 2025-09",),
            "2025-08-31": ("monthly 2025-08",),
            "2025-07-31": ("monthly 2025-07",),
            "2025-06-30": ("monthly 2025-06",),
            "2025-05-31": ("monthly 2025-05",),
            "2025-04-30": ("monthly 2025-04",),
            "2025-03-31": ("monthly 2025-03",),
        }

    def test_failed_ones_never_take_a_place(self) -> None:
        """The last three days, New Year's Eve and a whole week fail: their places go to those before them."""
        week = [date(2026, 1, 12) + timedelta(days=n) for n in range(7)]
        failing = frozenset({date(2026, 2, 4), date(2026, 2, 3), date(2026, 2, 2), date(2025, 12, 31), *week})
        said = simulated(400, failing=failing)
        # Seven days that have a backup: 1 February and six before it. Weeks 5, 4, 2, 1 and 52 (week 3 has none);
        # week 52 of 2025 ends on Sunday 28 December; week 1 of 2026 on 4 January.
        days = {"2026-02-01", "2026-01-31", "2026-01-30", "2026-01-29", "2026-01-28", "2026-01-27", "2026-01-26"}
        weeks = {"2026-02-01", "2026-01-25", "2026-01-11", "2026-01-04", "2025-12-28"}
        months = {
            *("2026-02-01", "2026-01-31", "2025-12-30", "2025-11-30", "2025-10-31", "2025-09-30"),
            *("2025-08-31", "2025-07-31", "2025-06-30", "2025-05-31", "2025-04-30", "2025-03-31"),
        }
        young = {"2026-02-04", "2026-02-03"}  # unverified, but younger than two days: they may still become one
        assert set(kept(said)) == days | weeks | months | young
        assert kept(said)["2026-02-01"][-2:] == ("newest verified", "newest without suspicion")

    def test_the_newest_verified_one_stays_whatever_the_policy(self) -> None:
        known = [a_backup(date(2026, 1, 1)), a_backup(date(2026, 3, 1), condition=Condition.DAMAGED)]
        said = verdicts(known=known, policy=Policy(0, 0, 0, 0), now=at(date(2028, 1, 1)))
        assert kept(said) == {"2026-01-01": ("newest verified", "newest without suspicion")}

    def test_a_suspicious_one_never_replaces_the_last_good_one(self) -> None:
        known = [a_backup(date(2026, 1, 1)), a_backup(date(2026, 3, 1), suspects=("leads has 0 rows",))]
        said = verdicts(known=known, policy=Policy(1, 0, 0, 0), now=at(date(2026, 3, 2)))
        assert set(kept(said)) == {"2026-01-01", "2026-03-01"}

    def test_every_verdict_has_a_reason(self) -> None:
        assert all(verdict.reasons for verdict in simulated(60))


class TestPrune:
    @pytest.fixture
    def platform(self) -> Platform:
        """Three daily backups; a file that only the first one has, one that all have."""
        platform = Platform()
        platform.entities.put("phones", a_row("+919000000001", "customer", customerId="CUST-1001"))

        async def fill() -> None:
            for name in ("stays", "goes"):
                await platform.files.create(
                    container="documents", name=name, content=name.encode(), media_type="a/b"
                )
            await back_up(engine=platform.engine())
            await platform.files.delete(container="documents", name="goes")
            for _ in range(2):
                platform.clock.advance(days=1)
                await back_up(engine=platform.engine())
            platform.clock.advance(days=3)

        asyncio.run(fill())
        return platform

    def test_deletes_what_isnt_kept_and_the_copies_that_nobody_needs(self, platform: Platform) -> None:
        before = platform.objects()
        policy = Policy(1, 1, 2, 1)
        said = asyncio.run(prune(engine=platform.engine(), policy=policy, dry_run=True))
        assert platform.objects() == before
        done = asyncio.run(prune(engine=platform.engine(), policy=policy, dry_run=False))
        assert (done.deleted, done.copies, done.verdicts) == (said.deleted, said.copies, said.verdicts)
        assert {name.split("/")[1] for name in platform.objects("backups/")} == {"2026-04-02", "2026-03-31"}
        assert sorted(platform.objects("content/").values()) == [b"goes", b"stays"]
        asyncio.run(prune(engine=platform.engine(), policy=Policy(1, 1, 0, 0), dry_run=False))
        assert {name.split("/")[1] for name in platform.objects("backups/")} == {"2026-04-02"}
        assert list(platform.objects("content/").values()) == [b"stays"]

    def test_leaves_what_the_storage_protects_whole(self, platform: Platform) -> None:
        before = platform.objects()

        def protect(request: str) -> None:
            if request.startswith("delete"):
                raise BlobProtected("Until next year.")

        platform.vault.before = protect
        done = asyncio.run(prune(engine=platform.engine(), policy=Policy(1, 0, 0, 0), dry_run=False))
        assert platform.objects() == before
        assert (len(done.protected), done.deleted, done.copies) == (2, 0, 0)  # the first object of each backup
