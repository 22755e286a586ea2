"""docs/clients.md names every call that isn't answered as its client expects, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journeys.clients import test_cp_app as cp
from tests.journeys.clients import test_customer_app as customer
from tests.journeys.clients import test_portal as portal
from tests.journeys.clients.calls import Call
from tests.journeys.clients.reading import count, each, faults, filled, page, rupees, some

PAGE = Path(__file__).parents[3] / "docs" / "clients.md"
ALL: dict[str, tuple[Call, ...]] = {
    "CP": cp.CALLS,
    "CUSTDOC": customer.CALLS,
    "CUST": customer.EARLY_CALLS,
    "WEB": portal.CALLS,
}


def test_has_a_row_for_each_call_that_is_not_met() -> None:
    rows = re.findall(r"^\| (\w+) \| `([A-Z]+ /[^`]+)` \|", PAGE.read_text(), re.MULTILINE)
    unmet = {(client, call.endpoint) for client, calls in ALL.items() for call in calls if not call.met}
    assert set(rows) == unmet
    assert len(rows) == len(unmet)


@pytest.mark.parametrize(
    ("shape", "value", "found"),
    [
        ({"a": filled}, {"a": " "}, ["body.a: not a text with something in it but ' '"]),
        ({"a": filled}, {}, ["body.a: missing"]),
        ({"a?": filled}, {"a": None}, []),
        ({"a?": filled}, {"a": 1}, ["body.a: not a text with something in it but 1"]),
        ({"a": some(count)}, {"a": []}, ["body.a: empty"]),
        ({"a": each({"b": count})}, {"a": [{"b": -1}]}, ["body.a: [0].b: not a whole number from 0 on but -1"]),
        ({"a": rupees}, {"a": "5"}, ["body.a: not rupees, two decimals at most but '5'"]),
        (
            page(filled),
            {"items": ["x"], "total": 1, "limit": 0, "offset": 0},
            ["body.limit: not a number above 0 but 0"],
        ),
        ({"a": filled}, [], ["body: not an object but []"]),
    ],
)
def test_the_readers_find_what_they_cannot_read(shape: object, value: object, found: list[str]) -> None:
    assert faults(shape, value) == found
