"""How many requests an instance works on at once (docs/adr/0028). One more would make all of them late, until none
is answered before its client gives up; so it is refused at the door, where it is certain that nothing was done.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from functions.edge._endpoint import Endpoint
from functions.edge.errors import TooBusy

READS, WRITES = 120, 150
"""Requests under way. The 60 a second of a burst (domain.md "Numbers") find room for two seconds: whoever would
wait longer had rather be told. More than the 32 that the platform gives an instance (infra/modules/app.bicep), or
it would never start the next one; fewer than the 200 after which host.json lets them wait outside. What somebody
has decided goes before what is only looked at: polls are refused first."""

_AGAIN_IN = 2
"""Seconds. In one of them an instance answers more requests than are under way."""


class Room:
    """The requests under way in this process."""

    def __init__(self) -> None:
        self._taken = 0

    @contextmanager
    def taken(self, endpoint: Endpoint) -> Iterator[None]:
        """A place for as long as the block lasts. Raises TooBusy if there is none.

        Health and its like, which ask nothing of the storage, always find one: an instance that is busy isn't ill.
        """
        if endpoint.method == "GET" and endpoint.roles is None:
            yield
            return
        if self._taken >= (READS if endpoint.method == "GET" else WRITES):
            raise TooBusy("Too many requests at once. Nothing was done; try again.", retry_after=_AGAIN_IN)
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1
