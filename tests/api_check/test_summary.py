"""What `make api-check` says at the end and on its way: figures, verdicts, and what nobody met."""

from __future__ import annotations

import io
import json
from pathlib import Path

from tests.api_check import ANOTHER_METHOD
from tests.api_check.progress import Progress
from tests.api_check.summary import Checked, answers_in, never_met, table

TOLD = {"ReadLead": frozenset({200, 404}), "EditLead": frozenset({200, 412, 503})}
ANSWERS = {"ReadLead": {200: 3, 404: 1}, "EditLead": {200: 2}, ANOTHER_METHOD: {405: 1}}
PARTNER = Checked("CP", failed=False, said="", answers=ANSWERS, seconds=12.4)


class TestChecked:
    def test_tells_its_figures_and_its_verdict(self) -> None:
        assert PARTNER.line(TOLD) == (
            "CP: nothing wrong. 7 requests to 2 operations in 12 s; 3 of their 5 documented answers were met.\n"
            "    200×5 404×1 405×1"
        )

    def test_tells_what_is_wrong_and_that_it_was_interrupted(self) -> None:
        said = Checked("CP", failed=True, said="", answers={}, seconds=1, interrupted=True).line(TOLD)
        assert said.startswith("CP: WRONG ANSWERS, see above until it was interrupted. 0 requests to 0 operations")

    def test_misses_what_was_only_refused(self) -> None:
        refused = Checked("CP", failed=False, said="", answers={"EditLead": {412: 9}}, seconds=1)
        assert refused.missing(["EditLead", "ReadLead"]) == ["EditLead", "ReadLead"]
        assert PARTNER.missing(["EditLead", "ReadLead"]) == []


class TestSummary:
    def test_names_the_documented_statuses_that_nobody_met(self) -> None:
        assert never_met([PARTNER], TOLD) == ("documented, and met by nobody:\n  412: EditLead\n  503: EditLead")

    def test_has_a_column_for_each_role(self) -> None:
        other = Checked("KAM", failed=False, said="", answers={"EditLead": {412: 9}}, seconds=1)
        assert [line.split() for line in table([PARTNER, other]).splitlines()] == [
            ["done/asked", "CP", "KAM"],
            [ANOTHER_METHOD, "0/1", "-"],
            ["EditLead", "2/2", "0/9"],
            ["ReadLead", "3/4", "-"],
        ]


class TestProgress:
    def test_says_how_far_it_is_in_plain_lines(self, tmp_path: Path) -> None:
        counts, out = tmp_path / "answers.json", io.StringIO()
        progress = Progress("CP", counts, operations=127, out=out)
        assert answers_in(counts) == {}
        counts.write_text(json.dumps({"ReadLead 200": 1200, "ReadLead 404": 1, f"{ANOTHER_METHOD} 405": 2}))
        progress.end()
        assert out.getvalue() == (
            "CP            0 s  operation   1 of 127    1203 requests  200×1200 404×1 405×2\n"
        )
