"""Lists of quotations, commissions and customers, newest first; the counters of the home screen. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from domain.leads import TERMINAL, WON_OR_LATER, LeadStatus
from domain.lists._collection import Collection, SortBy, customer_key
from domain.lists._filter import Test, found_in_lead
from domain.lists._listed import Listed
from domain.lists._part import Part
from domain.lists._portions import kept, portions
from domain.lists._search import Wanted, folded
from domain.quotations import QuotationStatus
from domain.values import Actor, Role, day_in_india, end_of_day_in_india, iso, start_of_day_in_india

_ACTIVE = (QuotationStatus.CREATED, QuotationStatus.SHARED, QuotationStatus.ACCEPTED)


@dataclass(frozen=True)
class QuotationFilter:
    """`owner` is whoever made it, has its lead, or may buy."""

    lead_id: str | None = None
    status: str | None = None
    owner: str | None = None
    customer_id: str | None = None
    search: str | None = None


@dataclass(frozen=True)
class CommissionFilter:
    """Days are days in India on which the commission was made, both ends included."""

    status: str | None = None
    partner_id: str | None = None
    first: date | None = None
    last: date | None = None
    search: str | None = None
    lead_id: str | None = None


def sees_lead(actor: Actor) -> Test | None:
    """What narrows a collection of all leads down to the actor's own; None if nothing has to."""
    if actor.role is Role.KAM:
        return lambda e: e.assigned_to in actor.partners
    return None


async def seen_in_order(collection: Collection, actor: Actor, sort_by: SortBy) -> Sequence[Listed]:
    """The leads that the actor may see, the smallest key first."""
    sees, leads = sees_lead(actor), collection.in_order(sort_by)
    return leads if sees is None else await kept(leads, sees)


def status_on(part: Part, day: date) -> str:
    """A quotation's status: a shared one whose last day is over is Expired, entered or not (cases.md 12)."""
    return status_of(part.status, part.valid_until, day)


def status_of(status: str, valid_until: str, day: date) -> str:
    """The same, of a stored status and a last day."""
    over = status == QuotationStatus.SHARED and valid_until < day.isoformat()
    return str(QuotationStatus.EXPIRED) if over else status


async def quotations(
    collection: Collection, wanted: QuotationFilter, actor: Actor, now: datetime
) -> Sequence[Part]:
    """The quotations that the actor sees and asks for, oldest first. Other requests go on meanwhile."""
    parts, tests = collection.quotations(), _tests_of(wanted, day_in_india(now))
    if sees := sees_lead(actor):
        tests.insert(0, lambda p: sees(p.listed))
    if actor.role is Role.CUSTOMER:
        shared = {str(q["id"]) for e in collection for q in e.quotations if "sharedAt" in q}
        tests.insert(0, lambda p: p.id in shared)
    for test in tests:
        parts = await kept(parts, test)
    return parts


def _tests_of(wanted: QuotationFilter, day: date) -> list[Callable[[Part], bool]]:
    tests: list[Callable[[Part], bool]] = []
    if wanted.lead_id:
        tests.append(lambda p: p.listed.id == wanted.lead_id)
    if wanted.customer_id:
        tests.append(lambda p: p.listed.customer_id == wanted.customer_id)
    if wanted.status:
        tests.append(lambda p: status_on(p, day) == wanted.status)
    if (owner := wanted.owner) is not None:
        tests.append(lambda p: owner in (p.owner, p.listed.assigned_to, p.listed.customer_id))
    if wanted.search and (typed := folded(wanted.search).strip()).startswith("quot-"):
        tests.append(lambda p: p.id.lower().startswith(typed))  # and not its siblings, by which a lead is found too
    elif wanted.search:
        tests.append(_found(Wanted(wanted.search)))
    return tests


def _found(text: Wanted) -> Callable[[Part], bool]:
    """Whether the part's id, or what its lead is found by, has the text."""
    return lambda p: text.found_in(f"{p.listed.words} {p.id.lower()}", p.listed.phone)


def commissions_seen(collection: Collection, actor: Actor) -> Sequence[Part]:
    """The commissions that the actor sees, whoever has the lead by now, oldest first."""
    parts = collection.commissions()
    match actor.role:
        case Role.ADMIN:
            return parts
        case Role.KAM:
            return [p for p in parts if p.owner in actor.partners]
        case Role.CP:
            return [p for p in parts if p.owner == actor.id]
    return []


async def commissions(seen: Sequence[Part], wanted: CommissionFilter) -> Sequence[Part]:
    """Those that are asked for, in the same order. Other requests go on meanwhile."""
    tests: list[Callable[[Part], bool]] = []
    if wanted.status:
        tests.append(lambda p: p.status.casefold() == (wanted.status or "").casefold())
    if wanted.partner_id:
        tests.append(lambda p: p.owner == wanted.partner_id)
    if wanted.first:
        start = iso(start_of_day_in_india(wanted.first))
        tests.append(lambda p: p.created >= start)
    if wanted.last:
        end = iso(end_of_day_in_india(wanted.last))
        tests.append(lambda p: p.created < end)
    if wanted.search:
        tests.append(_found(Wanted(wanted.search)))
    if wanted.lead_id:
        tests.append(lambda p: p.listed.id == wanted.lead_id)
    for test in tests:
        seen = await kept(seen, test)
    return seen


@dataclass(frozen=True)
class CustomerSeen:
    """A customer as the caller's leads tell of it: the newest one speaks (cases.md 29)."""

    id: str
    leads: tuple[Listed, ...]

    @property
    def newest(self) -> Listed:
        """The lead that speaks for the customer."""
        return max(self.leads, key=lambda e: (e.created, e.id))

    @property
    def orders(self) -> int:
        """How many of the leads were won."""
        return sum(e.status in WON_OR_LATER for e in self.leads)


async def customers(collection: Collection, search: str | None, actor: Actor) -> Sequence[str]:
    """The ids of the customers of the leads that the actor sees, in their order; `customer_seen` has one of them.
    Other requests go on meanwhile."""
    sees = sees_lead(actor)
    if sees is None and not search:
        return collection.customers()
    leads: Sequence[Listed] = collection.in_order(SortBy.CREATED)
    for test in [*([sees] if sees else []), *([found_in_lead(Wanted(search))] if search else [])]:
        leads = await kept(leads, test)
    still = (e for e in leads if collection.get(e.id) is e)  # meanwhile some may have gone elsewhere
    return sorted({e.customer_id for e in still}, key=customer_key)


def customer_seen(collection: Collection, customer_id: str, actor: Actor) -> CustomerSeen:
    """One customer with those of its leads that the actor sees."""
    sees, mine = sees_lead(actor), collection.by_customer()[customer_id].values()
    return CustomerSeen(customer_id, tuple(e for e in mine if sees is None or sees(e)))


@dataclass(frozen=True)
class Counters:
    """What the home screens count. Amounts are in paise; voided and clawed-back commissions count nowhere."""

    leads: int
    new: int
    in_progress: int
    due_today: int
    overdue: int
    accepted: int
    won: int
    active_quotations: int
    commission: int
    pending_commission: int
    updated_at: str


async def counters(collection: Collection, actor: Actor, now: datetime) -> Counters:
    """The counters over a caller's leads and commissions. Follow-ups count for leads that aren't terminal. Other
    requests go on meanwhile."""
    today = day_in_india(now)
    day = today.isoformat()
    leads = await seen_in_order(collection, actor, SortBy.FOLLOW_UP)
    found, last = Counter[tuple[str, str]](), ""
    async for portion in portions(leads):
        found.update(map(_STANDING, portion))
        last = max(last, *map(_UPDATED, portion))
    offers = await _alike(await quotations(collection, QuotationFilter(), actor, now))
    counted = [p for p in commissions_seen(collection, actor) if not p.ended]

    def sum_of(test: Callable[[str, str], bool]) -> int:
        return sum(many for (status, due), many in found.items() if test(status, due))

    return Counters(
        leads=found.total(),
        new=sum_of(lambda status, due: status == LeadStatus.NEW),
        in_progress=sum_of(lambda status, due: status not in TERMINAL and status != LeadStatus.NEW),
        due_today=sum_of(lambda status, due: status not in TERMINAL and due == day),
        overdue=sum_of(lambda status, due: status not in TERMINAL and due < day),
        accepted=sum_of(lambda status, due: status == LeadStatus.CUSTOMER_ACCEPTED),
        won=sum_of(lambda status, due: status in WON_OR_LATER),
        active_quotations=sum(many for offer, many in offers.items() if status_of(*offer, today) in _ACTIVE),
        commission=sum(p.amount for p in counted),
        pending_commission=sum(p.amount for p in counted if p.status.casefold() == "pending"),
        updated_at=last or iso(now),
    )


_STANDING: Callable[[Listed], tuple[str, str]] = attrgetter("status", "follow_up")
_UPDATED: Callable[[Listed], str] = attrgetter("updated")
_OFFER: Callable[[Part], tuple[str, str]] = attrgetter("status", "valid_until")


async def _alike(parts: Sequence[Part]) -> Counter[tuple[str, str]]:
    """How many quotations have the same status and the same last day."""
    found = Counter[tuple[str, str]]()
    async for portion in portions(parts):
        found.update(map(_OFFER, portion))
    return found
