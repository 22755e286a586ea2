"""How often an address may do what is sensitive: over one instance and over several (domain.md "Numbers to hold")."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from adapters.limits import AddressLimits, clear_old_counts
from domain.store import StorageUnavailable
from tests.domain.identity.setting import Setting
from tests.fakes.store import Commit

START = datetime(2026, 3, 31, 12, 0, 0, tzinfo=UTC)


def _admitted(limits: AddressLimits, times: int, address: str = "203.0.113.5", budget: str = "sign-in") -> int:
    return sum(limits.admit(budget=budget, address=address) == 0 for _ in range(times))


class TestOneInstance:
    def test_admits_exactly_the_limit_in_a_minute(self) -> None:
        async def story() -> None:
            s = Setting()
            s.clock.at = START
            limits = AddressLimits(ports=s.ports, per_minute=100)
            assert _admitted(limits, 150) == 100
            await s.finish()
            assert _admitted(limits, 50) == 0
            s.clock.advance(seconds=59.9)
            assert limits.admit(budget="sign-in", address="203.0.113.5") == 1
            s.clock.advance(milliseconds=100)
            assert _admitted(limits, 150) == 100

        asyncio.run(story())

    def test_says_when_to_try_again(self) -> None:
        async def story() -> None:
            s = Setting()
            s.clock.at = START
            limits = AddressLimits(ports=s.ports, per_minute=1)
            s.clock.advance(seconds=20)
            waits = [limits.admit(budget="sign-in", address="a") for _ in range(2)]
            assert waits == [0, 40]

        asyncio.run(story())

    def test_counts_each_address_and_each_budget_by_itself(self) -> None:
        async def story() -> None:
            s = Setting()
            limits = AddressLimits(ports=s.ports, per_minute=10)
            assert _admitted(limits, 20) == 10
            assert _admitted(limits, 20, address="203.0.113.6") == 10
            assert _admitted(limits, 20, budget="answer") == 10

        asyncio.run(story())

    def test_costs_no_storage_request_below_a_tenth_and_two_for_each_tenth(self) -> None:
        async def story() -> None:
            s = Setting()
            limits = AddressLimits(ports=s.ports, per_minute=100)
            requests = []
            for times in (9, 1, 10):
                _admitted(limits, times)
                assert len(s.store.requests) == sum(requests)  # nothing before the answer
                before = len(s.store.requests)
                await s.finish()
                requests.append(len(s.store.requests) - before)
            assert requests == [0, 2, 2]

        asyncio.run(story())

    def test_remembers_no_more_addresses_than_it_may(self) -> None:
        async def story() -> None:
            s = Setting()
            limits = AddressLimits(ports=s.ports, per_minute=1, capacity=2)
            for address in ("a", "b", "c"):
                assert limits.admit(budget="x", address=address) == 0
            assert limits.admit(budget="x", address="c") > 0
            assert limits.admit(budget="x", address="a") == 0  # forgotten

        asyncio.run(story())


class TestSeveralInstances:
    def test_share_one_limit_but_for_a_fifth_for_each_further_one(self) -> None:
        async def story() -> None:
            s = Setting()
            s.clock.at = START
            instances = [AddressLimits(ports=s.ports, per_minute=100) for _ in range(3)]
            admitted = 0
            for _ in range(100):  # the balancer sends each to the next, and the work after the answer gets done
                for limits in instances:
                    admitted += _admitted(limits, 1)
                await s.finish()
            assert 100 <= admitted <= 140

        asyncio.run(story())

    def test_lose_no_count_when_they_write_at_once(self) -> None:
        async def story() -> None:
            s = Setting()
            s.clock.at = START
            works: list[asyncio.Task[None]] = []
            ports = s.ports.__class__(
                s.store, s.clock, s.ports.ids, s.ports.pause, lambda work: works.append(asyncio.ensure_future(work))
            )
            instances = [AddressLimits(ports=ports, per_minute=100) for _ in range(4)]
            for limits in instances:
                _admitted(limits, 10)
            await asyncio.gather(*works)
            row = await s.store.get(table="limits", partition="sign-in|203.0.113.5", key="2026-03-31T12:00:00.000Z")
            assert row is not None
            assert row.values["count"] == 40

        asyncio.run(story())

    def test_go_on_alone_when_storage_does_not_answer(self) -> None:
        async def story() -> None:
            s = Setting()

            def down(commit: Commit) -> None:
                raise StorageUnavailable("down", retry_after=1)

            s.store.before_commit = down
            limits = AddressLimits(ports=s.ports, per_minute=100)
            for _ in range(15):
                _admitted(limits, 10)
                await s.finish()
            assert _admitted(limits, 1) == 0

        asyncio.run(story())


class TestClearing:
    def test_removes_what_is_over_and_twice_is_as_once(self) -> None:
        async def story() -> None:
            s = Setting()
            s.clock.at = START
            for minutes in (0, 1, 5):
                s.clock.at = START
                s.clock.advance(minutes=minutes)
                _admitted(AddressLimits(ports=s.ports, per_minute=10), 1)
                await s.finish()
            assert [await clear_old_counts(ports=s.ports) for _ in range(2)] == [2, 0]

        asyncio.run(story())
