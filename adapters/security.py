"""Who calls: the token's signature, the session behind it, and a KAM's channel partners, each remembered
for at most 30 seconds per instance."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from domain.identity import AccessTokens, Caller, SessionEnded, partner_ids_of_kam
from domain.ports import Ports
from domain.values import Role

_REMEMBERED = timedelta(seconds=30)


class Sessions(Protocol):
    """What remembers live sessions (`adapters.sessions`)."""

    async def is_live(self, *, person_id: str, session_id: str) -> bool:
        """Whether the session may be used now."""
        ...


class TokenSecurity:
    """`functions.edge.Security` over our own tokens."""

    def __init__(self, *, ports: Ports, tokens: AccessTokens, sessions: Sessions) -> None:
        self._ports = ports
        self._tokens = tokens
        self._sessions = sessions
        self._partners: dict[str, tuple[datetime, frozenset[str]]] = {}

    async def caller(self, token: str) -> Caller:
        """The caller of a valid token with a live session. Raises TokenRejected, SessionEnded."""
        caller = self._tokens.read(token=token, at=self._ports.clock.now())
        if not await self._sessions.is_live(person_id=caller.actor.id, session_id=caller.session_id):
            raise SessionEnded("This session has ended. Sign in again.")
        if caller.actor.role is not Role.KAM:
            return caller
        partners = await self._partners_of(caller.actor.id)
        return replace(caller, actor=replace(caller.actor, partners=partners))

    async def _partners_of(self, kam_id: str) -> frozenset[str]:
        now = self._ports.clock.now()
        known = self._partners.get(kam_id)
        if known and known[0] + _REMEMBERED > now:
            return known[1]
        partners = await partner_ids_of_kam(store=self._ports.store, kam_id=kam_id)
        self._partners[kam_id] = (now, partners)
        return partners
