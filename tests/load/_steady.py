"""Whether something that was measured again and again stays as it is: growth told apart from a step and from noise. Pure.

Time is cut into periods, in each of which every timer of the platform ran once. What counts of a period is the least
that was measured in it: what a process gives back again isn't lost. The first periods are the warm-up, in which code
is loaded and pools fill. From then on something may grow in one step (a module that is needed for the first time,
memory that the allocator keeps), but not again and again.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise

WARM_UP = 2
"""Periods at the beginning that don't count."""

FEWEST = 4
"""Periods that have to follow; fewer tell nothing."""

Point = tuple[float, float]
"""Seconds, value."""


class Verdict(StrEnum):
    """What the least of each period came to."""

    STEADY = "steady"
    GROWS = "GROWS"
    JUMPED = "JUMPED"
    UNKNOWN = "too short to judge"


@dataclass(frozen=True)
class Limit:
    """`growth`: how much the whole plateau may rise beside its largest step; `step`: how large that may be."""

    growth: float
    step: float


@dataclass(frozen=True)
class Finding:
    """The least of the plateau's first and last period, its largest step, what it grew beside that over the whole
    plateau, and the same per hour."""

    verdict: Verdict
    first: float = 0.0
    last: float = 0.0
    step: float = 0.0
    growth: float = 0.0
    per_hour: float = 0.0


def judged(points: Sequence[Point], starts: Sequence[float], limit: Limit) -> Finding:
    """What to make of it. `starts` are the beginnings of the periods; the last period ends with the last point."""
    least = lowest(points, starts)[WARM_UP:]
    if len(least) < FEWEST:
        return Finding(Verdict.UNKNOWN)
    step, level = _without_step(least)
    seconds = level[-1][0] - level[0][0]
    slope = theil_sen(level)
    growth = max(slope * seconds, level[-1][1] - level[0][1])
    verdict = Verdict.STEADY
    if growth > limit.growth:
        verdict = Verdict.GROWS
    elif step > limit.step:
        verdict = Verdict.JUMPED
    return Finding(verdict, least[0][1], least[-1][1], step, growth, growth / seconds * 3600)


def lowest(points: Sequence[Point], starts: Sequence[float]) -> list[Point]:
    """The least of each period that was measured at all, at the period's beginning."""
    bounds = pairwise([*starts, float("inf")])
    periods = [(start, [value for at, value in points if start <= at < end]) for start, end in bounds]
    return [(start, min(values)) for start, values in periods if values]


def theil_sen(points: Sequence[Point]) -> float:
    """The median of the slopes between all pairs: a third of the points may lie anywhere, and it stays the same."""
    slopes = [(v2 - v1) / (t2 - t1) for (t1, v1), (t2, v2) in combinations(points, 2) if t2 > t1]
    return statistics.median(slopes) if slopes else 0.0


def _without_step(least: list[Point]) -> tuple[float, list[Point]]:
    """The largest rise from one period to the next, and the points as they would be without it.

    A leak that fills each period evenly has no step: what all rise by is left in.
    """
    rises = [later[1] - before[1] for before, later in pairwise(least)]
    at = max(range(len(rises)), key=rises.__getitem__)
    step = max(0.0, rises[at] - max(0.0, statistics.median(rises)))
    return step, [(t, v - step if number > at else v) for number, (t, v) in enumerate(least)]
