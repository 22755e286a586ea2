"""A primary that writes undisturbed: what `adapters.standby` is to the edge and to timers, without accounts."""

from __future__ import annotations

from datetime import datetime


class APrimary:
    """The port `functions.edge.Post`."""

    async def refuse_writes(self) -> None:
        """Nothing is refused."""

    async def may_run(self) -> None:
        """Timers run."""

    async def data_as_of(self) -> datetime | None:
        """Its data is the truth."""
        return None
