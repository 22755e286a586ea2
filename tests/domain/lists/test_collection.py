"""Leads in memory: orders, customers and counters against plain ones; and that a long look lets others go on."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import UTC, datetime
from typing import Any

from domain import lists
from domain.leads import LeadStatus, Summary
from domain.lists import Collection, SortBy
from domain.values import Actor, Role
from tests.domain.leads.world import ADMIN

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
KAM = Actor("KAM-1001", "Kabir", Role.KAM, frozenset({"CP-1", "CP-2"}))


def a_summary(rng: random.Random, number: int, version: int) -> Summary:
    lead = {
        "id": f"LEAD-{number}",
        "status": rng.choice([*LeadStatus]),
        "customerId": f"CUST-{rng.choice((9, 99, 100, 1001))}",
        "customerName": rng.choice(("Kavita Desai", "José", "कविता", "Ravi Kavi")),
        "assignedTo": f"CP-{rng.randrange(4)}",
        "followUpDate": rng.choice(("2026-03-30", "2026-03-31", "2026-04-02", None)),
        "createdAt": f"2026-03-0{rng.randrange(1, 9)}T10:00:00.000Z",
        "updatedAt": f"2026-03-{rng.randrange(10, 30)}T10:00:00.000Z",
    }
    offers = [
        {"id": f"QUOT-{number}{at:02}", "status": status, "validUntil": day, "createdAt": lead["createdAt"]}
        for at, (status, day) in enumerate(
            rng.sample([("Shared", "2026-03-30"), ("Shared", "2026-03-31"), ("Rejected", "2026-04-02")], 2)
        )
    ]
    gone = rng.random() < 0.1
    return Summary(f"LEAD-{number}", version, "" if gone else json.dumps(lead), json.dumps([] if gone else offers))


def a_collection(rng: random.Random) -> Collection:
    """Sixty leads, each changed up to nine times after all orders had been asked for."""
    collection = Collection(a_summary(rng, number, 1) for number in range(60))
    for sort_by in SortBy:
        collection.in_order(sort_by)
    collection.customers(), collection.quotations()
    for version in range(2, 11):
        for number in rng.sample(range(60), 30):
            collection.take(a_summary(rng, number, version))
    return collection


def plain(collection: Collection, actor: Actor) -> list[dict[str, Any]]:
    found = [json.loads(e.summary.lead) | {"offers": e.quotations} for e in collection if not e.summary.gone]
    return [lead for lead in found if actor.role is Role.ADMIN or lead["assignedTo"] in actor.partners]


class TestCollection:
    def test_keeps_its_orders_and_customers_up_with_changes(self) -> None:
        for seed in range(5):
            collection = a_collection(random.Random(seed))
            fresh = Collection(e.summary for e in collection)
            for by in SortBy:
                expected = sorted((e for e in fresh if not e.summary.gone), key=lists.KEYS[by])
                for held in (collection, fresh):
                    assert [e.id for e in held.in_order(by)] == [e.id for e in expected]
            assert list(collection.customers()) == list(fresh.customers())
            assert set(collection.customers()) == {lead["customerId"] for lead in plain(collection, ADMIN)}

    def test_knows_what_was_changed_since_a_moment(self) -> None:
        collection = a_collection(random.Random(1))
        since = "2026-03-20T10:00:00.000Z"
        found = {e.id for e in collection.changed_since(since)}
        assert found == {lead["id"] for lead in plain(collection, ADMIN) if lead["updatedAt"] > since}

    def test_finds_customers_by_what_their_leads_say(self) -> None:
        collection = a_collection(random.Random(2))
        for actor in (ADMIN, KAM):
            mine = plain(collection, actor)
            expected = {
                None: {lead["customerId"] for lead in mine},
                "kavi": {e["customerId"] for e in mine if e["customerName"] in ("Kavita Desai", "Ravi Kavi")},
                "nobody": set(),
            }
            for typed, ids in expected.items():
                found = asyncio.run(lists.customers(collection, typed, actor))
                assert list(found) == sorted(ids, key=lambda i: int(i[5:]))
                for customer_id in found:
                    seen = lists.customer_seen(collection, customer_id, actor)
                    own = {lead["id"] for lead in mine if lead["customerId"] == customer_id}
                    assert {e.id for e in seen.leads} == own

    def test_counts_as_a_plain_count_does(self) -> None:
        for seed, actor in ((3, ADMIN), (4, KAM)):
            collection = a_collection(random.Random(seed))
            mine, closed = plain(collection, actor), ("Not Interested", "Other Territory", "Executed")
            live = [lead for lead in mine if lead["status"] not in closed]
            open_ones = [
                q
                for lead in mine
                for q in lead["offers"]
                if (q["status"], q["validUntil"]) == ("Shared", "2026-03-31")
            ]
            told = asyncio.run(lists.counters(collection, actor, NOW))
            assert (told.leads, told.new) == (len(mine), sum(e["status"] == "New Lead" for e in mine))
            assert told.in_progress == sum(e["status"] != "New Lead" for e in live)
            assert told.due_today == sum(e["followUpDate"] == "2026-03-31" for e in live)
            assert told.overdue == sum(e["followUpDate"] == "2026-03-30" for e in live)
            assert told.accepted == sum(e["status"] == "Customer Accepted" for e in mine)
            won = ("Won", "Pending at Solarium", "Under Execution", "Executed")
            assert told.won == sum(e["status"] in won for e in mine)
            assert told.active_quotations == len(open_ones)
            assert told.updated_at == max(e["updatedAt"] for e in mine)

    def test_counts_nothing_where_there_is_nothing(self) -> None:
        told = asyncio.run(lists.counters(Collection(), ADMIN, NOW))
        assert (told.leads, told.updated_at) == (0, "2026-03-31T12:00:00.000Z")


class TestPortions:
    def test_let_others_go_on_and_keep_what_was_there_at_the_beginning(self) -> None:
        async def story() -> None:
            items, turns = list(range(50_000)), 0

            async def other() -> None:
                nonlocal turns
                while True:
                    turns += 1
                    items.append(-1)
                    await asyncio.sleep(0)

            task = asyncio.create_task(other())
            found = await lists.kept(items, lambda n: n % 2 == 1 or n < 0)
            task.cancel()
            assert found == list(range(1, 50_000, 2)) and turns >= 10

        asyncio.run(story())
