"""Notifications over real HTTP: who is told what, polled as the apps do, exactly once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.journeys.conftest import Client

Made = Callable[..., dict[str, Any]]
ITEM = {"id", "title", "message", "type", "severity", "read", "createdAt", "readAt", "metadata"}


def told(who: Client, lead: dict[str, Any], action: str, *, times: int = 1) -> list[dict[str, Any]]:
    """What somebody was told of a lead; waits for it, since it is told after the answer."""
    found: list[dict[str, Any]] = []
    for _ in range(100):
        said = who("GET", "/notifications?limit=100").json()["data"]["notifications"]
        found = [n for n in said if n["metadata"].get("leadId") == lead["id"] and n["metadata"]["action"] == action]
        if len(found) >= times:
            break
        time.sleep(0.05)
    assert len(found) == times
    return found


def settled(partner: Client, lead: dict[str, Any]) -> None:
    """After another change of the same lead has been told, all before it has been."""
    partner("PATCH", f"/leads/{lead['id']}", json={"city": "Surat"})
    time.sleep(0.5)


class TestAcceptance:
    def test_is_told_once_of_20_parallel_accepts(
        self,
        new_lead: Made,
        shared_quotation: Made,
        by_phone: Callable[[str], Client],
        phone: str,
        partner: Client,
        kam: Client,
        admin: Client,
    ) -> None:
        lead = new_lead()
        first, _ = shared_quotation(lead["id"]), shared_quotation(lead["id"])
        customer = by_phone(phone)
        assert [n["message"] for n in told(customer, lead, "QuotationShared", times=2)]
        with ThreadPoolExecutor(20) as pool:
            path = f"/quotations/{first['id']}/accept"
            answers = list(pool.map(lambda _: customer("PATCH", path, json={}).status_code, range(20)))
        assert set(answers) == {200}
        for who in (partner, kam, admin):
            told(who, lead, "QuotationAccepted")
        settled(partner, lead)
        for who, title in (
            (partner, "Quotation accepted"),
            (kam, "Quotation accepted"),
            (admin, "Lead to finalize"),
        ):
            [said] = told(who, lead, "QuotationAccepted")
            assert set(said) == ITEM and said["title"] == title and said["read"] is False
            assert said["metadata"]["quotationId"] == first["id"]
        assert told(customer, lead, "QuotationAccepted", times=0) == []
        assert told(partner, lead, "QuotationRejected", times=0) == []

    def test_names_no_amount_to_the_customer(
        self, new_lead: Made, shared_quotation: Made, by_phone: Callable[[str], Client], phone: str
    ) -> None:
        lead = new_lead()
        shared_quotation(lead["id"])
        [said] = told(by_phone(phone), lead, "QuotationShared")
        assert "₹" not in str(said) and "Paise" not in str(said) and said["type"] == "quotation"


class TestCommission:
    def test_is_told_to_its_partner_and_the_move_to_customer_and_kam(
        self,
        new_lead: Made,
        shared_quotation: Made,
        by_phone: Callable[[str], Client],
        phone: str,
        partner: Client,
        kam: Client,
        admin: Client,
    ) -> None:
        lead = new_lead()
        quotation, customer = shared_quotation(lead["id"]), by_phone(phone)
        customer("PATCH", f"/quotations/{quotation['id']}/accept", json={})
        tag = partner("GET", f"/leads/{lead['id']}").headers["ETag"]
        body = {"status": "Won", "remarks": "Details verified", "quotationRef": quotation["id"]}
        won = partner("PATCH", f"/leads/{lead['id']}/status", json=body, headers={"If-Match": tag})
        assert won.status_code == 200, won.text
        [said] = told(partner, lead, "CommissionCreated")
        assert said["type"] == "commission" and said["metadata"]["commissionId"].startswith("COMM-")
        assert told(customer, lead, "StatusChanged")[0]["severity"] == "success"
        assert told(kam, lead, "StatusChanged")[0]["title"] == "Lead moved to Won"
        assert told(partner, lead, "StatusChanged", times=0) == []  # it did so itself
        commission = said["metadata"]["commissionId"]
        for status, more in (
            ("Pending at Solarium", {}),
            ("Under Execution", {"tokenNumber": "TKN-7"}),
            ("Executed", {}),
        ):
            moved = {"status": status, "remarks": "Going on as planned", **more}
            assert partner("PATCH", f"/leads/{lead['id']}/status", json=moved).status_code == 200
        due = [n for n in told(admin, lead, "StatusChanged") if n["title"] == "Commission to approve"]
        assert len(due) == 1
        tag = {"If-Match": admin("GET", f"/commissions/{commission}").headers["ETag"]}
        assert admin("PATCH", f"/commissions/{commission}/approve", json={}, headers=tag).status_code == 200
        [approved] = told(partner, lead, "CommissionApproved")
        assert approved["title"] == "Commission approved" and "₹" in approved["message"]


class TestInbox:
    @pytest.fixture
    def customer(
        self, new_lead: Made, shared_quotation: Made, by_phone: Callable[[str], Client], phone: str
    ) -> Client:
        lead = new_lead()
        shared_quotation(lead["id"])
        shared_quotation(lead["id"])
        client = by_phone(phone)
        told(client, lead, "QuotationShared", times=2)
        return client

    def test_is_in_the_shape_of_all_apps(self, customer: Client) -> None:
        asked = "?page=1&limit=1&status=unread&sortBy=createdAt&sortOrder=desc"
        said = customer("GET", "/notifications" + asked).json()
        data = said["data"]
        names = {"notifications", "items", "total", "unreadCount", "page", "limit", "totalPages", "offset"}
        assert set(data) == names and {n: said[n] for n in names} == data
        assert (data["total"], data["unreadCount"], data["page"], data["limit"], data["totalPages"]) == (
            2,
            2,
            1,
            1,
            2,
        )
        [newest] = data["notifications"]
        older = customer("GET", "/notifications?page=2&limit=1").json()["data"]["items"][0]
        assert newest["createdAt"] > older["createdAt"] and newest["id"] != older["id"]

    def test_is_304_until_something_changes(self, customer: Client) -> None:
        first = customer("GET", "/notifications")
        tag = {"If-None-Match": first.headers["ETag"]}
        assert customer("GET", "/notifications", headers=tag).status_code == 304
        customer("PATCH", "/notifications/mark-all-read")
        changed = customer("GET", "/notifications", headers=tag)
        assert changed.status_code == 200 and changed.headers["ETag"] != first.headers["ETag"]

    def test_is_read_one_by_one_and_all_at_once(self, customer: Client) -> None:
        one = customer("GET", "/notifications").json()["data"]["items"][0]
        path = f"/notifications/{one['id']}"
        assert customer("GET", path).json()["data"]["notification"] == one
        said = customer("PATCH", f"{path}/read")
        assert said.status_code == 200 and said.json()["read"] is True and said.json()["readAt"]
        assert said.json()["message"] == one["message"]
        again = customer("PATCH", f"{path}/read")
        assert again.json() == said.json() and again.headers["ETag"] == said.headers["ETag"]
        count = customer("GET", "/notifications/unread-count").json()
        assert (count["count"], count["data"]) == (1, {"count": 1})
        assert [n["id"] for n in customer("GET", "/notifications?status=read").json()["notifications"]] == [
            one["id"]
        ]
        assert customer("PATCH", "/notifications/mark-all-read").json()["count"] == 1
        assert customer("PATCH", "/notifications/mark-all-read").json()["count"] == 0
        assert customer("GET", "/notifications/unread-count").json()["count"] == 0

    def test_is_nobody_elses(self, customer: Client, partner: Client, admin: Client, nobody: Client) -> None:
        one = customer("GET", "/notifications").json()["data"]["items"][0]
        for other, status in ((partner, 404), (admin, 404), (nobody, 401)):
            for method, path in (("GET", ""), ("PATCH", "/read")):
                said = other(method, f"/notifications/{one['id']}{path}")
                assert said.status_code == status and one["title"] not in said.text
        assert customer("GET", "/notifications/unread-count").json()["count"] == 2

    @pytest.mark.parametrize(
        "query",
        ["status=new", "type=money", "limit=101", "page=0", "dateFrom=tomorrow", "sortBy=secret",
         "dateFrom=2026-03-02&dateTo=2026-03-01"],
    )  # fmt: skip
    def test_refuses_what_it_cannot_use(self, partner: Client, query: str) -> None:
        said = partner("GET", f"/notifications?{query}")
        assert said.status_code == 400 and said.json()["validationErrors"]

    def test_filters(self, customer: Client) -> None:
        def total(query: str) -> int:
            return int(customer("GET", f"/notifications?{query}").json()["total"])

        day = customer("GET", "/notifications").json()["items"][0]["createdAt"]
        assert (total("type=quotation"), total("type=commission"), total("status=ALL")) == (2, 0, 2)
        assert (total(f"dateFrom={day}"), total("dateTo=2020-01-01"), total("dateFrom=2099-01-01")) == (2, 0, 0)


class TestPeople:
    def test_a_partner_hears_of_its_activation_and_admins_of_who_waits(
        self, admin: Client, http: httpx.Client, phone: str, by_phone: Callable[[str], Client]
    ) -> None:
        said = admin("POST", "/channel-partners", json={"name": "Mira", "phone": phone})
        assert said.status_code == 201, said.text
        made = said.json()["data"]
        tag = {"If-Match": said.headers["ETag"]}
        path = f"/channel-partners/{made['id']}"
        off = admin("PATCH", f"{path}/deactivate", json={"reason": "Moved to another city"}, headers=tag)
        assert off.status_code == 200, off.text
        on = admin("PATCH", f"{path}/activate", json={}, headers={"If-Match": off.headers["ETag"]})
        assert on.status_code == 200, on.text
        mira = by_phone(phone)
        for _ in range(100):
            items = mira("GET", "/notifications").json()["data"]["items"]
            if len(items) == 2:
                break
            time.sleep(0.05)
        titles = [n["title"] for n in items]
        assert titles == ["Your account is active", "Your account was deactivated"]


class TestReminders:
    def test_the_timer_is_there_and_runs(self, http: httpx.Client) -> None:
        assert http.post("/admin/functions/RemindFollowUps", json={}).status_code == 202
