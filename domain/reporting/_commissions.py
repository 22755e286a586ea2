"""What commissions come to: by state, by channel partner and by project (lead). Exact, in paise."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain import lists
from domain.commissions import CommissionStatus
from domain.lists import Collection, CommissionFilter, Part
from domain.values import Actor, Money


class State(StrEnum):
    """What has become of a commission; each is in exactly one of these."""

    PENDING = "pending"
    APPROVED = "approved"
    PAID = "paid"
    VOIDED = "voided"
    CLAWED_BACK = "clawedBack"


@dataclass
class Sums:
    """Counts and paise of some commissions in each state; `returned` is the part of what was clawed back that
    had been paid. `key` is a partner's or a lead's id."""

    key: str = ""
    name: str = ""
    partner_id: str = ""
    partner_name: str = ""
    counts: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    paise: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    returned: int = 0

    def add(self, state: State, paise: int, *, was_paid: bool) -> None:
        """One more commission."""
        self.counts[state] += 1
        self.paise[state] += paise
        if state is State.CLAWED_BACK and was_paid:
            self.returned += paise

    def amount(self, state: State) -> Money:
        """The sum of those in this state."""
        return Money(self.paise[state])

    @property
    def earned(self) -> Money:
        """Approved or paid, and not clawed back."""
        return Money(self.paise[State.APPROVED] + self.paise[State.PAID])

    @property
    def balance(self) -> Money:
        """What is still to be paid out: approved and unpaid, less what was paid and then clawed back. Below
        zero where the partner has to give back."""
        return Money(self.paise[State.APPROVED] - self.returned)


@dataclass
class CommissionReport:
    """The sums of all commissions asked for, of each partner in the order of ids, and of each project, the one
    with the newest commission first."""

    all: Sums = field(default_factory=Sums)
    partners: list[Sums] = field(default_factory=list)
    projects: list[Sums] = field(default_factory=list)


_SUMMED = 500
"""So many are summed up within a few milliseconds."""


@dataclass(frozen=True)
class CommissionWish:
    """Which commissions count; `made` is about the partner and the day of making."""

    made: CommissionFilter = field(default_factory=CommissionFilter)
    state: State | None = None


async def commission_report(*, collection: Collection, wanted: CommissionWish, actor: Actor) -> CommissionReport:
    """The report over the commissions that the actor sees, whoever has their leads by now."""
    parts = await lists.commissions(lists.commissions_seen(collection, actor), wanted.made)
    total, partners, projects = Sums(), dict[str, Sums](), dict[str, Sums]()
    sees = lists.sees_lead(actor)
    async for some in lists.portions(parts[::-1], _SUMMED):
        for part in some:
            state = state_of(part)
            if wanted.state not in (None, state):
                continue
            owner, name, listed = part.owner, part.owner_name, part.listed
            if owner not in partners:
                partners[owner] = Sums(owner, name, owner, name)
            if listed.id not in projects:
                whose = listed.customer_name if sees is None or sees(listed) else ""
                projects[listed.id] = Sums(listed.id, whose, owner, name)
            for sums in (total, partners[owner], projects[listed.id]):
                sums.add(state, part.amount, was_paid=part.was_paid)
    return CommissionReport(
        total, [partners[key] for key in sorted(partners, key=_by_number)], [*projects.values()]
    )


def is_pending(part: Part) -> bool:
    """Whether it waits for its approval."""
    return part.status == CommissionStatus.PENDING


def state_of(part: Part) -> State:
    """What has become of a listed commission."""
    if part.ended and part.status != CommissionStatus.VOIDED:
        return State.CLAWED_BACK
    return _STATES[part.status]


_STATES = {str(state): state for state in State}


def _by_number(partner_id: str) -> tuple[int, str]:
    return len(partner_id), partner_id
