"""Leads in memory that are kept up with changes: always as if they had just been read, in whatever order changes come."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.leads import Summary
from domain.lists import Collection, SortBy

NAMES = ("Asha", "Élan", "कविता")


def a_summary(number: int, version: int, chance: int) -> Summary:
    """The lead in that version: what it says follows from the chance, and it is gone in some."""
    lead_id = f"LEAD-{number}"
    parts = [
        {"id": f"QUOT-{number}{n}", "status": "Shared", "createdAt": f"2026-03-{(chance + n) % 28 + 1:02d}"}
        for n in range(chance % 3)
    ]
    earned = [{"id": f"COMM-{number}1", "cpId": "CP-1", "status": "pending", "createdAt": f"{chance % 7}"}][
        : chance % 2
    ]
    if chance % 5 == 0:
        return Summary(lead_id, version, commissions=json.dumps(earned) if earned else "")
    day = f"2026-03-{chance % 28 + 1:02d}"
    lead = {
        "id": lead_id,
        "status": ("New Lead", "Won")[chance % 2],
        "customerId": f"CUST-{chance % 3}",
        "customerName": NAMES[chance % 3],
        "followUpDate": day if chance % 4 else None,
        "createdAt": "2026-03-01T00:00:00.000Z",
        "updatedAt": f"{day}T00:00:00.000Z",
    }
    return Summary(lead_id, version, json.dumps(lead), json.dumps(parts) if parts else "", json.dumps(earned))


def told(collection: Collection) -> dict[str, Any]:
    """Everything that lists are made of."""
    orders = {sort_by: [e.summary for e in collection.in_order(sort_by)] for sort_by in SortBy}
    customers = {name: sorted(mine) for name, mine in collection.by_customer().items()}
    return {
        **orders,
        "all": sorted((e.summary for e in collection), key=lambda s: s.lead_id),
        "quotations": [(p.key, p.listed.version) for p in collection.quotations()],
        "commissions": [(p.key, p.listed.version) for p in collection.commissions()],
        "customers": customers,
    }


changes = st.lists(st.builds(a_summary, st.integers(1, 4), st.integers(1, 6), st.integers(0, 200)), max_size=25)


class TestCollection:
    @settings(max_examples=150, deadline=None)
    @given(changes, changes)
    def test_is_after_any_changes_as_if_it_had_just_been_read(
        self, first: list[Summary], later: list[Summary]
    ) -> None:
        kept: dict[str, Summary] = {}
        for summary in first:
            kept.setdefault(summary.lead_id, summary)
        collection = Collection(kept.values())
        told(collection)  # every order has been asked for, and has to be kept up
        for summary in later:
            known = kept.get(summary.lead_id)
            newer = known is None or summary.version > known.version
            assert collection.take(summary) is newer
            if newer:
                kept[summary.lead_id] = summary
        assert told(collection) == told(Collection(kept.values()))

    def test_does_not_go_back_to_an_older_version(self) -> None:
        collection = Collection([a_summary(1, 2, 1)])
        assert (collection.take(a_summary(1, 1, 2)), collection.take(a_summary(1, 2, 2))) == (False, False)
        assert [e.summary for e in collection.in_order(SortBy.NAME)] == [a_summary(1, 2, 1)]
