"""Filters by days: a day is one in India, from its first millisecond to its last (cases.md 12)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Sized
from datetime import date
from typing import Any

import pytest

from domain.leads import Summary
from domain.lists import Collection, CommissionFilter, LeadFilter, commissions

DAY = date(2026, 3, 31)
MOMENTS = {
    "2026-03-30T18:29:59.999Z": False,
    "2026-03-30T18:30:00.000Z": True,
    "2026-03-31T18:29:59.999Z": True,
    "2026-03-31T18:30:00.000Z": False,
}


def collected(moment: str, follow_up: str | None = None) -> Collection:
    lead = {"id": "LEAD-1", "status": "Won", "customerId": "CUST-1", "createdAt": moment, "followUpDate": follow_up}
    earned = {"id": "COMM-11", "cpId": "CP-1", "status": "pending", "createdAt": moment}
    return Collection([Summary("LEAD-1", 1, json.dumps(lead), commissions=json.dumps([earned]))])


def number(found: Coroutine[Any, Any, Sized]) -> int:
    return len(asyncio.run(found))


class TestDays:
    @pytest.mark.parametrize(("moment", "inside"), MOMENTS.items())
    def test_of_leads_and_commissions_are_those_in_india(self, moment: str, inside: bool) -> None:
        collection = collected(moment)
        leads = list(collection)
        assert number(LeadFilter(created_from=DAY, created_to=DAY).of(leads)) == inside
        early = moment < "2026-03-31T00"
        assert number(LeadFilter(created_from=DAY).of(leads)) == (inside or not early)
        assert number(LeadFilter(created_to=DAY).of(leads)) == (inside or early)
        earned = collection.commissions()
        assert number(commissions(earned, CommissionFilter(first=DAY, last=DAY))) == inside
        assert number(commissions(earned, CommissionFilter(first=DAY))) == (inside or not early)
        assert number(commissions(earned, CommissionFilter(last=DAY))) == (inside or early)

    @pytest.mark.parametrize(
        ("follow_up", "since", "until"),
        [("2026-03-30", 0, 1), ("2026-03-31", 1, 1), ("2026-04-01", 1, 0), (None, 0, 0)],
    )
    def test_of_follow_ups_have_both_ends(self, follow_up: str | None, since: int, until: int) -> None:
        leads = list(collected("2026-03-01T00:00:00.000Z", follow_up))
        assert number(LeadFilter(follow_up_from=DAY).of(leads)) == since
        assert number(LeadFilter(follow_up_to=DAY).of(leads)) == until
