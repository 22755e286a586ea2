"""Who is to hear of something: KAMs and Admins, each remembered for at most 30 seconds in this instance."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from datetime import datetime, timedelta

from domain.identity import PersonNotFound, people, person
from domain.leads import LEAD_ROW, TABLE, lead_from_row
from domain.store import Store
from domain.values import Clock, Role

REMEMBERED_FOR = timedelta(seconds=30)
MAX_REMEMBERED = 2_000


class CachedDirectory:
    """`domain.ports.Directory` from the table `people`."""

    def __init__(self, store: Store, clock: Clock, *, capacity: int = MAX_REMEMBERED) -> None:
        self._store = store
        self._clock = clock
        self._capacity = capacity
        self._kams: OrderedDict[str, tuple[datetime, str | None]] = OrderedDict()
        self._admins: tuple[datetime, tuple[str, ...]] | None = None

    async def kam_of(self, partner_id: str) -> str | None:
        """The partner's KAM; None if there is none. No storage request, or one."""
        now = self._clock.now()
        known = self._kams.get(partner_id)
        if known is None or known[0] <= now:
            kam = None
            with suppress(PersonNotFound):
                kam = (await person(store=self._store, person_id=partner_id)).kam_id
            known = self._kams[partner_id] = (now + REMEMBERED_FOR, kam)
            self._kams.move_to_end(partner_id)
            while len(self._kams) > self._capacity:
                self._kams.popitem(last=False)
        return known[1]

    async def partner_of(self, lead_id: str) -> str | None:
        """Who has the lead now: one storage request."""
        row = await self._store.get(table=TABLE, partition=lead_id, key=LEAD_ROW)
        return lead_from_row(row).assigned_to if row else None

    async def admins(self) -> tuple[str, ...]:
        """All active Admins. No storage request, or a walk through `people`."""
        now = self._clock.now()
        if self._admins is None or self._admins[0] <= now:
            found = await people(store=self._store, roles={Role.ADMIN})
            self._admins = (now + REMEMBERED_FOR, tuple(admin.id for admin in found if admin.is_active))
        return self._admins[1]
