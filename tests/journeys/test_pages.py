"""What all lists have in common over real HTTP: which page, how to walk on, and days at the ends of the calendar."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from tests.journeys.conftest import Client, a_phone

LISTS = (
    *("/leads", "/quotations", "/commissions", "/customers", "/channel-partners", "/kams", "/notifications"),
    *("/services", "/masterdata/panels", "/settings/audit", "/reports/commissions", "/leads/{lead}/timeline"),
)
DAYS = (
    *(("/leads", "createdFrom", "createdTo"), ("/leads", "followUpFrom", "followUpTo")),
    *(("/leads", "dateFrom", "dateTo"), ("/leads/export", "createdFrom", "createdTo")),
    *(("/commissions", "from", "to"), ("/reports/funnel", "from", "to"), ("/reports/commissions", "from", "to")),
    *(("/dashboard/metrics", "dateFrom", "dateTo"), ("/notifications", "dateFrom", "dateTo")),
    ("/settings/audit", "dateFrom", "dateTo"),
)


class TestPage:
    @pytest.mark.parametrize("path", LISTS)
    def test_and_offset_that_say_otherwise_are_refused(self, admin, new_lead, path):
        path = path.format(lead=new_lead()["id"]) if "{" in path else path
        said = admin("GET", path, params={"page": 2, "offset": 7, "limit": 5})
        assert (said.status_code, set(said.json()["validationErrors"])) == (400, {"page"})
        for one_place in ({"page": 2}, {"offset": 5}, {"page": 2, "offset": 5}):
            assert admin("GET", path, params={**one_place, "limit": 5}).status_code == 200, one_place

    def test_of_the_settings_history_is_found_by_offset_too(self, admin):
        by_offset = admin("GET", "/settings/audit?offset=1&limit=1").json()["data"]
        assert by_offset == admin("GET", "/settings/audit?page=2&limit=1").json()["data"]
        assert (by_offset["offset"], by_offset["page"]) == (1, 2)


class TestDays:
    @pytest.mark.parametrize(("path", "first", "last"), DAYS)
    def test_at_both_ends_of_the_calendar_are_days_like_others(self, admin, path, first, last):
        for days in ({first: "0001-01-01"}, {last: "9999-12-31"}, {first: "0001-01-01", last: "9999-12-31"}):
            assert admin("GET", path, params=days).status_code == 200, days
        for days in ({last: "0001-01-01"}, {first: "9999-12-31"}):
            assert admin("GET", path, params=days).status_code == 200, days

    @pytest.mark.parametrize(("path", "first", "last"), DAYS)
    def test_in_the_wrong_order_are_refused(self, admin, path, first, last):
        said = admin("GET", path, params={first: "2026-03-02", last: "2026-03-01"})
        assert (said.status_code, set(said.json()["validationErrors"])) == (400, {last})

    def test_leave_out_what_is_outside(self, admin, new_lead):
        name = f"Outside {a_phone()}"
        new_lead(customerName=name)
        for days, found in (({"createdTo": "9999-12-31"}, 1), ({"createdFrom": "9999-12-31"}, 0)):
            said = admin("GET", "/leads", params={"search": name, **days}).json()["data"]
            assert said["total"] == found, days


@pytest.fixture(scope="module")
def partners(admin: Client) -> list[dict[str, Any]]:
    """Partners whose names aren't ASCII, the newest last."""
    made = []
    for name in ("José Énergie", "क्ष\u200dत्रिय सोलर", "Straße Solar"):
        said = admin("POST", "/channel-partners", json={"name": f"{name} Walk", "phone": a_phone()})
        assert said.status_code == 201, said.text
        made.append(said.json()["data"])
    return made


class TestPartners:
    def test_are_walked_by_a_cursor_without_loss(self, admin, partners):
        ids: list[str] = []
        query: dict[str, Any] = {"search": "walk", "limit": 1}
        data: dict[str, Any] = {"nextCursor": None}
        while "nextCursor" in data:
            cursor = {"cursor": data["nextCursor"]} if data["nextCursor"] else {}
            data = admin("GET", "/channel-partners", params={**query, **cursor}).json()["data"]
            ids += [p["id"] for p in data["items"]]
        assert ids == [p["id"] for p in reversed(partners)]

    def test_have_cursors_of_their_own(self, admin, kam, partners):
        cursor = admin("GET", "/channel-partners?limit=1").json()["data"]["nextCursor"]
        assert admin("GET", "/channel-partners", params={"limit": 1, "cursor": cursor}).status_code == 200
        for who, path, more in (
            (kam, "/channel-partners", {}),
            (admin, "/kams", {}),
            (admin, "/channel-partners", {"search": "walk"}),
            (admin, "/channel-partners", {"page": 1}),
            (admin, "/kams/KAM-1001/assigned-cps", {}),
        ):
            said = who("GET", path, params={"limit": 1, "cursor": cursor, **more})
            assert (said.status_code, set(said.json()["validationErrors"])) == (400, {"cursor"}), path
        assert admin("GET", "/channel-partners?cursor=made-up").status_code == 400

    def test_are_found_however_their_names_are_typed(self, admin, partners):
        def found(typed: str) -> list[str]:
            return [
                p["id"] for p in admin("GET", "/channel-partners", params={"search": typed}).json()["data"]["items"]
            ]

        jose, sun, street = (p["id"] for p in partners)
        for typed in ("josé éner", unicodedata.normalize("NFD", "JOSÉ walk"), "énergie"):
            assert found(typed) == [jose], typed
        assert found("क्षत्रिय") == found("सोल walk") == [sun]
        assert found("STRASSE") == [street]
        phone = partners[0]["phone"]
        assert found(f"{phone[3:8]} {phone[8:]}") == [jose]

    def test_have_a_timeline_in_pages(self, admin, partners):
        path = f"/channel-partners/{partners[0]['id']}"
        for number in range(3):
            assert admin("PATCH", path, json={"city": f"Surat {number}"}).status_code == 200
        whole = admin("GET", path + "/timeline").json()["data"]
        assert whole["total"] == len(whole["timeline"]) == 4
        second = admin("GET", path + "/timeline?limit=2&page=2").json()["data"]
        assert (second["timeline"], second["total"]) == (whole["timeline"][2:], 4)
