"""Lists answer the members that they name, and no other column of a row."""

from __future__ import annotations

from typing import Any

from functions.models.listed import LeadItem, QuotationItem, only


def a_row(**columns: Any) -> dict[str, Any]:
    return {"id": "QUOT-100101", "status": "Created", "systemKW": 3, **columns}


class TestOnly:
    def test_leaves_out_what_the_item_does_not_name(self) -> None:
        row = a_row(provenance='{"discount":["ADMIN-1001","Asha"]}', pdf="c0ff", catalogueVersion=2, writeId="x")
        assert only(QuotationItem, row) == a_row()

    def test_leaves_out_times_that_are_for_reports(self) -> None:
        assert only(LeadItem, {"id": "LEAD-1001", "stageTimes": {}}) == {"id": "LEAD-1001"}
