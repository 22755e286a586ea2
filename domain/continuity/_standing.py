"""Where this instance stands: whether it may write, how old its data can be, and what would be lost now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.continuity._epoch import Epoch

LATE_SYNC = timedelta(minutes=15)
"""Geo-replication has no promised lag; it is usually below this. Above it an operator should know."""


class Mode(StrEnum):
    """What this instance may do."""

    PRIMARY = "primary"
    STANDBY = "standby"
    FENCED = "fenced"


@dataclass(frozen=True)
class Standing:
    """`last_sync`: every write up to this moment is in the copy; None if there is none, or it doesn't say."""

    at: datetime
    instance: str
    mode: Mode
    epoch: Epoch | None
    last_sync: datetime | None
    has_copy: bool

    @property
    def expected_loss(self) -> timedelta | None:
        """What the loss of the primary would cost at this moment: all writes of this span, at most."""
        return max(self.at - self.last_sync, timedelta()) if self.last_sync else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an operator should look at; empty if all is well."""
        found = []
        if self.mode is Mode.FENCED and self.epoch:
            found.append(f"{self.instance} doesn't write any more: {self.epoch.holder} does.")
        if self.has_copy and self.last_sync is None:
            found.append("How old the copy is can't be found out.")
        if self.expected_loss is not None and self.expected_loss > LATE_SYNC:
            minutes = self.expected_loss / timedelta(minutes=1)
            found.append(f"The copy is {minutes:.0f} minutes behind.")
        return tuple(found)
