"""Whether a session still lives, without asking storage each time. Whose token it is, is in `adapters.security`."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from domain.identity import use_session
from domain.ports import Ports

REMEMBERED_FOR = timedelta(seconds=30)
"""A session that ends in one process is believed by others for at most this long."""

MAX_REMEMBERED = 10_000


class CachedSessions:
    """Live sessions of the last 30 seconds; also the port `LiveSessions`, by which an ended one is forgotten.

    Only live ones are remembered, and no longer than their idle limit lets them live.
    """

    def __init__(self, *, ports: Ports, capacity: int = MAX_REMEMBERED) -> None:
        self._ports = ports
        self._capacity = capacity
        self._until: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._forgotten = 0

    async def is_live(self, *, person_id: str, session_id: str) -> bool:
        """Whether this session may be used. No storage request, or one, or two when its use is written."""
        key = (person_id, session_id)
        until = self._until.get(key)
        if until is not None and self._ports.clock.now() < until:
            return True
        self._until.pop(key, None)
        forgotten = self._forgotten
        session = await use_session(ports=self._ports, person_id=person_id, session_id=session_id)
        if session is None:
            return False
        if forgotten == self._forgotten:  # else it may have been ended while we were asking
            self._remember(key, min(self._ports.clock.now() + REMEMBERED_FOR, session.idle_at))
        return True

    def forget(self, *, person_id: str) -> None:
        """Ask storage again before any of this person's sessions is believed."""
        self._forgotten += 1
        for key in [k for k in self._until if k[0] == person_id]:
            del self._until[key]

    def _remember(self, key: tuple[str, str], until: datetime) -> None:
        self._until[key] = until
        self._until.move_to_end(key)
        while len(self._until) > self._capacity:
            self._until.popitem(last=False)
