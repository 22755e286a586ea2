"""Counting the funnel: who stands at each stage, who ever reached it, and how long it took. Pure.

A lead has *reached* a stage if it ever stood in that one or in a later one, so that the counts never rise from
stage to stage, also where a lead was forced past some. It has *entered* only what it really stood in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from domain.leads import LeadStatus
from domain.lists import Listed

_S = LeadStatus
STAGES = (
    _S.NEW,
    _S.IN_DISCUSSION,
    _S.MEETING,
    _S.CUSTOMER_ACCEPTED,
    _S.WON,
    _S.PENDING,
    _S.UNDER_EXECUTION,
    _S.EXECUTED,
)
"""The funnel, in its order (mission.md §4). The other three statuses are outside of it."""

_PLACES = {str(stage): place for place, stage in enumerate(STAGES)}
_INDIA = timedelta(hours=5, minutes=30)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass
class Counts:
    """Of some leads: how many, and for each status how many stand there now, ever entered it, reached it."""

    leads: int = 0
    now: Counter[str] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)
    _furthest: Counter[int] = field(default_factory=Counter)

    def add(self, status: str, entered: Mapping[str, str], furthest: int) -> None:
        """One more lead."""
        self.leads += 1
        self.now[status] += 1
        self.entered.update(entered.keys())
        self._furthest[furthest] += 1

    @property
    def reached(self) -> dict[str, int]:
        """For each stage of the funnel, how many ever stood there or further on."""
        return {str(s): sum(n for f, n in self._furthest.items() if f >= p) for p, s in enumerate(STAGES)}


@dataclass
class Group(Counts):
    """The counts of one state, channel partner, KAM or month. `key` is empty where leads have none."""

    key: str = ""
    name: str = ""


@dataclass
class Waits:
    """How long something took, lead by lead, in milliseconds."""

    found: list[int] = field(default_factory=list)

    @property
    def median(self) -> timedelta | None:
        """The middle one, or halfway between the two in the middle (rounded down to a millisecond)."""
        if not self.found:
            return None
        ordered, half = sorted(self.found), len(self.found) // 2
        middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2
        return timedelta(milliseconds=middle)


@dataclass
class Funnel:
    """The counts of all leads asked for, and of each group of them.

    `since_created` has for each stage how long after its creation a lead first stood there; `between` has the
    times between stages that a lead stood in one after the other, in the funnel's direction.
    """

    all: Counts = field(default_factory=Counts)
    by_state: dict[str, Group] = field(default_factory=dict)
    by_partner: dict[str, Group] = field(default_factory=dict)
    by_kam: dict[str, Group] = field(default_factory=dict)
    by_month: dict[str, Group] = field(default_factory=dict)
    since_created: dict[str, Waits] = field(default_factory=dict)
    between: dict[tuple[str, str], Waits] = field(default_factory=dict)


def count_funnel(funnel: Funnel, listed: Listed, kam: tuple[str, str]) -> None:
    """Count one lead; `kam` is id and name of its partner's key account manager, both empty if there is none."""
    lead = listed.lead
    entered: Mapping[str, str] = lead.get("stageTimes") or {listed.status: listed.created}
    furthest = max((_PLACES[status] for status in entered if status in _PLACES), default=0)
    month = (datetime.fromisoformat(listed.created) + _INDIA).strftime("%Y-%m")
    for counts in (
        funnel.all,
        _group(funnel.by_state, listed.state, lead.get("state")),
        _group(funnel.by_partner, listed.assigned_to, lead.get("assignedName")),
        _group(funnel.by_kam, *kam),
        _group(funnel.by_month, month, month),
    ):
        counts.add(listed.status, entered, furthest)
    _time(funnel, entered, listed.created)


def _group(groups: dict[str, Group], key: str, name: Any) -> Group:
    """The newest lead of a group names it: spellings of a state and names of partners change."""
    group = groups.setdefault(key, Group(key=key))
    group.name = str(name or "")
    return group


def _time(funnel: Funnel, entered: Mapping[str, str], created: str) -> None:
    if len(entered) < 2:
        return
    start = datetime.fromisoformat(created)
    path = sorted((datetime.fromisoformat(at), _PLACES[s], s) for s, at in entered.items() if s in _PLACES)
    for at, _, stage in path:
        funnel.since_created.setdefault(stage, Waits()).found.append((at - start) // _MILLISECOND)
    for (left, before, from_), (came, after, to) in pairwise(path):
        if before < after:  # a stage that a lead was first in when it was forced back is no progress
            funnel.between.setdefault((from_, to), Waits()).found.append((came - left) // _MILLISECOND)
