"""`make api-check`: requests made from the OpenAPI document, as each role and as nobody, against a real backend.

No answer may be a 5xx, have a status, a media type or a shape that the document doesn't name. First come, for SECONDS,
walks through the main job in whatever order; then each role has SECONDS of requests; then comes a look whether all data
still holds together. SEED and EXAMPLES (generated requests per operation and round, beside the ones that follow from the document)
choose what is asked. SECONDS=0 asks each role all that follows from the document, without a time box.

Exit: 0 nothing wrong, 1 something is, 130 interrupted before anything was found. Ctrl-C gives the summary of what was
done until then.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

from tests.api_check.check import MAIN_JOB, Plan, check, walk
from tests.api_check.summary import Checked, documented, never_met, table
from tests.conftest import Backend, started_backend

WALKS = 120
"""Seconds of walks where the rest has no time box."""
INTERRUPTED = 130


def main() -> int:
    """The exit code."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    plan = Plan(seed=_number("SEED", 1), examples=_number("EXAMPLES", 40), seconds=_number("SECONDS", 120))
    done: list[Checked] = []
    sound = True
    with (
        tempfile.TemporaryDirectory() as folder,
        started_backend(Path(folder), apart=True, REQUEST_SECONDS="60", SENSITIVE_PER_MINUTE="1000000") as backend,
    ):
        told = documented(backend)
        try:
            done.append(walk(backend, Path(folder), seed=plan.seed, seconds=plan.seconds or WALKS))
            if not done[0].interrupted:
                done += check(backend, Path(folder), plan)
            if not any(one.interrupted for one in done):
                sound = holds_together(backend)
        except KeyboardInterrupt:
            print("interrupted")
    print(summary(done, told))
    if any(one.failed for one in done) or not sound:
        return 1
    return 0 if done and not any(one.interrupted for one in done) else INTERRUPTED


def summary(done: list[Checked], told: dict[str, frozenset[int]]) -> str:
    """What there is to know at the end; what is wrong comes first, since it is long."""
    parts = [one.said for one in done if one.failed]
    parts += [table(done), never_met(done, told), *(one.line(told) for one in done)]
    walked = [one for one in done if one.operations <= set(MAIN_JOB)]
    parts += [
        f"steps of the main job that were never carried out: {', '.join(one.missing(MAIN_JOB)) or 'none'}"
        for one in walked
    ]
    return "\n\n".join(parts)


def holds_together(backend: Backend) -> bool:
    """Whether all invariants hold over what the requests have left."""
    command = [sys.executable, "-m", "local.command", "check_data"]
    environment = {**os.environ, "DATA": str(backend.data)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    print(f"check_data: {done.stdout.strip()[-500:] or done.stderr.strip()[-500:]}")
    return done.returncode == 0


def _number(name: str, otherwise: int) -> int:
    return int(os.environ.get(name) or otherwise)


def _as_interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
