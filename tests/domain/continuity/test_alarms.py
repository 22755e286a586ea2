"""The words of alarms: what the code tells, and what the alert rules in infra/ look for, are the same."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from domain.continuity import Alarm, Status, back_up, drill, watch
from domain.continuity.errors import BackupFailed
from domain.errors import DomainError
from domain.store import StorageUnavailable
from tests.domain.continuity.setting import Platform, a_row

MONITORING = Path(__file__).parents[3] / "infra" / "modules" / "monitoring.bicep"


def words_in(text: str) -> set[str]:
    return set(re.findall(r"BACKUP_[A-Z]+", text))


def a_platform() -> Platform:
    platform = Platform()
    for number in range(40):
        row = a_row("model", f"M-{number}", name="x")
        platform.entities._tables["emails"][row.partition, row.key] = row
    return platform


def watched(platform: Platform) -> Status:
    return asyncio.run(watch(engine=platform.engine()))


class TestAlarms:
    def test_are_the_words_that_the_alert_rule_looks_for(self) -> None:
        assert words_in(MONITORING.read_text(encoding="utf-8")) == {str(word) for word in Alarm}

    def test_without_a_backup_it_is_late(self) -> None:
        platform = Platform()
        watched(platform)
        assert words_in(platform.alerts[-1]) == {"BACKUP_LATE"}

    def test_of_the_day_before_yesterday_is_late(self) -> None:
        platform = a_platform()
        asyncio.run(back_up(engine=platform.engine()))
        watched(platform)
        assert platform.alerts == []
        platform.clock.advance(hours=27)
        watched(platform)
        assert words_in(platform.alerts[-1]) == {"BACKUP_LATE"}

    def test_of_a_table_that_shrank_is_suspect(self) -> None:
        platform = a_platform()
        asyncio.run(back_up(engine=platform.engine()))
        platform.entities._tables["emails"].clear()
        platform.clock.advance(hours=24)
        asyncio.run(back_up(engine=platform.engine()))
        watched(platform)
        assert words_in(platform.alerts[-1]) == {"BACKUP_SUSPECT"}

    def test_that_does_not_get_finished_has_failed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        platform = a_platform()

        async def denied(**options: object) -> None:
            raise StorageUnavailable("The account is denied.")

        engine = platform.engine()
        monkeypatch.setattr(platform.vault, "create", denied)
        with pytest.raises((BackupFailed, DomainError)):
            asyncio.run(back_up(engine=engine))
        watched(platform)
        assert "BACKUP_FAILED" in words_in(platform.alerts[-1])

    def test_of_a_drill_that_does_not_pass(self, monkeypatch: pytest.MonkeyPatch) -> None:
        platform = a_platform()
        asyncio.run(back_up(engine=platform.engine()))
        write = platform.entities.write

        async def forgetful(*, table: str, partition: str, puts: list[object]) -> None:
            await write(table=table, partition=partition, puts=puts[:-1])

        monkeypatch.setattr(platform.entities, "write", forgetful)
        report = asyncio.run(drill(engine=platform.engine()))
        assert not report.passed and words_in(platform.alerts[-1]) == {"BACKUP_FAILED"}
