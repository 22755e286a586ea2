"""How old a copy of the data is: Last Sync Time, as Azure tells it, or as a copy job has noted it."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.data.tables.aio import TableServiceClient

from adapters.storage import FAILURES, Account
from adapters.tables import AzureTableStore
from domain.continuity import read_sync
from domain.errors import DomainError
from domain.store import Store
from domain.values import Clock

_log = logging.getLogger("solarium.continuity")
REMEMBERED = timedelta(seconds=30)
_PATIENCE = 2.0


class LastSync:
    """Up to when everything that was written is in the copy; asked at most every 30 seconds."""

    def __init__(self, *, clock: Clock, account: Account | None, copy: Store | None) -> None:
        self._clock, self._account, self._copy = clock, account, copy
        self._known: tuple[datetime, datetime | None] | None = None

    @property
    def has_copy(self) -> bool:
        """Whether there is one to be asked about."""
        return self._account is not None or self._copy is not None

    async def current(self) -> datetime | None:
        """The moment; None if there is no copy, or it doesn't say."""
        now = self._clock.now()
        if self._known is None or not timedelta() <= now - self._known[0] < REMEMBERED:
            self._known = (now, await self._ask())
        return self._known[1]

    async def _ask(self) -> datetime | None:
        try:
            async with asyncio.timeout(_PATIENCE):
                if self._account is not None:
                    return await _from_service(self._account)
                return await read_sync(store=self._copy) if self._copy else None
        except (DomainError, *FAILURES) as fault:
            _log.warning("the last sync time can't be found out: %s", type(fault).__name__)
            return None


async def _from_service(account: Account) -> datetime | None:
    """What the secondary endpoint says of the replication; the SDK asks that one, given the primary's address."""
    address = account.address("table")
    async with TableServiceClient(address, credential=account.credential, retry_total=0) as client:
        return last_sync_in(await client.get_service_stats())


def last_sync_in(stats: Any) -> datetime | None:
    """The moment in the service's answer; None while a new copy is being filled (`bootstrap`)."""
    said = stats["geo_replication"]["last_sync_time"]
    return said.astimezone(UTC).replace(microsecond=0) if said else None


def store_of(account: Account) -> AzureTableStore:
    """The tables of an account, for a single question that nobody waits long for."""
    return AzureTableStore(
        account.address("table"), credential=account.credential, read_timeout=1.0, patience=_PATIENCE
    )
