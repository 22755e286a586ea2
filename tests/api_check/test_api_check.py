"""A short `make api-check`: what follows from the document itself, as those roles that may do most."""

from __future__ import annotations

from pathlib import Path

from tests.api_check.check import check, table
from tests.conftest import started_backend


def test_no_answer_is_a_fault_or_undocumented(tmp_path: Path) -> None:
    """On a backend of its own: an Admin's requests change prices, and whatever else there is."""
    with started_backend(tmp_path, REQUEST_SECONDS="60", SENSITIVE_PER_MINUTE="1000000") as backend:
        done = check(
            backend,
            tmp_path,
            seed=1,
            examples=1,
            roles=("Customer", "KAM", "Admin"),
            phases="fuzzing",
            mode="positive",
            copies=2,
        )
    assert [one.said for one in done if one.failed] == []
    carried_out = {name for one in done for name, counts in one.answers.items() if any(s < 400 for s in counts)}
    assert len(carried_out) > 70, table(done)  # else it would only show how refusals look
