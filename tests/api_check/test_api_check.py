"""A short `make api-check`: what follows from the document itself, as those roles that may do most."""

from __future__ import annotations

from pathlib import Path

from tests.api_check.check import Plan, check
from tests.api_check.summary import table
from tests.conftest import started_backend


def test_no_answer_is_a_fault_or_undocumented(tmp_path: Path) -> None:
    """On a backend of its own: an Admin's requests change prices, and whatever else there is."""
    with started_backend(tmp_path, REQUEST_SECONDS="60", SENSITIVE_PER_MINUTE="1000000") as backend:
        plan = Plan(examples=1, phases="fuzzing", mode="positive")
        roles = ("Customer", "KAM", "Admin")
        done = list(check(backend, tmp_path, plan, roles=roles, copies=2, quiet=True))
    assert [one.said for one in done if one.failed] == []
    carried_out = {name for one in done for name, counts in one.answers.items() if any(s < 400 for s in counts)}
    assert len(carried_out) > 70, table(done)  # else it would only show how refusals look
