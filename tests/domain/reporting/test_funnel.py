"""The funnel against a plain count over the stored rows and timelines of all leads, and by hand."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
import json
import random
import statistics
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import floor
from typing import Any

import pytest

from domain import leads
from domain.leads import LeadStatus, Summary
from domain.lists import Collection, LeadFilter
from domain.reporting import Funnel, FunnelFilter, Kams, funnel, kams_for
from domain.values import Actor
from functions.models.reports import funnel_csv, funnel_shape
from tests.domain.reporting.business import ASHA, KABIR, KAMS, Row, collection_of, live, raw, told
from tests.domain.sales.world import World, run

ORDER = [
    *("New Lead", "In Discussion", "Physical Meeting Assigned", "Customer Accepted"),
    *("Won", "Pending at Solarium", "Under Execution", "Executed"),
]
Plain = dict[str, Any]


def life(rows: list[Row]) -> Plain:
    """What a lead's own rows say, read without the product."""
    head = next(row.values for row in rows if row.key == "lead")
    first: dict[str, str] = {}
    for status, at in told(rows):
        first.setdefault(status, at)
    india = datetime.fromisoformat(head["createdAt"]) + timedelta(hours=5.5)
    return {**head, "first": first, "day": india.date(), "month": india.strftime("%Y-%m")}


def reached(lives: list[Plain]) -> dict[str, int]:
    return {
        stage: sum(any(later in each["first"] for later in ORDER[place:]) for each in lives)
        for place, stage in enumerate(ORDER)
    }


def milliseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def brute(lives: list[Plain]) -> Plain:
    """The same numbers as the report's, counted plainly."""
    waits: dict[tuple[str, str], list[int]] = {}
    since: dict[str, list[int]] = {}
    for each in lives:
        steps = sorted((at, ORDER.index(s)) for s, at in each["first"].items() if s in ORDER)
        for at, place in steps if len(each["first"]) > 1 else []:
            since.setdefault(ORDER[place], []).append(milliseconds(at) - milliseconds(each["createdAt"]))
        for (left, a), (came, b) in itertools.pairwise(steps):
            if b > a:
                waits.setdefault((ORDER[a], ORDER[b]), []).append(milliseconds(came) - milliseconds(left))
    return {
        "leads": len(lives),
        "now": dict(Counter(each["status"] for each in lives)),
        "entered": dict(Counter(status for each in lives for status in each["first"])),
        "reached": reached(lives),
        "state": _by(lives, lambda e: (e.get("state") or "").casefold()),
        "cp": _by(lives, lambda e: e.get("assignedTo") or ""),
        "kam": _by(lives, lambda e: KAMS.get(e.get("assignedTo") or "", "")),
        "month": _by(lives, lambda e: e["month"]),
        "between": {pair: (len(w), floor(statistics.median(w))) for pair, w in waits.items()},
        "since": {stage: floor(statistics.median(w)) for stage, w in since.items()},
    }


def _by(lives: list[Plain], key: Any) -> Plain:
    groups: dict[str, list[Plain]] = {}
    for each in lives:
        groups.setdefault(key(each), []).append(each)
    return {name: (dict(Counter(e["status"] for e in g)), reached(g)) for name, g in groups.items()}


def said(counted: Funnel) -> Plain:
    """The report's numbers in the shape of `brute`."""

    def groups(found: Mapping[str, Any]) -> Plain:
        return {name: (dict(g.now), g.reached) for name, g in found.items()}

    def middle(waits: Any) -> int:
        return int(waits.median / timedelta(milliseconds=1))

    return {
        "leads": counted.all.leads,
        "now": dict(counted.all.now),
        "entered": dict(counted.all.entered),
        "reached": counted.all.reached,
        "state": groups(counted.by_state),
        "cp": groups(counted.by_partner),
        "kam": groups(counted.by_kam),
        "month": groups(counted.by_month),
        "between": {pair: (len(w.found), middle(w)) for pair, w in counted.between.items()},
        "since": {stage: middle(w) for stage, w in counted.since_created.items()},
    }


async def report(world: World, actor: Actor = ASHA, kam_id: str | None = None, **filters: Any) -> Funnel:
    return await funnel(
        collection=await collection_of(world),
        wanted=FunnelFilter(LeadFilter(**filters), kam_id),
        kams=await kams_for(store=world.store, actor=actor),
        actor=actor,
    )


class TestFunnel:
    @pytest.mark.parametrize("seed", range(6))
    def test_is_what_a_plain_count_over_all_rows_and_timelines_says(self, seed: int) -> None:
        async def story(world: World) -> None:
            rng = random.Random(seed)
            await live(world, rng, count=40, steps=220)
            everybody = [life(rows) for rows in raw(world).values()]
            assert said(await report(world)) == brute(everybody)
            assert sum(e["status"] in ORDER[3:] for e in everybody) > 5  # the business isn't idle
            own = [life(rows) for rows in raw(world, actor=KABIR).values()]
            assert 0 < len(own) < len(everybody)
            assert said(await report(world, KABIR)) == brute(own)
            middle = sorted(e["day"] for e in everybody)[20]
            for filters, test in (
                ({"state": "GUJARAT"}, lambda e: (e.get("state") or "").casefold() == "gujarat"),
                ({"assigned_to": "CP-1002"}, lambda e: e.get("assignedTo") == "CP-1002"),
                ({"kam_id": "KAM-1001"}, lambda e: e.get("assignedTo") in ("CP-1001", "CP-1003")),
                ({"kam_id": "KAM-9"}, lambda e: False),
                ({"origin": "Admin"}, lambda e: e["origin"] == "Admin"),
                ({"created_from": middle}, lambda e: e["day"] >= middle),
                ({"created_to": middle}, lambda e: e["day"] <= middle),
                (
                    {"created_from": middle, "created_to": middle, "state": "kerala"},
                    lambda e: e["day"] == middle and e.get("state") == "Kerala",
                ),
            ):
                assert said(await report(world, **filters)) == brute([e for e in everybody if test(e)]), filters
            assert said(await report(world, KABIR, assigned_to="CP-1002")) == brute([])

        run(story)

    def test_moments_kept_with_a_lead_are_those_of_its_timeline_also_after_a_rebuild(self) -> None:
        async def story(world: World) -> None:
            await live(world, random.Random(77), count=15, steps=150)
            firsts = {lead_id: life(rows)["first"] for lead_id, rows in raw(world).items()}
            kept = {e.id: e.lead.get("stageTimes") for e in await collection_of(world)}
            assert kept == {i: first if len(first) > 1 else None for i, first in firsts.items()}
            for lead_id in firsts:
                assert not await leads.rebuild(ports=world.ports, lead_id=lead_id)  # nothing was out of date

        run(story)

    def test_medians_by_hand(self) -> None:
        def lead(number: int, **after: int) -> Summary:
            """Created at 06:00 on 2 March; the others so many seconds later."""
            start = datetime.fromisoformat("2026-03-02T06:00:00.000+00:00")
            names = {"talk": "In Discussion", "accept": "Customer Accepted", "won": "Won", "lost": "Not Interested"}
            times = {"New Lead": start} | {names[n]: start + timedelta(seconds=s) for n, s in after.items()}
            text = {
                name: at.isoformat(timespec="milliseconds").replace("+00:00", "Z") for name, at in times.items()
            }
            values = {
                "status": max(times, key=lambda n: times[n]),
                "createdAt": text["New Lead"],
                "stageTimes": text,
            }
            return Summary(f"LEAD-{number}", 1, json.dumps(values))

        everything = Collection(
            [
                lead(1, talk=10, accept=110),  # 10, 100
                lead(2, talk=30, accept=40, won=400),  # 30, 10, 360
                lead(3, accept=60, lost=70),  # 60 straight from New Lead; then away
                lead(4, accept=50, talk=90),  # forced back: 50, and talking after that is no progress
                lead(5, talk=21, accept=22),  # 21, 1
                lead(6, talk=4000),
            ]
        )
        found = asyncio.run(funnel(collection=everything, wanted=FunnelFilter(), kams=Kams(), actor=ASHA))
        data = funnel_shape(found)
        assert [(t["from"], t["to"], t["leads"], t["medianSeconds"]) for t in data["transitions"]] == [
            ("New Lead", "In Discussion", 4, 25),  # 10, 21, 30, 4000
            ("New Lead", "Customer Accepted", 2, 55),  # 50, 60
            ("In Discussion", "Customer Accepted", 3, 10),  # 1, 10, 100
            ("Customer Accepted", "Won", 1, 360),
        ]
        stages = {s["stage"]: s for s in data["stages"]}
        accepted = stages["Customer Accepted"]
        assert (accepted["now"], accepted["entered"], accepted["reached"]) == (2, 5, 5)
        assert accepted["medianSecondsFromCreation"] == 50  # 22, 40, 50, 60, 110
        conversion = (accepted["conversionFromFirst"], accepted["conversionFromPrevious"])
        assert list(map(str, conversion)) == [
            "83.3",
            "100.0",
        ]  # 5 of 6; and the meeting before it counts as reached
        assert (stages["Won"]["reached"], str(stages["Won"]["conversionFromPrevious"])) == (1, "20.0")
        assert stages["Executed"]["conversionFromPrevious"] is None and stages["Executed"]["reached"] == 0
        assert data["outside"][1] == {"status": "Not Interested", "now": 1, "entered": 1}

    def test_a_month_is_a_month_in_india(self) -> None:
        values = [
            {"status": "New Lead", "createdAt": at}
            for at in ("2026-03-31T18:29:59.999Z", "2026-03-31T18:30:00.000Z", "2026-12-31T18:30:00.000Z")
        ]
        everything = Collection(Summary(f"LEAD-{n}", 1, json.dumps(v)) for n, v in enumerate(values))
        found = asyncio.run(funnel(collection=everything, wanted=FunnelFilter(), kams=Kams(), actor=ASHA))
        assert {m: g.leads for m, g in found.by_month.items()} == {"2026-03": 1, "2026-04": 1, "2027-01": 1}
        april = FunnelFilter(LeadFilter(created_from=date(2026, 4, 1), created_to=date(2026, 4, 30)))
        one = asyncio.run(funnel(collection=everything, wanted=april, kams=Kams(), actor=ASHA))
        assert one.all.leads == 1

    def test_csv_has_the_same_numbers_and_no_formula(self) -> None:
        async def story(world: World) -> None:
            await live(world, random.Random(5), count=30, steps=160)
            found = await report(world)
            data = funnel_shape(found)
            for by, rows in (
                ("stage", data["stages"] + [{"stage": o.pop("status"), **o} for o in data["outside"]]),
                ("transition", data["transitions"]),
                ("state", data["byState"]),
                ("cp", data["byPartner"]),
                ("kam", data["byKam"]),
                ("month", data["byMonth"]),
            ):
                table = list(csv.DictReader(io.StringIO(funnel_csv(found, by).removeprefix("\ufeff"))))
                assert len(table) == len(rows) > 0
                for line, row in zip(table, rows, strict=True):
                    assert None not in line
                    told = {n: "" if row[n] is None else str(row[n]) for n in row if not isinstance(row[n], dict)}
                    told = {n: "'=Surya" if text == "=Surya" else text for n, text in told.items()}
                    assert {n: line[n] for n in told} == told
                    for kind in ("now", "reached"):
                        counted = row.get(kind) if isinstance(row.get(kind), dict) else {}
                        assert {s: line[f"{kind} {s}"] for s in counted} == {s: str(n) for s, n in counted.items()}
            stages = csv.DictReader(io.StringIO(funnel_csv(found, "stage").removeprefix("\ufeff")))
            assert sum(int(line["now"]) for line in stages) == found.all.leads
            nothing = await report(world, state="nowhere")
            assert funnel_csv(nothing, "transition").strip("\ufeff\r\n") == "from,to,leads,medianSeconds,medianDays"
            assert funnel_csv(nothing, "kam").startswith("\ufeffkey,name,leads,")
            assert set(found.all.now) <= {str(s) for s in LeadStatus}

        run(story)
