"""Who calls: a valid token and a live session, and a KAM's channel partners."""

from __future__ import annotations

import asyncio

import pytest

from adapters.security import TokenSecurity
from adapters.sessions import CachedSessions
from domain.identity import EmailAddress, SessionEnded, TokenRejected, end_session
from tests.domain.identity.setting import EMAIL, Setting


class TestTokenSecurity:
    def test_a_caller_needs_a_token_and_a_live_session(self) -> None:
        async def story() -> None:
            w = Setting()
            sessions = CachedSessions(ports=w.ports)
            security = TokenSecurity(ports=w.ports, tokens=w.tokens, sessions=sessions)
            await w.a_kam()
            signed_in = await w.log_in()
            assert (await security.caller(signed_in.access_token)).email == EMAIL.text
            await w.a_partner(kam_id="KAM-1001")
            w.clock.advance(seconds=30)
            assert (await security.caller(signed_in.access_token)).actor.partners == {"CP-1001"}
            with pytest.raises(TokenRejected):
                await security.caller("rubbish")
            await end_session(
                ports=w.ports,
                live=sessions,
                person_id=signed_in.caller.actor.id,
                session_id=signed_in.caller.session_id,
            )
            with pytest.raises(SessionEnded):
                await security.caller(signed_in.access_token)

        asyncio.run(story())

    def test_the_partners_of_all_kams_cost_one_walk_in_thirty_seconds(self) -> None:
        async def story() -> None:
            w = Setting()
            security = TokenSecurity(ports=w.ports, tokens=w.tokens, sessions=CachedSessions(ports=w.ports))
            await w.a_kam()
            await w.a_kam(person_id="KAM-1002", email=EmailAddress("other@example.com"))
            await w.a_partner(kam_id="KAM-1002")
            tokens = [
                (await w.log_in()).access_token,
                (await w.log_in(email=EmailAddress("other@example.com"))).access_token,
            ]
            w.store.requests.clear()
            seen = [(await security.caller(token)).actor.partners for token in (*tokens, *tokens)]
            assert seen == [frozenset(), frozenset({"CP-1001"})] * 2
            assert w.store.requests == ["row"] * 3 + ["rows"] + ["row"] * 3

        asyncio.run(story())

    def test_a_request_costs_no_storage_request_once_its_session_is_known(self) -> None:
        """A person's first request in 30 seconds costs one hop of two reads, a customer's one read."""

        async def story() -> None:
            w = Setting()
            security = TokenSecurity(ports=w.ports, tokens=w.tokens, sessions=CachedSessions(ports=w.ports))
            customer = await w.enter(await w.code())
            await w.a_partner()
            partner = await w.enter(await w.code())
            for signed_in, cost in ((customer, ["row"]), (partner, ["row", "row"])):
                w.store.requests.clear()
                for _ in range(10):
                    await security.caller(signed_in.access_token)
                assert w.store.requests == cost

        asyncio.run(story())
