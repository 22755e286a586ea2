"""Making backups: what is in one, what stops one, and that nothing half done ever counts (cases.md 22, 23)."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta

import pytest

from domain.continuity import (
    Condition,
    Depth,
    Entity,
    Manifest,
    Outcome,
    Part,
    Series,
    State,
    back_up,
    back_up_if_due,
    backups,
    due_slot,
    entity_of,
    newest_verified,
    suspects_in,
    verify_backup,
    watch,
)
from domain.continuity._partitions import contradiction
from domain.continuity._vault import fetch_part, lines_of
from domain.continuity.errors import BackupDamaged, BackupFailed, BackupRunning, BackupTakenOver
from domain.store import StorageUnavailable
from tests.domain.continuity.setting import Platform, a_lead, a_row, flipped
from tests.fakes.clock import NOON

FILES = {"L-1/a.pdf": b"%PDF first", "L-1/b.png": b"\x89PNG second", "L-2/same.pdf": b"%PDF first"}


@pytest.fixture
def platform() -> Platform:
    """Five leads, some rows elsewhere, three files of which two have the same content."""
    platform = Platform()
    for number in range(1001, 1006):
        platform.entities.put("leads", *a_lead(number, version=number - 1000, city="Surat"))
    platform.entities.put("phones", a_row("+919000000001", "customer", customerId="CUST-1001"))
    platform.entities.put("counters", a_row("lead", "next", next=("l", "1006")))
    platform.entities.put("emails", *(a_row("panels", f"P-{n:03d}", watts=540) for n in range(40)))

    async def fill() -> None:
        for name, content in FILES.items():
            await platform.files.create(
                container="documents", name=name, content=content, media_type="application/pdf"
            )

    asyncio.run(fill())
    return platform


def backed_up(platform: Platform, **options: object) -> Outcome:
    return asyncio.run(back_up(engine=platform.engine(), **options))


def newest(platform: Platform) -> str | None:
    found = asyncio.run(newest_verified(engine=platform.engine()))
    return found.id if found else None


def rows_in(platform: Platform, outcome: Outcome, table: str) -> list[Entity]:
    async def read() -> list[Entity]:
        series = outcome.manifest.one("table", table) if outcome.manifest else None
        assert series
        contents = [(p, await fetch_part(engine=platform.engine(), part=p)) for p in series.parts]
        return [entity_of(line) for part, content in contents for line in lines_of(content, part)]

    return asyncio.run(read())


def series(name: str, lines: int) -> Series:
    return Series("table", name, (Part("p", "", "", lines, 0, 0, "", ""),))


def refuse(*wanted: str) -> object:
    def before(request: str) -> None:
        if any(request.startswith(text) for text in wanted):
            raise StorageUnavailable("It is denied.", retry_after=5)

    return before


class TestBackUp:
    def test_keeps_every_row_and_file_and_then_counts(self, platform: Platform) -> None:
        outcome = backed_up(platform)
        assert outcome.run.state is State.DONE
        assert outcome.manifest is not None
        counted = {series.name: series.lines for series in outcome.manifest.series}
        assert counted == {"leads": 20, "phones": 1, "counters": 1, "emails": 40, "documents": 3}
        assert newest(platform) == outcome.manifest.id == "2026-03-31"
        for table in ("leads", "phones", "counters", "emails"):
            stored = platform.entities.rows(table)
            kept = rows_in(platform, outcome, table)
            assert [(r.partition, r.key, r.columns, r.timestamp) for r in kept] == [
                (r.partition, r.key, r.columns, r.timestamp) for r in stored
            ]
        copies = sorted(platform.objects("content/").values())
        assert copies == sorted({b"%PDF first", b"\x89PNG second"})

    def test_copies_an_unchanged_file_once(self, platform: Platform) -> None:
        backed_up(platform)
        platform.clock.advance(days=1)
        platform.files.requests.clear()
        backed_up(platform)
        assert [r for r in platform.files.requests if r.startswith("read")] == []
        asyncio.run(platform.files.create(container="documents", name="new.pdf", content=b"x", media_type="a/b"))
        platform.clock.advance(days=1)
        outcome = backed_up(platform)
        assert [r for r in platform.files.requests if r.startswith("read")] == ["read documents/new.pdf"]
        report = asyncio.run(
            verify_backup(engine=platform.engine(), backup_id=outcome.run.backup_id, depth=Depth.FULL)
        )
        assert (report.faults, report.rows, report.files) == ([], 62, 4)

    def test_of_a_slot_that_is_done_answers_the_same_again(self, platform: Platform) -> None:
        first = backed_up(platform)
        objects = platform.objects()
        assert backed_up(platform) == first
        assert platform.objects() == objects

    def test_tells_how_far_it_is(self, platform: Platform) -> None:
        backed_up(platform)
        assert {(step.phase, step.name) for step in platform.told} >= {
            ("reading", "leads"),
            ("copying", "documents"),
            ("verifying", "emails"),
        }


class TestSlots:
    @pytest.mark.parametrize(
        ("minutes", "slot"),
        # 02:00 in India is 20:30 UTC of the day before; the clock begins at 12:00 UTC of 31 March.
        [(0, "2026-03-31"), (8 * 60 + 29, "2026-03-31"), (8 * 60 + 30, "2026-04-01"), (13 * 60, "2026-04-01")],
    )
    def test_is_the_day_in_india_from_two_o_clock_on(self, platform: Platform, minutes: int, slot: str) -> None:
        platform.clock.advance(minutes=minutes)
        assert due_slot(platform.clock.now()) == slot

    def test_run_twice_at_once_makes_one_backup(self, platform: Platform) -> None:
        async def both() -> list[object]:
            engine = platform.engine()
            return await asyncio.gather(*(back_up(engine=engine) for _ in range(5)), return_exceptions=True)

        answers = asyncio.run(both())
        done = [a for a in answers if isinstance(a, Outcome)]
        assert len(done) == 1
        assert {type(a) for a in answers} == {Outcome, BackupRunning}
        assert [name for name in platform.objects() if name.endswith("manifest.json")] == [
            "backups/2026-03-31/manifest.json"
        ]

    def test_missed_is_made_once_and_late(self, platform: Platform) -> None:
        async def tick() -> Outcome | None:
            return await back_up_if_due(engine=platform.engine(), within=timedelta(minutes=4))

        asyncio.run(tick())
        platform.clock.advance(days=3, hours=5)  # nothing ran for three days
        made = [asyncio.run(tick()) for _ in range(3)]
        assert [m.run.slot if m else None for m in made] == ["2026-04-03", None, None]
        assert [b.id for b in asyncio.run(backups(engine=platform.engine()))] == ["2026-04-03", "2026-03-31"]

    def test_stays_right_when_the_clock_jumps(self, platform: Platform) -> None:
        backed_up(platform)
        platform.clock.advance(days=-2)
        backed_up(platform)
        platform.clock.advance(days=2)
        assert backed_up(platform).run.backup_id == "2026-03-31"
        ids = [b.id for b in asyncio.run(backups(engine=platform.engine()))]
        assert ids == ["2026-03-31", "2026-03-29"]

    def test_taken_over_stops_the_slower_process(self, platform: Platform) -> None:
        """The clock jumps forward in the middle, so the lease of a living process looks as if it had ended."""
        others: list[Outcome] = []

        async def both() -> None:
            calls = itertools.count()
            engine = platform.engine()
            started = asyncio.Event()
            go_on = asyncio.Event()

            class Slow(type(platform.entities)):
                async def pages(self, **options: object):
                    if next(calls) == 2:
                        started.set()
                        await go_on.wait()
                    async for page in platform.entities.pages(**options):
                        yield page

            slow = asyncio.create_task(back_up(engine=platform.engine(entities=Slow())))
            await started.wait()
            platform.clock.advance(minutes=6)
            others.append(await back_up(engine=engine))
            go_on.set()
            with pytest.raises(BackupTakenOver):
                await slow

        asyncio.run(both())
        assert others[0].run.state is State.DONE
        report = asyncio.run(verify_backup(engine=platform.engine(), backup_id="2026-03-31", depth=Depth.FULL))
        assert report.faults == []


class TestResuming:
    def test_after_a_kill_at_any_storage_call_finishes_the_same_backup(self, platform: Platform) -> None:
        """Killed before each call in turn, then run again after the lease: one whole, verified backup."""
        kills = 0
        for number in itertools.count():
            fresh = Platform()
            fresh.entities, fresh.files = platform.entities, platform.files
            calls = itertools.count()

            def die(request: object, number: int = number, calls: itertools.count[int] = calls) -> None:
                if next(calls) == number:
                    raise KeyboardInterrupt

            fresh.entities.before = fresh.files.before = fresh.vault.before = die
            fresh.store.before_commit = die
            try:
                backed_up(fresh)
            except KeyboardInterrupt:
                kills += 1
                fresh.entities.before = fresh.files.before = fresh.vault.before = lambda request: None
                fresh.store.before_commit = lambda commit: None
                fresh.clock.advance(minutes=6)
                outcome = backed_up(fresh)
                assert outcome.manifest is not None and outcome.manifest.rows() == 62
                assert newest(fresh) == "2026-03-31"
            else:
                break
        assert kills > 40

    def test_goes_on_after_the_last_finished_part(self, platform: Platform) -> None:
        platform.entities.before = refuse("page counters")
        with pytest.raises(BackupFailed, match="counters"):
            backed_up(platform)
        platform.entities.before = lambda request: None
        platform.entities.requests.clear()
        assert backed_up(platform).run.state is State.DONE
        assert set(platform.entities.requests) == {"page counters", "page emails"}

    def test_stops_when_its_time_is_up_and_goes_on_with_the_next_call(
        self, platform: Platform, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("domain.continuity._objects.PART_BYTES", 500)
        platform.entities.page = 3
        calls = 0
        while True:
            calls += 1
            outcome = backed_up(platform, within=timedelta(0))
            if outcome.manifest:
                break
            assert outcome.run.state is State.PAUSED
            assert newest(platform) is None
        assert calls > 20
        assert outcome.manifest.rows() == 62
        assert rows_in(platform, outcome, "leads") and rows_in(platform, outcome, "emails")
        report = asyncio.run(verify_backup(engine=platform.engine(), backup_id="2026-03-31", depth=Depth.FULL))
        assert (report.faults, report.rows) == ([], 62)


class TestFaults:
    """cases.md 23: never reported as complete, `newest verified` unchanged, the failure names the object."""

    @pytest.fixture
    def later(self, platform: Platform) -> Platform:
        backed_up(platform)
        platform.clock.advance(days=1)
        asyncio.run(platform.files.create(container="documents", name="z", content=b"z", media_type="a/b"))
        platform.entities.put("phones", a_row("+919000000002", "customer", customerId="CUST-1002"))
        return platform

    @pytest.mark.parametrize(
        ("where", "request_", "named"),
        [
            ("entities", "page phones", "phones"),
            ("files", "list documents", "documents"),
            ("files", "read documents", "documents/z"),
            ("vault", "create backups/backups/2026-04-01/parts/table/phones", "phones"),
            ("vault", "create backups/backups/2026-04-01/manifest", "manifest.json"),
            ("vault", "create backups/backups/2026-04-01/verified", "verified.json"),
            ("vault", "create backups/content/", "content/"),
            ("vault", "read backups/backups/2026-04-01/parts/table/phones", "phones"),
        ],
    )
    def test_denied_or_full(self, later: Platform, where: str, request_: str, named: str) -> None:
        getattr(later, where).before = refuse(request_)
        with pytest.raises(BackupFailed) as refusal:
            backed_up(later)
        assert named in refusal.value.message
        getattr(later, where).before = lambda request: None
        assert newest(later) == "2026-03-31"
        status = asyncio.run(watch(engine=later.engine()))
        assert status.run is not None and named in status.run.fault
        assert later.alerts and named in later.alerts[-1]
        assert backed_up(later).run.state is State.DONE
        assert newest(later) == "2026-04-01"

    @pytest.mark.parametrize(
        "kind", ["parts/table/leads", "parts/table/phones", "parts/files/documents", "manifest.json", "content/"]
    )
    def test_one_bit_flipped_before_the_check(self, later: Platform, kind: str) -> None:
        """The storage keeps something else than it was given."""
        create = later.vault.create
        flips: list[str] = []

        async def spoiled(**options: object):
            made = await create(**options)
            name = str(options["name"])
            if kind in name and not flips:
                flips.append(name)
                later.spoil(name, flipped)
            return made

        later.vault.create = spoiled
        with pytest.raises(BackupDamaged) as refusal:
            backed_up(later)
        assert flips[0] in refusal.value.message
        assert newest(later) == "2026-03-31"
        if kind != "content/":  # a copy is shared: a spoiled one has to be removed by a person first
            made = backed_up(later)
            assert (made.run.backup_id, newest(later)) == ("2026-04-01.2", "2026-04-01.2")

    @pytest.mark.parametrize("bit_at", ["first", "middle", "last"])
    def test_one_bit_flipped_afterwards_in_any_object(self, later: Platform, bit_at: str) -> None:
        backed_up(later)
        names = [*later.objects("backups/2026-04-01/"), *later.objects("content/")]
        assert len(names) == 10
        for name in names:
            whole = later.objects()[name]
            place = {"first": 0, "middle": len(whole) // 2, "last": len(whole) - 1}[bit_at]
            later.spoil(name, lambda content, place=place: flipped(content, place))
            with pytest.raises(BackupDamaged) as refusal:
                asyncio.run(verify_backup(engine=later.engine(), backup_id="2026-04-01", depth=Depth.FULL))
            assert name in refusal.value.message
            assert newest(later) == "2026-03-31"
            later.spoil(name, lambda content, whole=whole: whole)
            later.vault._containers["backups"].pop("backups/2026-04-01/damaged.json", None)
            assert newest(later) == "2026-04-01"

    def test_a_lost_part_is_named_by_a_quick_check_too(self, later: Platform) -> None:
        backed_up(later)
        name = next(iter(later.objects("backups/2026-04-01/parts/table/leads")))
        del later.vault._containers["backups"][name]
        with pytest.raises(BackupDamaged, match="leads"):
            asyncio.run(verify_backup(engine=later.engine(), backup_id="2026-04-01", depth=Depth.QUICK))
        assert newest(later) == "2026-03-31"

    def test_a_table_that_lost_all_its_rows_is_suspect(self, later: Platform) -> None:
        for row in later.entities.rows("emails"):
            later.entities.remove("emails", row.partition, row.key)
        outcome = backed_up(later)
        assert outcome.manifest is not None
        assert outcome.manifest.suspects == ("emails has 0 rows, and had 40 in 2026-03-31",)
        asyncio.run(watch(engine=later.engine()))
        assert "emails has 0 rows" in later.alerts[-1]

    def test_a_table_whose_rows_expire_may_be_empty(self) -> None:
        before = Manifest("a", NOON, NOON, (series("sessions", 50), series("leads", 100), series("people", 99)))
        now = (series("sessions", 0), series("leads", 81), series("people", 79))
        # 19 leads of 100 is less than a fifth; 20 people of 99 is more.
        assert suspects_in(now, before=before) == ("people has 79 rows, and had 99 in a",)

    def test_the_lists_may_shrink_when_an_hour_was_quiet(self) -> None:
        before = Manifest("a", NOON, NOON, (series("views", 500),))
        assert suspects_in((series("views", 100),), before=before) == ()

    def test_an_old_backup_raises_the_alarm_after_26_hours(self, platform: Platform) -> None:
        backed_up(platform)
        platform.clock.advance(hours=26)
        assert not asyncio.run(watch(engine=platform.engine())).warnings
        platform.clock.advance(seconds=1)
        assert asyncio.run(watch(engine=platform.engine())).late
        assert "2026-03-31, is 26 hours old" in platform.alerts[-1]


class TestHalfSeen:
    def test_a_partition_is_read_again_when_a_transaction_landed_between_two_pages(
        self, platform: Platform
    ) -> None:
        platform.entities.page = 8  # LEAD-1003's rows come by two pages

        def write_between(request: str) -> None:
            if request == "page leads" and platform.entities.requests.count("page leads") == 2:
                platform.entities.put("leads", a_row("LEAD-1003", "commission:C", amount=("l", "5")))
                platform.entities.put("leads", *a_lead(1003, version=9, city="Rajkot"))

        platform.entities.before = write_between
        outcome = backed_up(platform)
        kept = [row for row in rows_in(platform, outcome, "leads") if row.partition == "LEAD-1003"]
        assert contradiction(kept, "lead") is None
        assert [row.key for row in kept] == [
            "commission:C",
            "lead",
            *(f"timeline:{v:010d}:00" for v in range(1, 10)),
        ]
        series = outcome.manifest.one("table", "leads") if outcome.manifest else None
        assert series is not None and series.reread >= 1 and series.unsettled == ()

    def test_also_when_the_partition_ends_with_a_page(self, platform: Platform) -> None:
        """Pages of one row: each partition ends with a page, and what sorts before the rows seen shows no sign."""
        platform.entities.page = 1
        writes = iter([True])

        def write_between(request: str) -> None:
            if (
                request == "page leads"
                and platform.entities.requests.count("page leads") == 4
                and next(writes, False)
            ):
                # After the lead's first row was read: a part that sorts before it, and entry and version with it.
                platform.entities.put("leads", a_row("LEAD-1002", "commission:C", amount=("l", "5")))

        platform.entities.before = write_between
        kept = rows_in(platform, backed_up(platform), "leads")
        assert "commission:C" in [row.key for row in kept if row.partition == "LEAD-1002"]

    def test_one_that_is_stored_like_that_is_kept_and_suspect(self, platform: Platform) -> None:
        platform.entities.remove("leads", "LEAD-1004", "timeline:0000000004:00")
        outcome = backed_up(platform)
        assert outcome.manifest is not None
        assert outcome.manifest.suspects == ("leads: 1 partitions contradict themselves: LEAD-1004",)
        report = asyncio.run(verify_backup(engine=platform.engine(), backup_id="2026-03-31", depth=Depth.FULL))
        assert report.faults == []


class TestConditions:
    def test_a_backup_counts_only_once_it_is_verified(self, platform: Platform) -> None:
        platform.vault.before = refuse("create backups/backups/2026-03-31/verified")
        with pytest.raises(BackupFailed):
            backed_up(platform)
        platform.vault.before = lambda request: None
        found = asyncio.run(backups(engine=platform.engine()))
        assert [(b.id, b.condition) for b in found] == [("2026-03-31", Condition.UNVERIFIED)]
        assert newest(platform) is None
