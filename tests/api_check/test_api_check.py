"""A short `make api-check`: what follows from the document itself, as those roles that may do most."""

from __future__ import annotations

import pytest

from tests.api_check.check import check, table
from tests.conftest import Backend


def test_no_answer_is_a_fault_or_undocumented(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> None:
    done = check(
        backend,
        tmp_path_factory.mktemp("api-check"),
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
