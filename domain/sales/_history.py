"""A lead's history with its quotations and commissions: pages of its timeline, and the lead as it stood at some
moment. What a reader may not see of the parts isn't in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.commissions import clawback_id, commissions_in, may_see_commission
from domain.leads import LeadFile, entries_between, is_for_customers, lead_of_actor
from domain.quotations import may_see_quotation, quotations_in
from domain.sales.errors import LeadNotThen
from domain.store import Store
from domain.timeline import Entry, Plain, fold, up_to
from domain.values import Actor, Role, iso


@dataclass(frozen=True)
class Place:
    """An entry's place in a timeline. The beginning of its hash makes the place this timeline's and no other's."""

    version: int
    sequence: int
    mark: str

    @classmethod
    def of(cls, entry: Entry) -> Place:
        """Where this entry stands."""
        return cls(entry.version, entry.sequence, entry.hash[:16])


@dataclass(frozen=True)
class HistoryPage:
    """Some entries, newest first, of `total`; `next` is where to go on, or None at the timeline's beginning."""

    entries: tuple[Entry, ...]
    total: int
    next: Place | None


@dataclass(frozen=True)
class Standing:
    """A lead as it stood after the entries of `version`; plain fields, money in paise, parts by their ids."""

    version: int
    at: datetime
    lead: dict[str, Plain]
    parts: dict[str, dict[str, Plain]] = field(default_factory=dict)


async def history(
    *, store: Store, lead_id: str, actor: Actor, limit: int, offset: int = 0, after: Place | None = None
) -> HistoryPage | None:
    """A page of the timeline of one of the actor's own leads; None if it has no such place as `after`.

    Two requests (the lead; the versions that hold the page), two hops, however long the timeline is, and one
    more request per 1,000 entries of `offset`. Somebody to whom parts are hidden costs the whole timeline: one
    request per 1,000 entries. Raises LeadNotFound.
    """
    file = await lead_of_actor(store=store, lead_id=lead_id, actor=actor)
    eye = _Eye.of(file, actor)
    last = after.version if after and not eye.hides else file.lead.version
    first = 1 if eye.hides else last - offset - limit
    entries = await entries_between(store=store, lead_id=lead_id, first=first, last=min(last, file.lead.version))
    if after and not any(Place.of(entry) == after for entry in entries):
        return None
    seen = [entry for entry in map(eye.seen, reversed(entries)) if entry]
    total = len(seen) if eye.hides else file.lead.entry_count
    if after:
        seen = [e for e in seen if (e.version, e.sequence) < (after.version, after.sequence)]
    page = tuple(seen[offset : offset + limit])
    more = bool(page) and (page[-1].version, page[-1].sequence) != (1, 0)
    return HistoryPage(page, total, Place.of(page[-1]) if more else None)


async def lead_as_of(*, store: Store, lead_id: str, actor: Actor, when: int | datetime) -> Standing:
    """One of the actor's own leads as it stood at a version or a moment, folded from its entries: two hops, one
    request and one more per 1,000 entries. Raises LeadNotFound, LeadNotThen."""
    file = await lead_of_actor(store=store, lead_id=lead_id, actor=actor)
    last = min(when, file.lead.version) if isinstance(when, int) else file.lead.version
    entries = await entries_between(store=store, lead_id=lead_id, first=1, last=last)
    if not isinstance(when, int):
        entries = up_to(entries, when)
    if not entries or (isinstance(when, int) and when != entries[-1].version):
        raise LeadNotThen(
            f"{lead_id} has versions 1 to {file.lead.version}, the first from {iso(file.lead.created_at)}.",
            details={"currentVersion": file.lead.version},
        )
    return _standing(filter(None, map(_Eye.of(file, actor).seen, entries)), entries[-1])


def _standing(seen: Iterable[Entry], newest: Entry) -> Standing:
    standing = Standing(newest.version, newest.at, {})
    for name, value in fold(seen).items():
        part, dot, member = name.partition(".")
        if dot:
            standing.parts.setdefault(part, {})[member] = value
        else:
            standing.lead[name] = value
    return standing


@dataclass(frozen=True)
class _Eye:
    """What of a lead's timeline one reader sees."""

    hidden: frozenset[str]
    customer: bool

    @classmethod
    def of(cls, file: LeadFile, actor: Actor) -> _Eye:
        unseen = [c.id for c in commissions_in(file) if not may_see_commission(c, actor)]
        unseen += [clawback_id(name) for name in unseen]
        unseen += [q.id for q in quotations_in(file) if not may_see_quotation(q, actor.role)]
        return cls(frozenset(unseen), actor.role is Role.CUSTOMER)

    @property
    def hides(self) -> bool:
        return self.customer or bool(self.hidden)

    def seen(self, entry: Entry) -> Entry | None:
        """The entry without what isn't for this reader; None if nothing is left."""
        if not self.hides:
            return entry
        changes = tuple(change for change in entry.changes if self._shows(change.field))
        if (entry.changes and not changes) or entry.facts.get("part") in self.hidden:
            return None
        seen = replace(entry, changes=changes)
        return seen.for_customers() if self.customer else seen

    def _shows(self, name: str) -> bool:
        part, dot, member = name.partition(".")
        shown = not self.customer or is_for_customers(member if dot else part)
        return shown and not (dot and part in self.hidden)
