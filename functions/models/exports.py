"""Which leads an export asks for: the filters of the list of leads, without its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from domain.leads import LeadStatus, Origin
from domain.values import day_in_india, moment
from functions.edge.errors import FieldsInvalid
from functions.models.fields import Day, Line, Query

Test = Callable[[Mapping[str, Any]], bool]
"""Of a lead's fields under the API's names."""


class ExportQuery(Query):
    """All that is given has to be true of a lead; days are days in India, both ends included."""

    format: Annotated[str, Field(max_length=20)] = "csv"
    status: LeadStatus | None = None
    assigned_to: Line | None = None
    customer_id: Line | None = None
    state: Line | None = None
    origin: Origin | None = None
    source: Line | None = None
    follow_up_from: Day | None = None
    follow_up_to: Day | None = None
    created_from: Day | None = None
    created_to: Day | None = None
    search: Annotated[str, Field(max_length=100)] | None = None

    def tests(self) -> list[Test]:
        """What has to be true of a lead. Raises FieldsInvalid for a format that isn't CSV."""
        if self.format.lower() != "csv":
            raise FieldsInvalid.field("format", "Leads are exported as csv only; every spreadsheet opens it.")
        return [*self._of_values(), *self._of_days(), *self._of_text()]

    def _of_values(self) -> list[Test]:
        exact = {"status": self.status, "assignedTo": self.assigned_to, "customerId": self.customer_id}
        exact["origin"] = self.origin
        tests: list[Test] = [_is(name, value) for name, value in exact.items() if value is not None]
        folded = {"state": self.state, "source": self.source}
        return tests + [_reads(name, value) for name, value in folded.items() if value is not None]

    def _of_days(self) -> list[Test]:
        tests: list[Test] = []
        if self.follow_up_from or self.follow_up_to:
            tests.append(lambda e: _within(_day(e.get("followUpDate")), self.follow_up_from, self.follow_up_to))
        if self.created_from or self.created_to:
            tests.append(
                lambda e: _within(day_in_india(moment(e["createdAt"])), self.created_from, self.created_to)
            )
        return tests

    def _of_text(self) -> list[Test]:
        if self.search is None:
            return []
        words = self.search.casefold().split()
        digits = "".join(c for c in self.search if c.isdigit())[-10:]
        return [lambda e: _mentions(e, words) or (len(digits) > 3 and digits in e["phone"])]


def _is(name: str, value: str) -> Test:
    return lambda lead: lead.get(name) == value


def _reads(name: str, value: str) -> Test:
    return lambda lead: str(lead.get(name) or "").casefold() == value.casefold()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _within(on: date | None, first: date | None, last: date | None) -> bool:
    return on is not None and (first is None or first <= on) and (last is None or on <= last)


def _mentions(lead: Mapping[str, Any], words: list[str]) -> bool:
    names = ("customerName", "email", "id", "customerId")
    text = " ".join(str(lead.get(name) or "") for name in names).casefold()
    return all(word in text for word in words)
