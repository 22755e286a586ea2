"""Who calls: a valid token and a live session, and a KAM's channel partners."""

from __future__ import annotations

import asyncio

import pytest

from adapters.security import TokenSecurity
from adapters.sessions import CachedSessions
from domain.identity import SessionEnded, TokenRejected, end_session
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
