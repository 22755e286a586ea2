"""Restoring (cases.md 25): the sums, resuming, other accounts, and that nothing newer is lost silently."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from domain.continuity import (
    INT64,
    Engine,
    Entity,
    Restored,
    Target,
    Wanted,
    back_up,
    drill,
    drill_if_due,
    read_drill,
    restore,
)
from domain.continuity.errors import BackupDamaged, NoVerifiedBackup, RestoreInvalid
from domain.store import StorageUnavailable
from tests.domain.continuity.setting import VAULT, Platform, a_lead, a_row, flipped
from tests.fakes.blobs import FakeBlobs
from tests.fakes.entities import FakeEntities


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A backup of 8 leads (44 rows), 30 phones, 250 prices in one partition and a file, in small parts."""
    monkeypatch.setattr("domain.continuity._objects.PART_BYTES", 3_000)
    platform = Platform()
    for number in range(1, 9):
        platform.entities.put("leads", *a_lead(number, version=number, city="Surat"))
    for number in range(30):
        customer = f"CUST-{number // 2}"
        platform.entities.put("phones", a_row(f"+9190000000{number:02d}", "customer", customerId=customer))
    platform.entities.put("emails", *(a_row("panels", f"P-{n:04d}", watts=n) for n in range(250)))

    async def fill() -> None:
        await platform.files.create(container="documents", name="a.pdf", content=b"%PDF", media_type="a/b")
        await back_up(engine=platform.engine())

    asyncio.run(fill())
    return platform


def restored(engine: Engine, wanted: Wanted, **options: Any) -> Restored:
    return asyncio.run(restore(engine=engine, wanted=wanted, **{"dry_run": False, **options}))


def fates(done: Restored) -> dict[str, int]:
    return dict(done.total().fates)


def content(rows: list[Entity]) -> list[tuple[str, str, Any]]:
    return [(row.partition, row.key, row.columns) for row in rows]


ROWS = 8 + 36 + 30 + 250
IN_PLACE = Wanted(prefix=None)


class TestRestore:
    def test_into_scratch_tables_gives_the_same_rows(self, platform: Platform) -> None:
        wanted = Wanted(prefix="scratch")
        said = restored(platform.engine(), wanted, dry_run=True)
        assert fates(said) == {"created": ROWS}
        assert not [name for name in platform.entities._tables if name.startswith("scratch")]
        assert fates(restored(platform.engine(), wanted)) == {"created": ROWS}
        for table in ("leads", "phones", "counters", "emails"):
            assert content(platform.entities.rows(f"scratch{table}")) == content(platform.entities.rows(table))

    def test_in_place_after_a_loss_creates_what_is_gone_and_skips_the_rest(self, platform: Platform) -> None:
        before = {table: content(platform.entities.rows(table)) for table in platform.entities._tables}
        for row in platform.entities.rows("leads")[:7] + platform.entities.rows("emails")[100:]:
            table = "leads" if row.partition.startswith("LEAD") else "emails"
            platform.entities.remove(table, row.partition, row.key)
        asyncio.run(platform.files.delete(container="documents", name="a.pdf"))
        assert fates(restored(platform.engine(), IN_PLACE, dry_run=True)) == {"created": 157, "skipped": ROWS - 157}
        done = restored(platform.engine(), IN_PLACE)
        assert fates(done) == {"created": 157, "skipped": ROWS - 157}
        assert dict(done.files["documents"].fates) == {"created": 1}
        assert {table: content(platform.entities.rows(table)) for table in before} == before
        assert asyncio.run(platform.files.read(container="documents", name="a.pdf")) == b"%PDF"

    def test_never_overwrites_what_was_changed_after_the_backup(self, platform: Platform) -> None:
        platform.entities.put("phones", a_row("+919000000003", "customer", customerId="CUST-99"))
        platform.entities.put("phones", a_row("+919999999999", "customer", customerId="CUST-new"))
        done = restored(platform.engine(), IN_PLACE)
        assert fates(done) == {"conflict": 1, "skipped": ROWS - 1}
        assert done.total().conflicts == ["phones/+919000000003/customer: it was changed after the backup"]
        changed = asyncio.run(platform.entities.get(table="phones", partition="+919000000003", key="customer"))
        assert changed is not None and changed.columns == {"customerId": "CUST-99"}
        forced = restored(platform.engine(), Wanted(prefix=None, force=True))
        assert fates(forced) == {"overwritten": 1, "skipped": ROWS - 1}
        assert len(platform.entities.rows("phones")) == 31  # what is newer than the backup stays

    def test_of_one_table_one_lead_or_one_customer_touches_nothing_else(self, platform: Platform) -> None:
        engine = platform.engine()
        assert fates(restored(engine, Wanted(prefix="one", table="phones"))) == {"created": 30}
        assert fates(restored(engine, Wanted(prefix="two", lead="LEAD-5"))) == {"created": 6}
        assert content(platform.entities.rows("twoleads")) == content(
            [row for row in platform.entities.rows("leads") if row.partition == "LEAD-5"]
        )
        assert fates(restored(engine, Wanted(prefix="three", customer="CUST-3"))) == {"created": 2}
        assert {row.partition for row in platform.entities.rows("threephones")} == {
            "+919000000006",
            "+919000000007",
        }

    def test_into_another_account_brings_rows_and_files(self, platform: Platform) -> None:
        entities, files = FakeEntities(), FakeBlobs()
        done = restored(platform.engine(), IN_PLACE, target=Target(entities, files, platform.engine().ports))
        assert fates(done) == {"created": ROWS}
        assert content(entities.rows("leads")) == content(platform.entities.rows("leads"))
        assert asyncio.run(files.read(container="documents", name="a.pdf")) == b"%PDF"

    def test_interrupted_at_any_storage_call_goes_on_and_counts_every_row_once(self, platform: Platform) -> None:
        stops = 0
        for number in itertools.count():
            target = FakeEntities()
            calls = itertools.count()

            def stop(request: str, number: int = number, calls: itertools.count[int] = calls) -> None:
                if next(calls) == number:
                    raise StorageUnavailable("It is down.")

            target.before = stop
            options = {"target": Target(target, FakeBlobs(), platform.engine().ports), "restore_id": f"R-{number}"}
            try:
                restored(platform.engine(), IN_PLACE, **options)
            except StorageUnavailable:
                stops += 1
                target.before = lambda request: None
                done = restored(platform.engine(), IN_PLACE, **options, resume=True)
                assert done.total().rows == ROWS
                assert set(fates(done)) <= {"created", "skipped"}
                for table in ("leads", "phones", "emails"):
                    assert content(target.rows(table)) == content(platform.entities.rows(table))
            else:
                break
        assert stops > 40

    def test_resumed_under_another_wish_is_refused(self, platform: Platform) -> None:
        restored(platform.engine(), Wanted(prefix="abc"), restore_id="R-1")
        with pytest.raises(RestoreInvalid, match="something else"):
            restored(platform.engine(), Wanted(prefix="xyz"), restore_id="R-1", resume=True)
        with pytest.raises(RestoreInvalid, match="no restore R-2"):
            restored(platform.engine(), Wanted(prefix="abc"), restore_id="R-2", resume=True)

    def test_takes_nothing_from_a_backup_that_doesnt_count(self, platform: Platform) -> None:
        platform.spoil("backups/2026-03-31/manifest.json", flipped)
        with pytest.raises(BackupDamaged, match=r"manifest\.json"):
            restored(platform.engine(), Wanted(prefix="abc"), backup_id="2026-03-31")
        with pytest.raises(NoVerifiedBackup):
            restored(platform.engine(), Wanted(prefix="abc"))

    def test_writes_no_row_of_a_damaged_part(self, platform: Platform) -> None:
        name = next(iter(platform.objects("backups/2026-03-31/parts/table/phones")))
        platform.spoil(name, flipped)
        with pytest.raises(BackupDamaged) as refusal:
            restored(platform.engine(), Wanted(prefix="abc", table="phones"))
        assert name in refusal.value.message
        assert platform.entities.rows("abcphones") == []

    def test_keeps_versions_so_that_etags_of_clients_stay_valid(self, platform: Platform) -> None:
        restored(platform.engine(), Wanted(prefix="abc"))
        lead = asyncio.run(platform.entities.get(table="abcleads", partition="LEAD-5", key="lead"))
        assert lead is not None and lead.columns["version"] == (INT64, "5")


def spoil_a_row(platform: Platform, change: Callable[[str], None]) -> None:
    """Change a scratch table between restoring and comparing."""

    def before(request: str) -> None:
        if request.startswith("page drill") and request.endswith("phones"):
            change(request.removeprefix("page "))

    platform.entities.before = before


class TestDrill:
    @pytest.fixture
    def platform(self) -> Platform:
        """A backup without leads: made-up ones would contradict themselves (test_contradictions.py has real ones)."""
        platform = Platform()
        for number in range(30):
            platform.entities.put("phones", a_row(f"+9190000000{number:02d}", "customer", customerId="CUST-1"))
        platform.entities.put("emails", *(a_row("panels", f"P-{n:04d}", watts=n) for n in range(250)))

        async def fill() -> None:
            await platform.files.create(container="documents", name="a.pdf", content=b"%PDF", media_type="a/b")
            await back_up(engine=platform.engine())

        asyncio.run(fill())
        return platform

    def test_restores_compares_signs_and_cleans_up(self, platform: Platform) -> None:
        platform.entities.put("phones", a_row("+919999999999", "customer", customerId="CUST-new"))
        report = asyncio.run(drill(engine=platform.engine()))
        assert report.passed and report.rows == 280 and report.files_read == 1
        assert {t.name: (t.kept, t.equal, t.live) for t in report.tables} == {
            "leads": (0, 0, 0),
            "phones": (30, 30, 31),
            "counters": (0, 0, 0),
            "emails": (250, 250, 250),
        }
        assert asyncio.run(platform.entities.tables(prefix="drill")) == []
        record = asyncio.run(read_drill(engine=platform.engine(), name=report.name))
        assert record["passed"] is True and record["rows"] == 280
        assert platform.alerts == []

    def test_report_that_somebody_changed_is_refused(self, platform: Platform) -> None:
        report = asyncio.run(drill(engine=platform.engine()))
        with pytest.raises(BackupDamaged):
            asyncio.run(read_drill(engine=platform.engine(signing_key=b"other"), name=report.name))
        platform.spoil(report.name, lambda said: said.replace(b'"passed":true', b'"passed":fals'))
        with pytest.raises(BackupDamaged):
            asyncio.run(read_drill(engine=platform.engine(), name=report.name))

    @pytest.mark.parametrize(
        ("change", "counts"),
        [
            (lambda e, table: e.put(table, a_row("+919000000004", "customer", customerId="?")), (29, 1, 0, 0)),
            (lambda e, table: e.remove(table, "+919000000004", "customer"), (29, 0, 1, 0)),
            (lambda e, table: e.put(table, a_row("+919000000004", "zz")), (30, 0, 0, 1)),
        ],
    )
    def test_that_finds_a_difference_fails_and_tells(
        self, platform: Platform, change: Callable[[FakeEntities, str], None], counts: tuple[int, ...]
    ) -> None:
        done: list[str] = []

        def once(table: str) -> None:
            if not done:
                done.append(table)
                change(platform.entities, table)

        spoil_a_row(platform, once)
        report = asyncio.run(drill(engine=platform.engine()))
        phones = next(t for t in report.tables if t.name == "phones")
        assert (phones.equal, phones.different, phones.missing, phones.extra) == counts
        assert not report.passed and "+919000000004" in report.faults[0]
        assert "The drill of 2026-03-31 failed" in platform.alerts[-1]

    def test_cleans_up_when_it_fails_and_after_one_that_was_killed(self, platform: Platform) -> None:
        platform.entities.put("drill260101000000leads", *a_lead(1))
        name = next(iter(platform.objects("backups/2026-03-31/parts/table/emails")))
        platform.spoil(name, flipped)
        with pytest.raises(BackupDamaged):
            asyncio.run(drill(engine=platform.engine()))
        assert asyncio.run(platform.entities.tables(prefix="drill")) == []
        assert not [o for o in platform.vault._containers[VAULT] if o.startswith("drills/")]

    def test_of_a_week_is_carried_out_once(self, platform: Platform) -> None:
        first = asyncio.run(drill_if_due(engine=platform.engine()))
        assert first is not None and first.passed
        platform.clock.advance(hours=1)
        assert asyncio.run(drill_if_due(engine=platform.engine())) is None
        platform.clock.advance(days=7)
        assert asyncio.run(drill_if_due(engine=platform.engine())) is not None
