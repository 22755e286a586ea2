"""Wrong tries and the lock that follows, for one-time codes and passwords alike. No storage here.

domain.md "Sign-in": 5 wrong tries lock for 15 minutes. A count ends with a right try, with the end of a lock,
or 15 minutes after its last wrong try; a new code doesn't end it, or guessing would be free.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_WRONG_TRIES = 5
LOCK = timedelta(minutes=15)


@dataclass(frozen=True)
class Tries:
    """How many wrong tries are counted, when the last one was, and until when that locks."""

    wrong: int = 0
    last_wrong: datetime | None = None
    locked_until: datetime | None = None

    def locked_for(self, at: datetime) -> int:
        """Whole seconds until the lock ends, rounded up; 0 if there is none."""
        if self.locked_until is None or self.locked_until <= at:
            return 0
        return math.ceil((self.locked_until - at).total_seconds())

    def after_wrong(self, at: datetime) -> Tries:
        """With one more wrong try, which may be the one that locks."""
        over = self.last_wrong is None or self.last_wrong + LOCK <= at
        ended = self.locked_until is not None and self.locked_until <= at
        wrong = 1 if over or ended else self.wrong + 1
        return Tries(wrong, at, at + LOCK if wrong >= MAX_WRONG_TRIES else None)


NO_TRIES = Tries()
