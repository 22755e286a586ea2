"""The six kinds of refusal that every context specialises.

A context subclasses one of them with the fact as the name (`QuotationExpired`). Nothing here knows HTTP:
`functions/problems.py` is the one table from these classes to status codes, and `docs/problems.md` explains
each `code` to the people who meet it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with one field: a sentence that says what is allowed."""

    field: str
    message: str


class DomainError(Exception):
    """A refusal that the caller can understand and act upon.

    `code` is the class name as an upper-case slug (`QUOTATION_EXPIRED`), `details` is structured data for
    programs, `retry_after` is in seconds where trying again later can help.
    """

    code: str = "DOMAIN_ERROR"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).upper()

    def __init__(
        self, message: str, *, details: Mapping[str, Any] | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = dict(details) if details else None
        self.retry_after = retry_after

    @property
    def told(self) -> str:
        """The whole of it in one text, for those who are shown nothing else."""
        return self.message


_TOLD = 8
"""So many faults stand in one text; all of them are in `faults`."""


class Invalid(DomainError):
    """The request says something that can't be: every faulty field is named at once."""

    def __init__(self, message: str = "", *, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message or "Some fields are invalid.")
        self.faults = tuple(faults)
        self._opening = message

    @property
    def told(self) -> str:
        """The message, then what is wrong with which field: the mobile apps show this text and nothing else."""
        said = [f"{fault.field}: {fault.message}" for fault in self.faults[:_TOLD]]
        if not said:
            return self.message
        repeated = any(self._opening in text for text in said)
        more = len(self.faults) - len(said)
        return " ".join([*([] if repeated else [self._opening]), *said, *([f"And {more} more."] if more else [])])

    @classmethod
    def field(cls, field: str, message: str) -> Self:
        """The common case: one field, one fault."""
        return cls(message, faults=[Fault(field, message)])


class NotFound(DomainError):
    """There is no such thing, or it isn't the caller's; the two are never told apart."""


class NotAllowed(DomainError):
    """This role may not do this at all, or the caller isn't who it has to be."""


class Conflict(DomainError):
    """The thing isn't in a state in which this can be done, or something unique is taken."""


class StaleVersion(DomainError):
    """A critical write was based on a version that is no longer the current one, or on none."""


class Unavailable(DomainError):
    """Something that the system depends on doesn't answer; nothing is known to have changed; try again."""
