"""`make api-check`: requests made from the OpenAPI document, as each role and as nobody, against a real backend.

No answer may be a 5xx, have a status, a media type or a shape that the document doesn't name. SEED and EXAMPLES
(requests per operation and role, beside the ones that follow from the document) choose what is asked.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.api_check.check import check, table
from tests.conftest import started_backend


def main() -> int:
    """1 if anything was wrong."""
    seed, examples = int(os.environ.get("SEED") or 1), int(os.environ.get("EXAMPLES") or 40)
    with (
        tempfile.TemporaryDirectory() as folder,
        started_backend(Path(folder), REQUEST_SECONDS="60", SENSITIVE_PER_MINUTE="1000000") as backend,
    ):
        done = check(backend, Path(folder), seed=seed, examples=examples)
    print(table(done))
    for one in done:
        print(one.said if one.failed else f"{one.role}: {one.requests} requests, nothing wrong")
    return 1 if any(one.failed for one in done) else 0


if __name__ == "__main__":
    sys.exit(main())
