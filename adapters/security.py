"""Who calls: the token's signature, the session behind it, and a KAM's channel partners, each remembered
for at most 30 seconds per instance. The assignments of all KAMs are read in one walk through `people`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from domain.identity import AccessTokens, Caller, SessionEnded, partner_ids_by_kam
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
        self._partners: Mapping[str, frozenset[str]] = {}
        self._partners_at: datetime | None = None

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
        if self._partners_at is None or self._partners_at + _REMEMBERED <= now:
            self._partners = await partner_ids_by_kam(store=self._ports.store)
            self._partners_at = now
        return self._partners.get(kam_id, frozenset())
