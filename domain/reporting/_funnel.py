"""Counting the funnel: who stands at each stage, who ever reached it, and how long it took. Pure.

A lead has *reached* a stage if it ever stood in that one or in a later one, so that the counts never rise from
stage to stage, also where a lead was forced past some. It has *entered* only what it really stood in.

There may be 100,000 leads: each is only tallied, under what it has in common with others, and the tallies are
spread out over the groups once, at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

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

Stages = tuple[str, ...]
KamOf = Callable[[str], tuple[str, str]]
"""Id and name of a channel partner's key account manager; both empty if it has none."""


@dataclass
class Counts:
    """Of some leads: how many, and for each status how many stand there now, ever entered it, reached it."""

    leads: int = 0
    now: Counter[str] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)
    _furthest: Counter[int] = field(default_factory=Counter)

    def add(self, status: str, entered: Stages, leads: int) -> None:
        """So many more leads that stand in `status` and have entered these."""
        self.leads += leads
        self.now[status] += leads
        for stage in entered:
            self.entered[stage] += leads
        self._furthest[_furthest(entered)] += leads

    def include(self, other: Counts) -> None:
        """All the leads of another count too."""
        self.leads += other.leads
        self.now += other.now
        self.entered += other.entered
        self._furthest += other._furthest

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


class FunnelCount:
    """A funnel in the making."""

    def __init__(self, kam_of: KamOf) -> None:
        self._kam_of = kam_of
        self._since: dict[str, list[int]] = {}
        self._between: dict[tuple[str, str], list[int]] = {}
        self._tallies = {name: _Tally() for name in ("state", "partner", "kam", "month")}

    def add(self, leads: Sequence[Listed]) -> None:
        """Count some more. They come in the order of their creation, the oldest first."""
        kams = [self._kam_of(e.assigned_to) for e in leads]
        months = [_month(e.created) for e in leads]
        kinds = [(e.status, e.stages) for e in leads]
        for name, keys, names in (
            ("state", [e.state for e in leads], [e.state_name for e in leads]),
            ("partner", [e.assigned_to for e in leads], [e.partner_name for e in leads]),
            ("kam", [key for key, _ in kams], [name for _, name in kams]),
            ("month", months, months),
        ):
            self._tallies[name].add(keys, names, kinds)
        for listed in leads:
            if listed.waits:
                self._time(listed)

    def done(self) -> Funnel:
        """The funnel of all that were counted."""
        groups = {name: tally.groups() for name, tally in self._tallies.items()}
        whole = Counts()
        for group in groups["month"].values():
            whole.include(group)
        return Funnel(
            all=whole,
            by_state=groups["state"],
            by_partner=groups["partner"],
            by_kam=groups["kam"],
            by_month=groups["month"],
            since_created={stage: Waits(found) for stage, found in self._since.items()},
            between={pair: Waits(found) for pair, found in self._between.items()},
        )

    def _time(self, listed: Listed) -> None:
        stood, moves = _steps(listed.stages)
        for at, stage in stood:
            self._since.setdefault(stage, []).append(listed.waits[at])
        for left, came, pair in moves:
            self._between.setdefault(pair, []).append(listed.waits[came] - listed.waits[left])


class _Tally:
    """How many leads of each group have the same status and have entered the same ones."""

    def __init__(self) -> None:
        self._found: Counter[tuple[str, tuple[str, Stages]]] = Counter()
        self._names: dict[str, str] = {}

    def add(self, keys: Sequence[str], names: Sequence[str], kinds: Sequence[tuple[str, Stages]]) -> None:
        self._found.update(zip(keys, kinds, strict=True))
        self._names.update(zip(keys, names, strict=True))

    def groups(self) -> dict[str, Group]:
        """The newest lead of a group names it: spellings of a state and names of partners change."""
        groups = {key: Group(key=key, name=name) for key, name in self._names.items()}
        for (key, (status, entered)), leads in self._found.items():
            groups[key].add(status, entered, leads)
        return groups


@lru_cache(maxsize=4_096)
def _furthest(entered: Stages) -> int:
    return max((_PLACES[status] for status in entered if status in _PLACES), default=0)


@lru_cache(maxsize=4_096)
def _steps(stages: Stages) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, int, tuple[str, str]], ...]]:
    """Where in `stages` those of the funnel are; and the steps from one to a later one of the funnel. A stage
    that a lead was first in when it was forced back is no progress."""
    stood = tuple((at, stage) for at, stage in enumerate(stages) if stage in _PLACES)
    steps = ((left, came, (before, after)) for (left, before), (came, after) in pairwise(stood))
    return stood, tuple(step for step in steps if _PLACES[step[2][0]] < _PLACES[step[2][1]])


def _month(created: str) -> str:
    """The month in India, of a moment in UTC: the same one, except around the month's end."""
    return created[:7] if created[8:10] < "28" else _month_at_its_end(created[:16])


@lru_cache(maxsize=16_384)
def _month_at_its_end(minute: str) -> str:
    return (datetime.fromisoformat(minute) + _INDIA).strftime("%Y-%m")
