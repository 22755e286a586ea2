"""Whether two commits' figures differ, or only vary. Plain statistics of what was measured in turn; nothing is run here.

Counts are compared as they are. Of times and sizes the logarithms are compared: by how much the medians of both sides
lie apart, against how much the turns of one side do. A row's own turns are too few to say that, so all rows of a
part and a figure are pooled. A difference is told only beyond four standard errors (of some five hundred rows one in
thirty runs then gets a false one), if no turn of one side lies among the other's, and if it is worth a word.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

COUNTS = ("requests", "hops", "count", "each")
AMOUNTS = ("bare", "own_ms", "p50_ms", "first_ms", "cpu_ms", "per_s", "seconds", "us", "kb", "mb")
MORE_IS_BETTER = ("per_s",)
ERRORS, WORTH = 4.0, 0.05
SMALL = {"p50_ms": 0.1, "first_ms": 0.5, "cpu_ms": 0.05, "own_ms": 0.05, "seconds": 0.02, "mb": 2.0, "kb": 0.5}
"""Differences below these aren't worth a word, whatever their ratio."""

Place = tuple[str, str, str]
"""Part, name and figure."""

Turns = Mapping[Place, list[float]]


@dataclass(frozen=True)
class Difference:
    """One row: the medians, ours as a multiple of the base's, the lowest and the highest that two turns give, and
    whether it is more than noise."""

    place: Place
    base: float
    ours: float
    ratio: float
    low: float
    high: float
    told: bool

    @property
    def verdict(self) -> str:
        """For people."""
        if not self.told:
            return ""
        figure = self.place[2]
        better = (self.ours > self.base) == (figure in MORE_IS_BETTER)
        return "BETTER" if better else "WORSE"


def differences(base: Turns, ours: Turns) -> list[Difference]:
    """All rows that both sides have, in the order of the base's."""
    both = [place for place in base if place in ours]
    noise = _noise([(place[:3:2], side[place]) for place in both for side in (base, ours)])
    return [_difference(place, base[place], ours[place], noise[place[:3:2]]) for place in both]


def _noise(found: list[tuple[tuple[str, ...], list[float]]]) -> dict[tuple[str, ...], float]:
    """By part and figure, the standard deviation of the turns' logarithms around the mean of their row and side."""
    squares: dict[tuple[str, ...], float] = defaultdict(float)
    freedom: dict[tuple[str, ...], int] = defaultdict(int)
    for kind, values in found:
        logarithms = [math.log(value) for value in values if value > 0]
        if len(logarithms) > 1:
            squares[kind] += statistics.variance(logarithms) * (len(logarithms) - 1)
            freedom[kind] += len(logarithms) - 1
    kinds = {kind for kind, _ in found}
    return {kind: math.sqrt(squares[kind] / freedom[kind]) if freedom[kind] else math.inf for kind in kinds}


def _difference(place: Place, base: list[float], ours: list[float], noise: float) -> Difference:
    one, other = statistics.median(base), statistics.median(ours)
    apart = min(ours) > max(base) or max(ours) < min(base)
    if min(*base, *ours) <= 0:  # nothing to divide by: only counts, and what took no time
        told = apart and place[2] in COUNTS
        ratio = 1.0 if one == other else math.inf
        return Difference(place, one, other, ratio, ratio, ratio, told)
    told = apart and (place[2] in COUNTS or _beyond(place[2], base, ours, noise))
    return Difference(place, one, other, other / one, min(ours) / max(base), max(ours) / min(base), told)


def _beyond(figure: str, base: list[float], ours: list[float], noise: float) -> bool:
    one, other = statistics.median(base), statistics.median(ours)
    own = max((statistics.stdev(map(math.log, side)) for side in (base, ours) if len(side) > 1), default=0.0)
    error = max(noise, own) * math.sqrt(1 / len(base) + 1 / len(ours))
    size = abs(math.log(other / one))
    return size > max(ERRORS * error, WORTH) and abs(other - one) > SMALL.get(figure, 0.0)
