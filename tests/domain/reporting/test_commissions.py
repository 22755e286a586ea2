"""What commissions come to, against a plain sum over the stored rows of commissions and clawbacks."""

from __future__ import annotations

import csv
import io
import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.lists import CommissionFilter
from domain.reporting import CommissionReport, CommissionWish, State, Sums, commission_report
from domain.values import Actor
from functions.models.reports import CommissionReportQuery, commission_csv, commission_report_shape
from tests.domain.reporting.business import ASHA, KABIR, collection_of, live, raw
from tests.domain.sales.world import World, run

Plain = dict[str, Any]


def commissions(world: World) -> list[Plain]:
    """Each commission with what became of it, told by its own row and by whether it has a clawback."""
    found = []
    for lead_id, rows in raw(world).items():
        clawed = {r.values["commissionId"]: -r.values["amountPaise"] for r in rows if r.key.startswith("clawback:")}
        for row in (r for r in rows if r.key.startswith("commission:")):
            values, name = row.values, row.key.partition(":")[2]
            paise = clawed.get(name, values.get("approvedAmountPaise", values["amountPaise"]))
            state = "clawedBack" if name in clawed else values["status"]
            day = (datetime.fromisoformat(values["createdAt"]) + timedelta(hours=5.5)).date()
            given_back = paise if name in clawed and values["status"] == "paid" else 0
            found.append(
                {
                    "lead": lead_id,
                    "cp": values["cpId"],
                    "state": state,
                    "paise": paise,
                    "day": day,
                    "back": given_back,
                }
            )
    return found


def summed(found: list[Plain]) -> Plain:
    sums: Plain = {
        state: (sum(c["state"] == state for c in found), sum(c["paise"] for c in found if c["state"] == state))
        for state in ("pending", "approved", "paid", "voided", "clawedBack")
    }
    return {**sums, "balance": sums["approved"][1] - sum(c["back"] for c in found)}


def brute(found: list[Plain]) -> Plain:
    return {
        "all": summed(found),
        **{
            kind: {key: summed([c for c in found if c[kind] == key]) for key in {c[kind] for c in found}}
            for kind in ("cp", "lead")
        },
    }


def said(report: CommissionReport) -> Plain:
    def one(sums: Sums) -> Plain:
        return {**{str(s): (sums.counts[s], sums.paise[s]) for s in State}, "balance": sums.balance.paise}

    return {
        "all": one(report.all),
        "cp": {s.key: one(s) for s in report.partners},
        "lead": {s.key: one(s) for s in report.projects},
    }


async def report(world: World, actor: Actor = ASHA, state: State | None = None, **made: Any) -> CommissionReport:
    wanted = CommissionWish(CommissionFilter(**made), state)
    return await commission_report(collection=await collection_of(world), wanted=wanted, actor=actor)


class TestCommissionReport:
    @pytest.mark.parametrize("seed", range(4))
    def test_is_what_a_plain_sum_over_all_rows_says(self, seed: int) -> None:
        async def story(world: World) -> None:
            await live(world, random.Random(seed), count=30, steps=300)
            found = commissions(world)
            assert len({c["state"] for c in found}) >= 4  # all but perhaps one kind
            assert said(await report(world)) == brute(found)
            own = [c for c in found if c["cp"] in KABIR.partners]
            assert 0 < len(own) < len(found)
            assert said(await report(world, KABIR)) == brute(own)
            middle = sorted(c["day"] for c in found)[len(found) // 2]
            cases: list[tuple[Plain, list[Plain]]] = [
                ({"partner_id": "CP-1002"}, [c for c in found if c["cp"] == "CP-1002"]),
                ({"first": middle}, [c for c in found if c["day"] >= middle]),
                ({"last": middle}, [c for c in found if c["day"] <= middle]),
                *(({"state": state}, [c for c in found if c["state"] == state]) for state in State),
            ]
            for filters, left in cases:
                assert said(await report(world, **filters)) == brute(left), filters
            assert said(await report(world, KABIR, partner_id="CP-1002")) == brute([])

        run(story)

    def test_hides_customers_of_leads_that_are_no_longer_the_kams(self) -> None:
        async def story(world: World) -> None:
            await live(world, random.Random(3), count=30, steps=300)
            gone = set(raw(world)) - set(raw(world, actor=KABIR))
            projects = (await report(world, KABIR)).projects
            assert {p.key for p in projects if not p.name} == {p.key for p in projects} & gone != set()

        run(story)

    def test_answers_exact_rupees_and_every_project_in_the_csv(self) -> None:
        async def story(world: World) -> None:
            await live(world, random.Random(1), count=30, steps=300)
            found = await report(world)
            data = commission_report_shape(found, CommissionReportQuery.model_validate({"limit": 3, "page": 2}))
            page = data["byProject"]
            assert [p["leadId"] for p in page["items"]] == [s.key for s in found.projects[3:6]]
            assert (page["total"], page["totalPages"]) == (len(found.projects), -(-len(found.projects) // 3))
            paise = sum(c["paise"] for c in commissions(world) if c["state"] == "pending")
            assert data["totals"]["pending"]["amount"] == Decimal(paise) / 100
            for by, groups in (("cp", found.partners), ("project", found.projects)):
                table = list(csv.DictReader(io.StringIO(commission_csv(found, by).removeprefix("\ufeff"))))
                assert [line["cpId" if by == "cp" else "leadId"] for line in table] == [s.key for s in groups]
                assert sum(Decimal(line["pending amount"]) for line in table) == Decimal(paise) / 100
                balances = [line["balance"].removeprefix("'") for line in table]
                assert sum(map(Decimal, balances)) == found.all.balance.in_rupees

        run(story)
