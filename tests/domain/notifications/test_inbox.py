"""One person's inbox: delivered once, counted right whoever races, read, cleared."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain import notifications
from domain.notifications import (
    MAX_KEPT,
    Kind,
    Notice,
    NotificationNotFound,
    Selection,
    Severity,
    SortBy,
    inbox_of,
)
from domain.notifications._model import event_key
from domain.ports import Ports
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import short_pause
from tests.fakes.store import FakeStore

ME, OTHER = "CP-1001", "CP-1002"


def the_ports() -> Ports:
    return Ports(FakeStore(), FakeClock(), FakeIds(), short_pause, lambda work: work.close())


def a_notice(number: int, *, at: datetime = NOON, **fields: object) -> Notice:
    key = event_key(source="LEAD-1001", at=at, version=number, sequence=0)
    notice = Notice(key, at, Kind.LEAD, Severity.INFO, f"Title {number}", "Message", {"leadId": "LEAD-1001"})
    return replace(notice, **fields)


async def unread(ports: Ports, person: str = ME) -> tuple[int, int]:
    """As the head counts it, and counted by hand."""
    inbox = await inbox_of(store=ports.store, person=person)
    counted = await notifications.unread_count(store=ports.store, person=person)
    assert counted == inbox.unread
    return inbox.unread, sum(n.read_at is None for n in inbox.notifications)


class TestDelivery:
    def test_puts_the_same_notices_in_once(self):
        async def story() -> None:
            ports = the_ports()
            first, both = [a_notice(1)], [a_notice(1), a_notice(2)]
            assert await notifications.deliver(ports=ports, person=ME, notices=first) == 1
            assert await notifications.deliver(ports=ports, person=ME, notices=both) == 1
            assert await notifications.deliver(ports=ports, person=ME, notices=both) == 0
            assert await unread(ports) == (2, 2)
            assert await unread(ports, OTHER) == (0, 0)

        asyncio.run(story())

    def test_leaves_what_was_read_as_it_is(self):
        async def story() -> None:
            ports = the_ports()
            await notifications.deliver(ports=ports, person=ME, notices=[a_notice(1)])
            read = await notifications.mark_read(
                ports=ports, person=ME, notification_id=f"NOTIF-{a_notice(1).key}", at=NOON
            )
            await notifications.deliver(ports=ports, person=ME, notices=[a_notice(1)])
            [now] = (await inbox_of(store=ports.store, person=ME)).notifications
            assert now == read and now.read_at == NOON

        asyncio.run(story())

    def test_counts_right_when_20_deliver_at_the_same_time(self):
        async def story() -> None:
            ports = the_ports()
            sets = [[a_notice(n % 10), a_notice(100 + n)] for n in range(20)]
            made = await asyncio.gather(
                *(notifications.deliver(ports=ports, person=ME, notices=notices) for notices in sets)
            )
            assert sum(made) == 30 and await unread(ports) == (30, 30)

        asyncio.run(story())

    def test_splits_what_is_more_than_one_transaction(self):
        async def story() -> None:
            ports = the_ports()
            many = [a_notice(n) for n in range(250)]
            assert await notifications.deliver(ports=ports, person=ME, notices=many[:120]) == 120
            assert await notifications.deliver(ports=ports, person=ME, notices=many) == 130
            assert await unread(ports) == (250, 250)

        asyncio.run(story())


class TestReading:
    def test_marks_one_once(self):
        async def story() -> None:
            ports = the_ports()
            await notifications.deliver(ports=ports, person=ME, notices=[a_notice(1), a_notice(2)])
            own = f"NOTIF-{a_notice(1).key}"
            times = [NOON + timedelta(minutes=n) for n in range(10)]
            read = await asyncio.gather(
                *(notifications.mark_read(ports=ports, person=ME, notification_id=own, at=at) for at in times)
            )
            assert len({n.read_at for n in read}) == 1 and {n.version for n in read} == {2}
            assert await unread(ports) == (1, 1)

        asyncio.run(story())

    def test_marks_all_while_more_arrive(self):
        async def story() -> None:
            ports = the_ports()
            await notifications.deliver(ports=ports, person=ME, notices=[a_notice(n) for n in range(230)])
            later = [a_notice(n) for n in range(300, 310)]
            done, *_ = await asyncio.gather(
                notifications.mark_all_read(ports=ports, person=ME, at=NOON),
                *(notifications.deliver(ports=ports, person=ME, notices=[notice]) for notice in later),
            )
            assert 230 <= done <= 240 and await unread(ports) == (240 - done, 240 - done)
            left = await notifications.mark_all_read(ports=ports, person=ME, at=NOON)
            assert left == 240 - done and await unread(ports) == (0, 0)

        asyncio.run(story())

    @pytest.mark.parametrize("person", [OTHER, "head"])
    def test_is_not_found_in_anothers_inbox(self, person: str):
        async def story() -> None:
            ports = the_ports()
            await notifications.deliver(ports=ports, person=ME, notices=[a_notice(1)])
            own = f"NOTIF-{a_notice(1).key}"
            with pytest.raises(NotificationNotFound):
                await notifications.notification_of(store=ports.store, person=person, notification_id=own)
            with pytest.raises(NotificationNotFound):
                await notifications.mark_read(ports=ports, person=person, notification_id=own, at=NOON)

        asyncio.run(story())

    @pytest.mark.parametrize("strange", ["head", "NOTIF-head", "NOTIF-", "", "NOTIF-1/2", "NOTIF-" + "9" * 600])
    def test_is_not_found_by_a_strange_id(self, strange: str):
        async def story() -> None:
            ports = the_ports()
            await notifications.deliver(ports=ports, person=ME, notices=[a_notice(1)])
            with pytest.raises(NotificationNotFound):
                await notifications.notification_of(store=ports.store, person=ME, notification_id=strange)

        asyncio.run(story())

    def test_costs_one_request_to_count_and_one_to_list(self):
        async def story() -> None:
            ports = the_ports()
            await notifications.deliver(ports=ports, person=ME, notices=[a_notice(n) for n in range(500)])
            ports.store.requests.clear()
            await notifications.unread_count(store=ports.store, person=ME)
            await inbox_of(store=ports.store, person=ME)
            assert ports.store.requests == ["row", "rows"]

        asyncio.run(story())


class TestSelection:
    def test_sorts_and_filters(self):
        monday = datetime(2026, 3, 29, 18, 30, tzinfo=UTC)  # 30 March begins in India
        tuesday = monday + timedelta(days=1)
        notices = [
            a_notice(3, at=tuesday, kind=Kind.QUOTATION, severity=Severity.WARNING),
            a_notice(2, at=monday),
            a_notice(1, at=monday - timedelta(milliseconds=1), kind=Kind.COMMISSION, severity=Severity.SUCCESS),
        ]

        async def story() -> list[list[str]]:
            ports = the_ports()
            await notifications.deliver(ports=ports, person=ME, notices=notices)
            await notifications.mark_read(
                ports=ports, person=ME, notification_id=f"NOTIF-{notices[1].key}", at=tuesday
            )
            inbox = await inbox_of(store=ports.store, person=ME)
            wanted = [
                Selection(),
                Selection(descending=False),
                Selection(read=True),
                Selection(read=False),
                Selection(kind=Kind.COMMISSION),
                Selection(first=tuesday.date(), last=tuesday.date()),  # 30 March
                Selection(sort_by=SortBy.SEVERITY),
                Selection(sort_by=SortBy.TYPE, descending=False),
            ]
            return [[n.notice.title[-1] for n in s.of(inbox.notifications)] for s in wanted]

        assert asyncio.run(story()) == [
            ["3", "2", "1"],
            ["1", "2", "3"],
            ["2"],
            ["3", "1"],
            ["1"],
            ["2"],
            ["3", "1", "2"],
            ["1", "2", "3"],
        ]


class TestClearing:
    def test_removes_what_is_older_than_90_days_and_beyond_the_newest(self):
        async def story() -> None:
            ports = the_ports()
            limit = NOON - timedelta(days=90)
            old = [a_notice(n, at=limit - timedelta(minutes=n)) for n in range(120)]
            young = [a_notice(n, at=NOON - timedelta(minutes=n)) for n in range(MAX_KEPT + 30)]
            await notifications.deliver(ports=ports, person=ME, notices=[*old, *young])
            await notifications.deliver(ports=ports, person=OTHER, notices=young[:5])
            assert await notifications.clear_old(ports=ports) == 150
            assert await unread(ports) == (MAX_KEPT, MAX_KEPT) and await unread(ports, OTHER) == (5, 5)
            kept = [n.notice.key for n in (await inbox_of(store=ports.store, person=ME)).notifications]
            assert kept == [n.key for n in young[:MAX_KEPT]]
            assert await notifications.clear_old(ports=ports) == 0

        asyncio.run(story())
