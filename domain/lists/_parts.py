"""Lists of quotations, commissions and customers, newest first; the counters of the home screen. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.leads import TERMINAL, WON_OR_LATER, LeadStatus
from domain.lists._collection import Collection, Part, SortBy
from domain.lists._filter import Test
from domain.lists._listed import NO_DATE, Listed
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


def seen_in_order(collection: Collection, actor: Actor, sort_by: SortBy) -> Sequence[Listed]:
    """The leads that the actor may see, the smallest key first."""
    sees, leads = sees_lead(actor), collection.in_order(sort_by)
    return leads if sees is None else [lead for lead in leads if sees(lead)]


def status_on(part: Part, day: date) -> str:
    """A quotation's status: a shared one whose last day is over is Expired, entered or not (cases.md 12)."""
    over = part.status == QuotationStatus.SHARED and part.valid_until < day.isoformat()
    return str(QuotationStatus.EXPIRED) if over else part.status


def quotations(collection: Collection, wanted: QuotationFilter, actor: Actor, now: datetime) -> Sequence[Part]:
    """The quotations that the actor sees and asks for, oldest first."""
    day, sees = day_in_india(now), sees_lead(actor)
    parts: Iterable[Part] = collection.quotations()
    if sees:
        parts = [p for p in parts if sees(p.listed)]
    if actor.role is Role.CUSTOMER:
        shared = {str(q["id"]) for e in collection for q in e.quotations if "sharedAt" in q}
        parts = [p for p in parts if p.id in shared]
    for test in _tests_of(wanted, day):
        parts = [p for p in parts if test(p)]
    return list(parts)


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


def commissions(seen: Sequence[Part], wanted: CommissionFilter) -> Sequence[Part]:
    """Those that are asked for, in the same order."""
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
        seen = [p for p in seen if test(p)]
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


def customers(collection: Collection, search: str | None, actor: Actor) -> Sequence[CustomerSeen]:
    """The customers of the leads that the actor sees, in the order of their ids."""
    sees, wanted = sees_lead(actor), Wanted(search) if search else None
    found = []
    for customer_id, mine in collection.by_customer().items():
        own = tuple(e for e in mine.values() if sees is None or sees(e))
        if own and (wanted is None or any(wanted.found_in(e.words, e.phone) for e in own)):
            found.append(CustomerSeen(customer_id, own))
    return sorted(found, key=customer_key)


def customer_key(customer: CustomerSeen) -> tuple[str, str]:
    """A customer's place in the list; ids count upward, so shorter ones come first."""
    return f"{len(customer.id):04d}", customer.id


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


def counters(collection: Collection, actor: Actor, now: datetime) -> Counters:
    """The counters over a caller's leads and commissions. Follow-ups count for leads that aren't terminal."""
    leads = seen_in_order(collection, actor, SortBy.FOLLOW_UP)
    today = day_in_india(now)
    day = today.isoformat()
    live = [e for e in leads if e.status not in TERMINAL]
    due = [e for e in live if e.follow_up <= day and e.follow_up != NO_DATE]
    parts = quotations(collection, QuotationFilter(), actor, now)
    counted = [p for p in commissions_seen(collection, actor) if not p.ended]
    return Counters(
        leads=len(leads),
        new=sum(e.status == LeadStatus.NEW for e in leads),
        in_progress=sum(e.status != LeadStatus.NEW for e in live),
        due_today=sum(e.follow_up == day for e in due),
        overdue=sum(e.follow_up < day for e in due),
        accepted=sum(e.status == LeadStatus.CUSTOMER_ACCEPTED for e in leads),
        won=sum(e.status in WON_OR_LATER for e in leads),
        active_quotations=sum(status_on(p, today) in _ACTIVE for p in parts),
        commission=sum(p.amount for p in counted),
        pending_commission=sum(p.amount for p in counted if p.status.casefold() == "pending"),
        updated_at=max((e.updated for e in leads), default=iso(now)),
    )
