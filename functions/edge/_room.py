"""How many requests an instance works on at once (docs/adr/0028). With more, all of them would become late, until
none is answered before its client gives up. So one more waits for a place, a moment only, and is then refused while
it is certain that nothing was done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from functions.edge._endpoint import Endpoint
from functions.edge.errors import TooBusy

READS, WRITES = 64, 96
"""Requests under way. A burst of 60 (domain.md "Numbers to hold") finds room at once. More than the 32 that the
platform gives an instance (infra/modules/app.bicep), or it would never start the next one; fewer than the 200 after
which host.json lets them wait outside. Reads leave places for writes: what somebody has decided goes before what is
only looked at."""

WAIT = 2.0
"""Seconds. In them an instance answers a few hundred requests: a burst of a moment passes, a lasting one is
refused. What is let in has the rest of the 7.5 of its deadline (docs/adr/0022)."""

_AGAIN_IN = 2
"""Seconds."""


class Room:
    """The places for requests in this process. Who waits comes in its turn."""

    def __init__(self) -> None:
        self._for_reads = asyncio.Semaphore(READS)
        self._for_all = asyncio.Semaphore(WRITES)

    @asynccontextmanager
    async def taken(self, endpoint: Endpoint) -> AsyncIterator[None]:
        """A place for as long as the block lasts. Raises TooBusy if there is none for too long.

        Health and its like, which ask nothing of the storage, never need one: an instance that is busy isn't ill.
        """
        reads = endpoint.method == "GET"
        if reads and endpoint.roles is None:
            yield
            return
        async with AsyncExitStack() as places:
            try:
                async with asyncio.timeout(WAIT):
                    if reads:
                        await places.enter_async_context(self._for_reads)
                    await places.enter_async_context(self._for_all)
            except TimeoutError:
                said = "Too many requests at once. Nothing was done; try again."
                raise TooBusy(said, retry_after=_AGAIN_IN) from None
            yield
