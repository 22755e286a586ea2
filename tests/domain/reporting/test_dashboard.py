"""The dashboard's figures against plain counts over the stored rows; its activities against the timelines."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.reporting import Metrics, Span, metrics
from domain.values import Actor, iso
from functions.models.dashboard import metrics_shape
from tests.domain.reporting.business import ASHA, KABIR, Row, collection_of, live, raw, told
from tests.domain.sales.world import World, run

TERMINAL = ("Not Interested", "Other Territory", "Executed")
WON = ("Won", "Pending at Solarium", "Under Execution", "Executed")


async def figures(world: World, actor: Actor, span: Span, limit: int = 10) -> Metrics:
    return await metrics(
        store=world.store,
        collection=await collection_of(world),
        span=span,
        limit=limit,
        actor=actor,
        now=world.clock.now(),
    )


def india(text: str) -> datetime:
    return datetime.fromisoformat(text) + timedelta(hours=5.5)


def head(rows: list[Row]) -> dict[str, Any]:
    return {**next(r.values for r in rows if r.key == "lead"), "id": rows[0].partition}


def quotations(rows: list[Row]) -> list[dict[str, Any]]:
    return [r.values for r in rows if r.key.startswith("quotation:")]


def first_won(rows: list[Row]) -> date:
    return next(india(at).date() for status, at in told(rows) if status in WON)


class TestMetrics:
    @pytest.mark.parametrize("seed", range(3))
    def test_are_what_plain_counts_say(self, seed: int) -> None:
        async def story(world: World) -> None:
            await live(world, random.Random(seed), count=30, steps=220)
            today = india(iso(world.clock.now())).date()
            for actor in (ASHA, KABIR):
                seen = raw(world, actor=actor)
                for span in (Span(date(2026, 1, 1), date(2027, 1, 1)), Span(today - timedelta(days=9), today)):
                    found = await figures(world, actor, span)
                    heads = [head(rows) for rows in seen.values()]
                    assert found.active == sum(h["status"] not in TERMINAL for h in heads)
                    assert found.pending_quotations == sum(
                        q["status"] == "Created"
                        or (q["status"] == "Shared" and q["validUntil"] >= today.isoformat())
                        for rows in seen.values()
                        for q in quotations(rows)
                    )
                    assert found.pending_commissions == sum(
                        r.values["status"] == "pending" and r.values["cpId"] in (actor.partners or r.values["cpId"])
                        for rows in raw(world).values()
                        for r in rows
                        if r.key.startswith("commission:")
                    )
                    inside = [h for h in heads if span.first <= india(h["createdAt"]).date() <= span.last]
                    newest = sorted(inside, key=lambda h: (h["createdAt"], h["id"]), reverse=True)
                    assert [e.id for e in found.recent] == [h["id"] for h in newest[:10]]
                    assert found.partners == (3 if actor is ASHA else 2)

        run(story)

    def test_revenue_is_of_leads_won_in_the_span_and_for_admins_only(self) -> None:
        async def story(world: World) -> None:
            await live(world, random.Random(4), count=30, steps=260)
            won = {i: rows for i, rows in raw(world).items() if head(rows)["status"] in WON}
            days = sorted(first_won(rows) for rows in won.values())
            assert len(days) > 4
            for span in (
                Span(days[0], days[-1]),
                Span(days[1], days[-2]),
                Span(date(2020, 1, 1), date(2020, 1, 2)),
            ):
                paise = sum(
                    q["systemPricePaise"]
                    for rows in won.values()
                    if span.first <= first_won(rows) <= span.last
                    for q in quotations(rows)
                    if q["status"] == "Accepted"
                )
                found = await figures(world, ASHA, span)
                assert found.revenue is not None and found.revenue.paise == paise
                own = await figures(world, KABIR, span)
                assert own.revenue is None and "totalRevenue" not in metrics_shape(own, span, "")

        run(story)

    def test_activities_are_the_newest_entries_of_all_timelines(self) -> None:
        async def story(world: World) -> None:
            await live(world, random.Random(8), count=20, steps=120)
            span = Span(date(2026, 1, 1), date(2027, 1, 1))
            for actor in (ASHA, KABIR):
                entries = [
                    (r.values["at"], i, r.values["version"], r.values["sequence"])
                    for i, rows in raw(world, actor=actor).items()
                    for r in rows
                    if r.key.startswith("timeline:")
                ]
                found = await figures(world, actor, span, limit=7)
                shown = [(iso(a.entry.at), a.lead_id, a.entry.version, a.entry.sequence) for a in found.activities]
                assert shown == sorted(entries, reverse=True)[:7]
                first = metrics_shape(found, span, "")["recentActivities"][0]
                assert set(first) == {"id", "leadId", "title", "description", "timestamp", "type"}

        run(story)


class TestSpan:
    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            (None, None, ("2026-03-03", "2026-04-01")),  # it is 1 April in India already
            (date(2026, 3, 31), None, ("2026-03-31", "2026-04-01")),
            (None, date(2026, 3, 30), ("2026-03-01", "2026-03-30")),
            (date(2027, 1, 1), None, ("2027-01-01", "2027-01-01")),
        ],
    )
    def test_is_the_last_thirty_days_unless_said_otherwise(
        self, first: date | None, last: date | None, expected: tuple[str, str]
    ) -> None:
        span = Span.of(first, last, datetime.fromisoformat("2026-03-31T18:30:00+00:00"))
        assert (span.first.isoformat(), span.last.isoformat()) == expected

    def test_begins_and_ends_with_days_in_india(self) -> None:
        bounds = Span(date(2026, 3, 31), date(2026, 3, 31)).bounds
        assert bounds == ("2026-03-30T18:30:00.000Z", "2026-03-31T18:30:00.000Z")
