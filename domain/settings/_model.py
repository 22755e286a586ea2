"""What the settings are, and which values they may have. Pure; what obeys them is elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from domain.errors import Fault
from domain.settings.errors import SettingsInvalid
from domain.timeline import Plain

T = TypeVar("T", bool, Decimal)

SESSION_TIMEOUT, TOKEN_EXPIRY = range(5, 1441), range(15, 4321)
"""Minutes that an Admin may choose (client-contract.md §8)."""

MOST_NAMES = 50
LONGEST = 10**12
"""No threshold is beyond this, nor has more than six decimals."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Settings:
    """`session_timeout_min` is how long staff may be inactive, `token_expiry_min` how long staff's access
    tokens last, both in minutes. Flags and thresholds are kept for the portal, which gives them their meaning:
    nothing in this backend depends on one. `version` is 0 until somebody changes something.
    """

    session_timeout_min: int = 30
    token_expiry_min: int = 240
    feature_flags: Mapping[str, bool] = field(default_factory=dict)
    thresholds: Mapping[str, Decimal] = field(default_factory=dict)
    updated_at: datetime | None = None
    updated_by: str | None = None
    version: int = 0
    last_hash: str = ""


DEFAULTS = Settings()
"""What counts as long as nobody has changed anything: domain.md "Sign-in", and the portal's own 4 hours."""


@dataclass(frozen=True)
class SettingsChange:
    """What is asked for: None leaves a value as it is. Flags and thresholds are changed name by name; a name
    with None goes."""

    session_timeout_min: int | None = None
    token_expiry_min: int | None = None
    feature_flags: Mapping[str, bool | None] = field(default_factory=dict)
    thresholds: Mapping[str, Decimal | None] = field(default_factory=dict)


def changed(settings: Settings, change: SettingsChange) -> Settings:
    """The settings after a change. Raises SettingsInvalid with every fault."""
    timeout, expiry = change.session_timeout_min, change.token_expiry_min
    after = replace(
        settings,
        session_timeout_min=settings.session_timeout_min if timeout is None else timeout,
        token_expiry_min=settings.token_expiry_min if expiry is None else expiry,
        feature_flags=_merged(settings.feature_flags, change.feature_flags),
        thresholds=_merged(settings.thresholds, change.thresholds),
    )
    faults = [*_faulty_minutes(after, change), *_faulty_names(after), *_faulty_thresholds(after)]
    if faults:
        raise SettingsInvalid("The settings can't be like this.", faults=faults)
    return after


def plain(settings: Settings) -> dict[str, Plain]:
    """The values as the timeline records them; thresholds as text, since they may have decimals."""
    return {
        "sessionTimeoutMin": settings.session_timeout_min,
        "tokenExpiryMin": settings.token_expiry_min,
        **{f"featureFlags[{name}]": on for name, on in sorted(settings.feature_flags.items())},
        **{f"thresholds[{name}]": f"{value:f}" for name, value in sorted(settings.thresholds.items())},
    }


def _merged(present: Mapping[str, T], change: Mapping[str, T | None]) -> dict[str, T]:
    return {name: value for name, value in {**present, **change}.items() if value is not None}


def _faulty_minutes(after: Settings, change: SettingsChange) -> Iterator[Fault]:
    for name, value, allowed in (
        ("sessionTimeoutMin", after.session_timeout_min, SESSION_TIMEOUT),
        ("tokenExpiryMin", after.token_expiry_min, TOKEN_EXPIRY),
    ):
        if value not in allowed:
            yield Fault(name, f"This must be {allowed[0]} to {allowed[-1]} minutes.")
    if after.token_expiry_min <= after.session_timeout_min:
        name = "tokenExpiryMin" if change.token_expiry_min is not None else "sessionTimeoutMin"
        yield Fault(name, "tokenExpiryMin must be more than sessionTimeoutMin.")


def _faulty_names(after: Settings) -> Iterator[Fault]:
    maps: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("featureFlags", after.feature_flags),
        ("thresholds", after.thresholds),
    )
    for where, names in maps:
        if any(not _NAME.fullmatch(name) for name in names):
            yield Fault(where, "A name is a letter, then up to 63 letters, digits, - or _.")
        if len(names) > MOST_NAMES:
            yield Fault(where, f"There can be at most {MOST_NAMES} names.")


def _faulty_thresholds(after: Settings) -> Iterator[Fault]:
    for value in after.thresholds.values():
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -6 or abs(value) > LONGEST:
            yield Fault(
                "thresholds", f"A threshold is a number from -{LONGEST} to {LONGEST} with at most six decimals."
            )
            return
