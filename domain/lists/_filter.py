"""Which leads a list asks for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.lists._listed import NO_DATE, Listed
from domain.lists._portions import kept
from domain.lists._search import Wanted, folded
from domain.values import end_of_day_in_india, iso, start_of_day_in_india

Test = Callable[[Listed], bool]


@dataclass(frozen=True)
class LeadFilter:
    """All that is given has to be true of a lead. Days are days in India, both ends included. An empty
    `assigned_to` asks for the leads that nobody has."""

    status: str | None = None
    assigned_to: str | None = None
    customer_id: str | None = None
    state: str | None = None
    origin: str | None = None
    source: str | None = None
    follow_up_from: date | None = None
    follow_up_to: date | None = None
    created_from: date | None = None
    created_to: date | None = None
    search: str | None = None
    customer_name: str | None = None
    customer_phone: str | None = None

    async def of(self, leads: Sequence[Listed]) -> Sequence[Listed]:
        """Those of these leads that are asked for, in the same order. Other requests go on meanwhile."""
        for test in self._tests():
            leads = await kept(leads, test)
        return leads

    def _tests(self) -> list[Test]:
        """The cheap ones first, so that the search looks through what they leave."""
        return [*self._of_values(), *self._of_days(), *self._of_texts()]

    def _of_values(self) -> list[Test]:
        tests: list[Test] = []
        if (status := self.status) is not None:
            tests.append(lambda e: e.status == status)
        if (assigned_to := self.assigned_to) is not None:
            tests.append(lambda e: e.assigned_to == assigned_to)
        if (customer_id := self.customer_id) is not None:
            tests.append(lambda e: e.customer_id == customer_id)
        if self.state is not None:
            state = folded(self.state)
            tests.append(lambda e: e.state == state)
        if (origin := self.origin) is not None:
            tests.append(lambda e: e.origin == origin)
        if self.source is not None:
            source = folded(self.source)
            tests.append(lambda e: e.source == source)
        return tests

    def _of_days(self) -> list[Test]:
        tests: list[Test] = []
        if self.follow_up_from:
            first = self.follow_up_from.isoformat()
            tests.append(lambda e: first <= e.follow_up < NO_DATE)
        if self.follow_up_to:
            last = self.follow_up_to.isoformat()
            tests.append(lambda e: e.follow_up <= last)
        if self.created_from:
            start = iso(start_of_day_in_india(self.created_from))
            tests.append(lambda e: e.created >= start)
        if self.created_to:
            end = iso(end_of_day_in_india(self.created_to))
            tests.append(lambda e: e.created < end)
        return tests

    def _of_texts(self) -> list[Test]:
        tests: list[Test] = []
        if self.customer_phone:
            number = Wanted(self.customer_phone)
            tests.append(lambda e: number.found_in_phone(e.phone))
        if self.customer_name:
            name = Wanted(self.customer_name)
            tests.append(lambda e: name.found_in(" " + e.name, ""))
        if self.search:
            tests.append(found_in_lead(Wanted(self.search)))
        return tests


def found_in_lead(wanted: Wanted) -> Test:
    """Whether a lead has what was typed; one word is looked for the fast way, since it is what nearly all type."""
    if (word := wanted.only_word) is not None:
        return lambda e: word in e.words
    return lambda e: wanted.found_in(e.words, e.phone)
