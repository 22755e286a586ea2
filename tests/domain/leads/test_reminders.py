"""Reminders of follow-ups: each overdue lead once a day, to its partner and the partner's KAM."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain import leads, lists, notifications
from domain.identity import Person, PersonStatus
from domain.identity._rows import PEOPLE, PERSON_ROW, person_to_values
from domain.leads import Lead, LeadStatus, Origin, Summary
from domain.store import Create, StorageUnavailable
from domain.values import Actor, PhoneNumber, Role
from tests.domain.leads.world import World

EIGHT = datetime(2026, 3, 31, 2, 30, tzinfo=UTC)  # 08:00 in India
TODAY = date(2026, 3, 31)
YESTERDAY = TODAY - timedelta(days=1)


async def a_partner(world: World, number: int, *, kam: str | None, active: bool = True) -> str:
    status = PersonStatus.ACTIVE if active else PersonStatus.DEACTIVATED
    phone = PhoneNumber(f"+9190000{number:05d}")
    person = Person(f"CP-{number}", "Ravi", Role.CP, status, EIGHT, phone, kam_id=kam, version=1)
    row = Create(PERSON_ROW, person_to_values(person))
    await world.store.commit(table=PEOPLE, partition=person.id, writes=[row], write_id="made")
    return person.id


async def in_view(world: World, partner: str, summaries: list[Summary]) -> None:
    rows = [Create(summary.lead_id, summary.columns()) for summary in summaries]
    for start in range(0, len(rows), 100):
        await world.store.commit(
            table="views", partition=leads.of_partner(partner), writes=rows[start : start + 100], write_id="made"
        )


def a_summary(number: int, partner: str, *, due: date | None = YESTERDAY, status: LeadStatus) -> Summary:
    lead = Lead(
        id=f"LEAD-{number}",
        customer_id="CUST-1001",
        customer_name="Kavita",
        phone=PhoneNumber("+919800000001"),
        address="x",
        origin=Origin.CP,
        status=status,
        created_at=EIGHT,
        created_by=partner,
        created_by_name="Ravi",
        assigned_to=partner,
        follow_up_date=due,
        version=1,
    )
    return leads.summary_of(lead, {})


async def reminded(world: World, person: str) -> list[str]:
    inbox = await notifications.inbox_of(store=world.store, person=person)
    return sorted(n.notice.about["leadId"] for n in inbox.notifications)


class TestRemindFollowUps:
    def test_reminds_of_exactly_the_overdue_ones(self):
        async def story() -> None:
            world = World()
            world.clock.at = EIGHT
            cp = await a_partner(world, 1001, kam="KAM-1001")
            closed = {LeadStatus.NOT_INTERESTED, LeadStatus.OTHER_TERRITORY, LeadStatus.EXECUTED}
            summaries = [a_summary(1100 + n, cp, status=status) for n, status in enumerate(LeadStatus)]
            expected = sorted(f"LEAD-{1100 + n}" for n, status in enumerate(LeadStatus) if status not in closed)
            summaries.append(a_summary(1201, cp, due=TODAY, status=LeadStatus.NEW))
            summaries.append(a_summary(1202, cp, due=None, status=LeadStatus.NEW))
            summaries.append(Summary("LEAD-1203", 3))  # it has left this partner
            await in_view(world, cp, summaries)
            assert await leads.remind_follow_ups(ports=world.ports) == 16
            assert await reminded(world, cp) == await reminded(world, "KAM-1001") == expected
            [one, *_] = (await notifications.inbox_of(store=world.store, person=cp)).notifications
            assert (one.notice.title, one.notice.kind, one.notice.severity) == (
                "Follow-up overdue",
                "lead",
                "warning",
            )
            assert one.notice.message.endswith("(Kavita) was to be followed up on 2026-03-30.")

        asyncio.run(story())

    def test_reminds_once_a_day_in_india_whenever_it_runs(self):
        async def story() -> None:
            world = World()
            cp = await a_partner(world, 1001, kam=None)
            await in_view(world, cp, [a_summary(1101, cp, status=LeadStatus.NEW)])
            runs = []
            day_ends = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
            for at in (EIGHT, EIGHT, EIGHT + timedelta(hours=9), day_ends - timedelta(milliseconds=1), day_ends):
                world.clock.at = at
                runs.append(await leads.remind_follow_ups(ports=world.ports))
            assert runs == [1, 0, 0, 0, 1]

        asyncio.run(story())

    def test_reminds_the_kam_of_a_deactivated_partner(self):
        async def story() -> None:
            world = World()
            world.clock.at = EIGHT
            cp = await a_partner(world, 1001, kam="KAM-1001", active=False)
            await in_view(world, cp, [a_summary(1101, cp, status=LeadStatus.NEW)])
            assert await leads.remind_follow_ups(ports=world.ports) == 1
            assert (await reminded(world, cp), await reminded(world, "KAM-1001")) == ([], ["LEAD-1101"])

        asyncio.run(story())

    def test_tells_all_others_where_one_partners_leads_cannot_be_read(self):
        async def story() -> None:
            world = World()
            world.clock.at = EIGHT
            broken, *others = [await a_partner(world, 1001 + n, kam=None) for n in range(12)]
            for n, cp in enumerate((broken, *others)):
                await in_view(world, cp, [a_summary(1101 + n, cp, status=LeadStatus.NEW)])

            def down(commit: Any) -> None:
                if commit.partition == broken:
                    raise StorageUnavailable("down")

            world.store.before_commit = down
            with pytest.raises(StorageUnavailable):
                await leads.remind_follow_ups(ports=world.ports)
            assert [len(await reminded(world, cp)) for cp in (broken, *others)] == [0, *[1] * 11]
            world.store.before_commit = lambda _: None
            assert await leads.remind_follow_ups(ports=world.ports) == 1

        asyncio.run(story())

    def test_counts_as_overdue_what_the_home_screen_does(self):
        async def story() -> None:
            world = World()
            world.clock.at = EIGHT
            cp = await a_partner(world, 1001, kam=None)
            days = (YESTERDAY, TODAY, TODAY + timedelta(days=1), None)
            cases = [(status, due) for status in LeadStatus for due in days]
            found = [a_summary(1100 + n, cp, due=due, status=status) for n, (status, due) in enumerate(cases)]
            await in_view(world, cp, found)
            counted = await lists.counters(lists.Collection(found), Actor(cp, "Ravi", Role.CP), EIGHT)
            assert await leads.remind_follow_ups(ports=world.ports) == counted.overdue == 8

        asyncio.run(story())

    def test_reminds_of_thousands_once_although_two_runs_race_and_one_dies(self):
        async def story() -> None:
            world = World()
            world.clock.at = EIGHT
            partners = [await a_partner(world, 1001 + n, kam=f"KAM-{1001 + n % 4}") for n in range(24)]
            for n, cp in enumerate(partners):
                numbers = range(10_000 + n * 100, 10_000 + (n + 1) * 100)
                await in_view(world, cp, [a_summary(number, cp, status=LeadStatus.NEW) for number in numbers])
            dying = asyncio.ensure_future(leads.remind_follow_ups(ports=world.ports))
            world.store.requests.clear()
            while len(world.store.requests) < 60:  # noqa: ASYNC110 - requests are counted, not announced
                await asyncio.sleep(0)
            dying.cancel()
            await asyncio.gather(dying, return_exceptions=True)
            runs = await asyncio.gather(*(leads.remind_follow_ups(ports=world.ports) for _ in range(2)))
            assert 0 < sum(runs) < 24 * 100 * 2  # the one that died had begun
            for n, cp in enumerate(partners):
                assert await reminded(world, cp) == sorted(f"LEAD-{10_000 + n * 100 + i}" for i in range(100))
            for kam in range(4):
                found = await reminded(world, f"KAM-{1001 + kam}")
                assert len(found) == len(set(found)) == 6 * 100
            assert await leads.remind_follow_ups(ports=world.ports) == 0

        asyncio.run(story())
