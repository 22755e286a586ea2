"""Leads in memory with their quotations, commissions and customers, in any order that a list asks for. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Any, TypeVar

from domain.leads import Summary
from domain.lists._listed import NO_DATE, Listed
from domain.lists._part import Key, Part, part_key
from domain.lists._search import folded

T = TypeVar("T")


class SortBy(StrEnum):
    """What a list of leads can be sorted by."""

    FOLLOW_UP = "followUpDate"
    CREATED = "createdAt"
    UPDATED = "updatedAt"
    NAME = "customerName"
    STATUS = "status"


KEYS: dict[SortBy, Callable[[Listed], Key]] = {
    SortBy.FOLLOW_UP: lambda e: (e.follow_up, e.id),
    SortBy.CREATED: lambda e: (e.created, e.id),
    SortBy.UPDATED: lambda e: (e.updated, e.id),
    SortBy.NAME: lambda e: (e.name, e.id),
    SortBy.STATUS: lambda e: (e.status, e.id),
}


def key_of_values(sort_by: SortBy, values: dict[str, Any], lead_id: str) -> Key:
    """The key that a lead with these values, under the API's names, has."""
    text = str(values.get(sort_by) or "")
    if sort_by is SortBy.FOLLOW_UP:
        text = text or NO_DATE
    return (folded(text) if sort_by is SortBy.NAME else text, lead_id)


_ID: Callable[[Listed], str] = attrgetter("id")
_SORTED: dict[SortBy, Callable[[Listed], str]] = {
    SortBy.FOLLOW_UP: attrgetter("follow_up"),
    SortBy.CREATED: attrgetter("created"),
    SortBy.UPDATED: attrgetter("updated"),
    SortBy.NAME: attrgetter("name"),
    SortBy.STATUS: attrgetter("status"),
}


def customer_key(customer_id: str) -> Key:
    """A customer's place in a list; ids count upward, so shorter ones come first."""
    return f"{len(customer_id):04d}", customer_id


class Collection:
    """Leads by id. Each order is made when it is first asked for, and then kept up with every change."""

    def __init__(self, summaries: Iterable[Summary] = ()) -> None:
        self._leads: dict[str, Listed] = {s.lead_id: Listed(s) for s in summaries}
        self._hidden: dict[str, dict[str, Listed]] = {}
        self._orders: dict[SortBy, list[Listed]] = {}
        self._quotations: list[Part] | None = None
        self._commissions: list[Part] | None = None
        self._customers: dict[str, dict[str, Listed]] | None = None
        self._customer_ids: list[str] | None = None

    def __len__(self) -> int:
        return len(self._leads)

    def __iter__(self) -> Iterator[Listed]:
        return iter(self._leads.values())

    def get(self, lead_id: str) -> Listed | None:
        """One lead."""
        return self._leads.get(lead_id)

    def take(self, summary: Summary) -> bool:
        """Put a lead as it is now in place of what was known of it; whether that was older, and may be seen."""
        hidden = self._hidden.get(summary.imported)
        known = (self._leads if hidden is None else hidden).get(summary.lead_id)
        if known and known.version >= summary.version:
            return False
        if hidden is None:
            return self._place(Listed(summary))
        hidden[summary.lead_id] = Listed(summary)
        return False

    def _place(self, listed: Listed) -> bool:
        known = self._leads.get(listed.id)
        if known and known.version >= listed.version:
            return False
        if known:
            self._forget(known)
        self._leads[listed.id] = listed
        self._enter(listed)
        return True

    def imports(self) -> set[str]:
        """The imports that leads in it came with, seen or hidden."""
        return {e.summary.imported for e in self._leads.values()} - {""} | self._hidden.keys()

    def hidden(self) -> Sequence[Summary]:
        """The leads of imports that nobody may see yet."""
        return [listed.summary for each in self._hidden.values() for listed in each.values()]

    def hide(self, imported: str) -> None:
        """Show none of this import's leads, and none that comes later, until it is revealed."""
        if imported in self._hidden:
            return
        found = [e for e in self._leads.values() if e.summary.imported == imported]
        self._hidden[imported] = {e.id: e for e in found}
        for listed in found:
            del self._leads[listed.id]
            self._forget(listed)

    def reveal(self, imported: str) -> int:
        """Show all of this import's leads; how many were hidden."""
        return sum([self._place(listed) for listed in self._hidden.pop(imported, {}).values()])

    def in_order(self, sort_by: SortBy) -> Sequence[Listed]:
        """The leads that are still their reader's, the smallest key first."""
        if sort_by not in self._orders:
            # The same order as by KEYS, without a tuple for each: sorting keeps what is equal in its order.
            present = sorted((e for e in self._leads.values() if not e.summary.gone), key=_ID)
            self._orders[sort_by] = sorted(present, key=_SORTED[sort_by])
        return self._orders[sort_by]

    def changed_since(self, moment: str) -> Sequence[Listed]:
        """The leads that were changed after this moment."""
        ordered = self.in_order(SortBy.UPDATED)
        return ordered[bisect_right(ordered, moment, key=_SORTED[SortBy.UPDATED]) :]

    def quotations(self) -> Sequence[Part]:
        """All quotations, oldest first."""
        if self._quotations is None:
            parts = [p for e in self._leads.values() for p in _quotations_of(e)]
            self._quotations = sorted(parts, key=part_key)
        return self._quotations

    def commissions(self) -> Sequence[Part]:
        """All commissions, oldest first."""
        if self._commissions is None:
            parts = [p for e in self._leads.values() for p in _commissions_of(e)]
            self._commissions = sorted(parts, key=part_key)
        return self._commissions

    def by_customer(self) -> dict[str, dict[str, Listed]]:
        """The leads of each customer."""
        if self._customers is None:
            self._customers = {}
            for listed in self._leads.values():
                if not listed.summary.gone:
                    self._customers.setdefault(listed.customer_id, {})[listed.id] = listed
        return self._customers

    def customers(self) -> Sequence[str]:
        """The ids of all customers, in their order."""
        if self._customer_ids is None:
            self._customer_ids = sorted(self.by_customer(), key=customer_key)
        return self._customer_ids

    def _forget(self, listed: Listed) -> None:
        for sort_by, order in self._orders.items():
            _remove(order, listed, KEYS[sort_by])
        for parts, of in self._part_orders():
            for part in of(listed):
                _remove(parts, part, part_key)
        if self._customers is not None and listed.customer_id in self._customers:
            self._customers[listed.customer_id].pop(listed.id, None)
            if not self._customers[listed.customer_id]:
                del self._customers[listed.customer_id]
                _remove(self._customer_ids or [], listed.customer_id, customer_key)

    def _enter(self, listed: Listed) -> None:
        if not listed.summary.gone:
            for sort_by, order in self._orders.items():
                insort(order, listed, key=KEYS[sort_by])
            if self._customers is not None:
                if self._customer_ids is not None and listed.customer_id not in self._customers:
                    insort(self._customer_ids, listed.customer_id, key=customer_key)
                self._customers.setdefault(listed.customer_id, {})[listed.id] = listed
        for parts, of in self._part_orders():
            for part in of(listed):
                insort(parts, part, key=part_key)

    def _part_orders(self) -> Iterator[tuple[list[Part], Callable[[Listed], list[Part]]]]:
        """Those that have been asked for."""
        if self._quotations is not None:
            yield self._quotations, _quotations_of
        if self._commissions is not None:
            yield self._commissions, _commissions_of


def _quotations_of(listed: Listed) -> list[Part]:
    return [Part(listed, values) for values in listed.quotations]


def _commissions_of(listed: Listed) -> list[Part]:
    return [Part(listed, values) for values in listed.commissions]


def _remove(order: list[T], item: T, key: Callable[[T], Key]) -> None:
    at = bisect_left(order, key(item), key=key)
    if at < len(order) and key(order[at]) == key(item):
        del order[at]
