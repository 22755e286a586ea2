"""`make api-check`: requests made from the OpenAPI document, as each role and as nobody, against a real backend.

No answer may be a 5xx, have a status, a media type or a shape that the document doesn't name. SEED and EXAMPLES
(requests per operation and role, beside the ones that follow from the document) choose what is asked. Then, for
SECONDS, walks through the main job in whatever order, and a look whether all data still holds together.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.api_check.check import MAIN_JOB, check, table, walk
from tests.conftest import Backend, started_backend


def main() -> int:
    """1 if anything was wrong."""
    seed, examples = int(os.environ.get("SEED") or 1), int(os.environ.get("EXAMPLES") or 40)
    with (
        tempfile.TemporaryDirectory() as folder,
        started_backend(Path(folder), REQUEST_SECONDS="60", SENSITIVE_PER_MINUTE="1000000") as backend,
    ):
        done = check(backend, Path(folder), seed=seed, examples=examples)
        walked = walk(backend, Path(folder), seed=seed, seconds=int(os.environ.get("SECONDS") or 120))
        sound = holds_together(backend)
    done.append(walked)
    print(table(done))
    print(f"steps of the main job that were never carried out: {', '.join(walked.missing(MAIN_JOB)) or 'none'}")
    for one in done:
        print(one.said if one.failed else f"{one.role}: {one.requests} requests, nothing wrong")
    return 1 if any(one.failed for one in done) or not sound else 0


def holds_together(backend: Backend) -> bool:
    """Whether all invariants hold over what the requests have left."""
    command = [sys.executable, "-m", "local.command", "check_data"]
    environment = {**os.environ, "DATA": str(backend.data)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    print(f"check_data: {done.stdout.strip()[-500:] or done.stderr.strip()[-500:]}")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
