"""Leads by the thousand: each is as the product would have made it, and what is counted over them is right."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adapters.tables import AzureTableStore
from domain import lists
from domain.continuity import HEADS, verified_timelines, violations
from domain.reporting import CommissionWish, FunnelFilter, State, commission_report, funnel, kams_for
from domain.store import Row
from local import tables
from tests.bench.generate import FIRST, PARTNERS, CannotFill, fill
from tests.domain.leads.world import ADMIN
from tests.fakes.clock import FakeClock

TODAY, LEADS = date(2026, 11, 25), 500


class Stopped(Exception):
    """Somebody has pressed Ctrl-C."""


def filled(data: Path, *, leads: int = LEADS, seed: int = 1, stop: bool = False) -> None:
    def shown(made: int, rows: int, seconds: float) -> None:
        if stop:
            raise Stopped

    fill(data, leads=leads, seed=seed, today=TODAY, processes=1, shown=shown)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In two goes."""
    folder = tmp_path_factory.mktemp("filled")
    with pytest.raises(Stopped):
        filled(folder, stop=True)
    filled(folder)
    return folder


def run(data: Path, story: Callable[[AzureTableStore], Awaitable[None]]) -> None:
    async def whole(connection: str) -> None:
        store = AzureTableStore(connection)
        try:
            await story(store)
        finally:
            await store.close()

    with tables.start(data / "tables") as running:
        asyncio.run(whole(running.connection_string))


class TestFill:
    def test_makes_leads_in_which_every_invariant_holds(self, data: Path) -> None:
        async def story(store: AzureTableStore) -> None:
            assert [v async for v in violations(lambda table: store.scan(table=table), looks=1, today=TODAY)] == []
            told = {
                table: [v async for v in verified_timelines(store.scan(table=table), head)]
                for table, head in HEADS.items()
            }
            assert [v for found in told.values() for v in found if v.broken] == []
            assert {v.id for v in told["leads"]} == {f"LEAD-{n}" for n in range(FIRST, FIRST + LEADS)}
            assert max(v.entries for v in told["leads"]) > 200
            assert sum(v.id.startswith("CP-") for v in told["people"]) == PARTNERS - 2  # and the demo's two

        run(data, story)

    def test_reports_on_them_say_what_a_plain_count_says(self, data: Path) -> None:
        async def story(store: AzureTableStore) -> None:
            rows = [row async for row in store.scan(table="leads")]
            heads = [row.values for row in rows if row.key == "lead"]
            collection = await lists.all_leads(store=store, now=FakeClock().now())
            kams = await kams_for(store=store, actor=ADMIN)
            counted = await funnel(collection=collection, wanted=FunnelFilter(), kams=kams, actor=ADMIN)
            assert dict(counted.all.now) == dict(Counter(head["status"] for head in heads))
            assert {key: group.leads for key, group in counted.by_partner.items()} == dict(
                Counter(head.get("assignedTo", "") for head in heads)
            )
            assert counted.by_partner["CP-1001"].leads == 250
            report = await commission_report(collection=collection, wanted=CommissionWish(), actor=ADMIN)
            assert {state: paise for state, paise in report.all.paise.items() if paise} == plain_sums(rows)
            assert len(plain_sums(rows)) >= 4

        run(data, story)

    def test_has_seven_quotations_on_some(self, data: Path) -> None:
        async def story(store: AzureTableStore) -> None:
            rows = [row async for row in store.scan(table="leads") if row.key.startswith("quotation:")]
            assert max(Counter(row.partition for row in rows).values()) == 7

        run(data, story)

    def test_counts_what_is_unread(self, data: Path) -> None:
        async def story(store: AzureTableStore) -> None:
            unread: Counter[str] = Counter()
            heads = {}
            async for row in store.scan(table="notifications"):
                if row.key == "head":
                    heads[row.partition] = row.values["unread"]
                else:
                    unread[row.partition] += "readAt" not in row.values
            assert heads == dict(unread) and "CP-1001" in heads and max(heads.values()) > 0

        run(data, story)

    def test_adds_nothing_to_what_is_there_nor_mixes_seeds(self, data: Path) -> None:
        assert fill(data, leads=LEADS, seed=1, today=TODAY, processes=1, shown=lambda *_: None) == 0
        with pytest.raises(CannotFill, match="another seed"):
            filled(data, seed=2)

    def test_leaves_a_folder_alone_that_holds_other_data(self, tmp_path: Path) -> None:
        (tmp_path / "azurite").mkdir()
        with pytest.raises(CannotFill, match="Choose a new folder"):
            filled(tmp_path)
        assert [each.name for each in tmp_path.iterdir()] == ["azurite"]


def plain_sums(rows: list[Row]) -> dict[Any, int]:
    """Paise of commissions in each state, from their rows alone."""
    sums: Counter[Any] = Counter()
    for row in rows:
        if row.key.startswith("commission:"):
            said: dict[str, Any] = dict(row.values)
            clawed = "endedAt" in said and said["status"].lower() != "voided"
            state = State.CLAWED_BACK if clawed else State(said["status"].lower())
            sums[state] += int(said.get("approvedAmountPaise", said["amountPaise"]))
    return {state: paise for state, paise in sums.items() if paise}
