"""How many people come when, and what is asked of the backend meanwhile. Standard library only: locust reads it too."""

from __future__ import annotations

import os
from dataclasses import dataclass

THINK = 10.0
"""Mean seconds between the actions of one person."""


@dataclass(frozen=True)
class Stage:
    """A time with a number of users. `ramp` and `hold` are seconds; `p95` is the budget in ms while it holds,
    `bunched` lets everybody act on whole seconds, so that a second's requests arrive in one moment."""

    name: str
    users: int
    ramp: float
    hold: float
    p95: float
    source: str
    bunched: bool = False


SHARES = {"partner": 0.7, "customer": 0.2, "staff": 0.1}
QUICK = os.environ.get("QUICK", "") not in ("", "0")
SCALE = float(os.environ.get("SCALE") or (0.1 if QUICK else 1.0))
"""How many of the people of each stage come; less than 1 to try it out, and then the figures say little."""

SECONDS = float(os.environ.get("SECONDS") or (60 if QUICK else 600))
"""All stages together."""

_PLAN = (
    Stage("400 users", 400, 0.05, 0.20, 300, "design.md §7, domain.md: 2 s"),
    Stage("600 users", 600, 0.03, 0.30, 300, "design.md §7"),
    Stage("bursts of 60", 600, 0.0, 0.12, 2_000, "domain.md: 60 requests/s in bursts", bunched=True),
    Stage("spike to 1,200", 1_200, 0.02, 0.15, 5_000, "domain.md: 5 s, at twice the peak"),
    Stage("600 users again", 600, 0.03, 0.10, 300, "design.md §7: it recovers"),
)


def planned() -> list[Stage]:
    """The stages of this run."""
    if os.environ.get("MINUTES"):
        return [_soak(float(os.environ["MINUTES"]) * 60)]
    return [
        Stage(s.name, _scaled(s.users), s.ramp * SECONDS, s.hold * SECONDS, s.p95, s.source, s.bunched)
        for s in _PLAN
    ]


def _soak(seconds: float) -> Stage:
    users = int(os.environ.get("USERS") or 200)
    return Stage(f"soak, {users} users", users, min(30.0, seconds * 0.1), seconds, 300, "design.md §7")


def _scaled(users: int) -> int:
    return max(10, round(users * SCALE))


def people() -> dict[str, int]:
    """How many of each kind are needed at the most, with some to spare."""
    most = max(stage.users for stage in planned())
    return {kind: max(2, round(most * share) + 3) for kind, share in SHARES.items()}


def stage_at(seconds: float) -> tuple[Stage, bool] | None:
    """The stage so many seconds after the start, and whether it holds already; None when all is over."""
    began = 0.0
    for stage in planned():
        if seconds < began + stage.ramp + stage.hold:
            return stage, seconds >= began + stage.ramp
        began += stage.ramp + stage.hold
    return None
