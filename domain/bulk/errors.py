"""Refusals of bulk work; that one of many leads is refused isn't one, but a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.errors import Fault, Invalid, NotFound, Unavailable


class ImportRejected(Invalid):
    """Rows of the sheet can't be leads, so none was imported; `details.errors` has every fault of every row."""

    def __init__(self, message: str, *, faults: Sequence[Fault], details: Mapping[str, Any]) -> None:
        super().__init__(message, faults=faults)
        self.details = dict(details)


class ImportNotFound(NotFound):
    """There is no import with this id."""


class ImportNotTaken(Unavailable):
    """The import was interrupted before all of it was kept, so nothing of it was imported."""
