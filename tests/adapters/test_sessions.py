"""Remembering live sessions: how long, how many, and how they are forgotten."""

from __future__ import annotations

import asyncio

import pytest

from adapters.sessions import CachedSessions
from domain.identity import SignedIn, change_password, deactivate_person, end_session
from domain.values import Role
from tests.domain.identity.setting import PASSWORD, Setting


class World(Setting):
    """A setting with a KAM, whose sessions are remembered, and a count of the questions put to storage."""

    def __init__(self, capacity: int = 10) -> None:
        super().__init__()
        self.sessions = CachedSessions(ports=self.ports, capacity=capacity)
        self.asked = 0
        get = self.store.get

        async def counted(*, table: str, partition: str, key: str) -> object:
            self.asked += 1
            return await get(table=table, partition=partition, key=key)

        self.store.get = counted

    async def is_live(self, signed_in: SignedIn) -> bool:
        self.asked = 0
        caller = signed_in.caller
        return await self.sessions.is_live(person_id=caller.actor.id, session_id=caller.session_id)

    async def end(self, signed_in: SignedIn, *, here: bool) -> None:
        caller = signed_in.caller
        live = self.sessions if here else self.live
        await end_session(ports=self.ports, live=live, person_id=caller.actor.id, session_id=caller.session_id)


class TestCachedSessions:
    def test_asks_once_in_thirty_seconds(self) -> None:
        async def story() -> None:
            w = World()
            await w.a_kam()
            signed_in = await w.log_in()
            assert (await w.is_live(signed_in), w.asked) == (True, 3)
            w.clock.advance(seconds=29.999)
            assert (await w.is_live(signed_in), w.asked) == (True, 0)
            w.clock.advance(milliseconds=1)
            assert (await w.is_live(signed_in), w.asked) == (True, 3)

        asyncio.run(story())

    @pytest.mark.parametrize(("here", "believed"), [(True, False), (False, True)])
    def test_an_ended_one_is_known_here_at_once_and_elsewhere_in_thirty_seconds(
        self, here: bool, believed: bool
    ) -> None:
        async def story() -> None:
            w = World()
            await w.a_kam()
            signed_in, other = await w.log_in(), await w.log_in()
            assert await w.is_live(signed_in)
            await w.end(signed_in, here=here)
            assert await w.is_live(signed_in) is believed
            w.clock.advance(seconds=30)
            assert [await w.is_live(signed_in), await w.is_live(other)] == [False, True]

        asyncio.run(story())

    def test_one_that_ends_while_it_is_looked_up_is_not_remembered(self) -> None:
        async def story() -> None:
            w = World()
            await w.a_kam()
            signed_in = await w.log_in()
            await asyncio.gather(w.is_live(signed_in), w.end(signed_in, here=True))
            assert not await w.is_live(signed_in)

        asyncio.run(story())

    def test_never_outlives_the_idle_limit(self) -> None:
        async def story() -> None:
            w = World()
            await w.a_kam()
            signed_in = await w.log_in()
            for _ in range(6):
                w.clock.advance(minutes=4, seconds=59)
                assert await w.is_live(signed_in)
            w.clock.advance(minutes=30)
            assert not await w.is_live(signed_in)

        asyncio.run(story())

    def test_remembers_no_more_than_it_may(self) -> None:
        async def story() -> None:
            w = World(capacity=2)
            await w.a_kam()
            signed_in = [await w.log_in() for _ in range(3)]
            asked = []
            for one in (*signed_in, signed_in[2], signed_in[0]):
                assert await w.is_live(one)
                asked.append(w.asked)
            assert asked == [3, 3, 3, 0, 3]

        asyncio.run(story())


class TestSeveralInstances:
    """domain.md "Sign-in": deactivation and a password change end sessions on the server, on every instance."""

    @pytest.mark.parametrize("ended_by", ["deactivation", "new password"])
    def test_a_session_ends_here_at_once_and_everywhere_in_thirty_seconds(self, ended_by: str) -> None:
        async def story() -> None:
            w = World()
            await w.a_kam()
            signed_in = await w.log_in()
            elsewhere = CachedSessions(ports=w.ports)
            caller = signed_in.caller
            names = {"person_id": caller.actor.id, "session_id": caller.session_id}
            assert await w.is_live(signed_in)
            assert await elsewhere.is_live(**names)
            if ended_by == "deactivation":
                await deactivate_person(
                    ports=w.ports,
                    live=w.sessions,
                    person_id="KAM-1001",
                    among=frozenset({Role.KAM}),
                    reason="Left the company",
                    act=w.act(version=1),
                )
            else:
                await change_password(
                    ports=w.ports,
                    passwords=w.passwords,
                    live=w.sessions,
                    session_id="another one",
                    current=PASSWORD,
                    new="Another-Pass-2!",
                    act=w.act(caller.actor),
                )
            assert [await w.is_live(signed_in), await elsewhere.is_live(**names)] == [False, True]
            w.clock.advance(seconds=30)
            assert not await elsewhere.is_live(**names)

        asyncio.run(story())
