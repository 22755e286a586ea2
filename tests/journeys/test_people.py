"""Channel partners and key account managers over HTTP: from registering to being shut out and coming back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.conftest import Backend
from tests.journeys.conftest import Client, code_for, sent_to

REASON = "Left the company last week"


@pytest.fixture
def registered(http: httpx.Client, backend: Backend, phone: str) -> dict[str, Any]:
    """A partner who has just registered, with `phone` as ten digits."""
    body = {"phone": phone, "name": "Nita Solar", "city": "Surat", "email": f"nita{phone}@example.com"}
    asked = http.post("/api/v1/auth/register", json=body)
    assert asked.json()["data"] == {"otpSent": True}
    said = http.post("/api/v1/auth/register", json={**body, "otp": code_for(backend, phone)})
    assert said.status_code == 201, said.text
    return said.json()["data"]


def _etag(client: Client, path: str) -> dict[str, str]:
    return {"If-Match": client("GET", path).headers["ETag"]}


def _change(admin: Client, path: str, verb: str, **body: Any) -> httpx.Response:
    return admin("PATCH", f"{path}/{verb}", json=body, headers=_etag(admin, path))


class TestLifeOfAPartner:
    def test_registers_waits_is_let_in_shut_out_and_let_in_again(
        self,
        registered: dict[str, Any],
        admin: Client,
        http: httpx.Client,
        backend: Backend,
        phone: str,
        by_phone: Callable[[str], Client],
    ) -> None:
        assert (registered["status"], registered["phone"]) == ("Pending", f"+91{phone}")
        path = f"/channel-partners/{registered['id']}"
        http.post("/api/v1/auth/login", json={"phone": phone})
        early = http.post("/api/v1/auth/login", json={"phone": phone, "otp": code_for(backend, phone)})
        assert (early.status_code, early.json()["error"]["code"]) == (403, "ACCOUNT_NOT_ACTIVE")

        assert admin("PATCH", f"{path}/activate").status_code == 428
        assert admin("PATCH", f"{path}/activate", headers={"If-Match": '"7"'}).status_code == 412
        activated = _change(admin, path, "activate")
        assert (activated.status_code, activated.json()["data"]["status"]) == (200, "Active")
        assert activated.headers["ETag"] == '"2"'

        partner = by_phone(phone)
        me = partner("GET", "/auth/me").json()
        assert (me["id"], me["status"], me["data"]["role"]) == (registered["id"], "Active", "CP")

        assert _change(admin, path, "deactivate", reason="short").status_code == 422
        assert _change(admin, path, "deactivate", reason=REASON).status_code == 200
        assert partner("GET", "/auth/me").status_code == 401
        assert partner("GET", "/leads").status_code == 401

        assert _change(admin, path, "activate").status_code == 200
        assert partner("GET", "/auth/me").status_code == 401  # the old session stays ended
        assert by_phone(phone)("GET", "/auth/me").status_code == 200

        said = admin("GET", f"{path}/timeline").json()["data"]
        assert [(e["action"], e["details"]["reason"]) for e in said["timeline"]] == [
            ("PersonActivated", None),
            ("PersonDeactivated", REASON),
            ("PersonActivated", None),
            ("PersonEnrolled", None),
        ]
        assert "Nita Solar" in sent_to(backend, "sms.jsonl", f"+91{phone}", "partner_activated")[0]["text"]

    def test_registers_once(
        self, registered: dict[str, Any], http: httpx.Client, backend: Backend, phone: str
    ) -> None:
        http.post("/api/v1/auth/login", json={"phone": phone})
        body = {"phone": f"0{phone}", "name": "Other", "otp": code_for(backend, phone)}
        again = http.post("/api/v1/auth/register", json=body)
        assert (again.status_code, again.json()["data"]["id"]) == (201, registered["id"])
        assert again.json()["data"]["name"] == "Nita Solar"

    def test_says_all_that_is_wrong_at_once(self, nobody: Client) -> None:
        said = nobody("POST", "/auth/register", json={"phone": "12", "email": "x", "pinCode": "1"})
        assert said.status_code == 422
        assert set(said.json()["validationErrors"]) == {"phone", "name", "email", "pinCode"}


class TestManagingPartners:
    def test_an_admin_brings_one_in_who_may_sign_in_at_once(
        self, admin: Client, phone: str, by_phone: Callable[[str], Client]
    ) -> None:
        body = {"name": "Om Power", "phone": phone, "kamId": "KAM-1001", "pinCode": "380001"}
        key = {"Idempotency-Key": f"enroll-{phone}"}
        made = admin("POST", "/channel-partners", json=body, headers=key)
        assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
        again = admin("POST", "/channel-partners", json=body, headers=key)
        assert again.json() == made.json()
        assert admin("POST", "/channel-partners", json=body).json()["error"]["code"] == "PHONE_TAKEN"
        person = made.json()["data"]
        assert admin("GET", made.headers["Location"].removeprefix("/api/v1")).json()["data"] == person
        assert by_phone(phone)("GET", "/auth/me").json()["id"] == person["id"]

    def test_edits_keep_what_nobody_touched(self, admin: Client, registered: dict[str, Any]) -> None:
        path = f"/channel-partners/{registered['id']}"
        edited = admin("PATCH", path, json={"state": "Gujarat", "city": None}).json()["data"]
        assert (edited["city"], edited["state"], edited["name"]) == (None, "Gujarat", "Nita Solar")
        assert admin("PATCH", path, json={"phone": "9876543210"}).status_code == 422
        stale = admin("PATCH", path, json={"state": "Goa"}, headers={"If-Match": '"1"'})
        assert stale.status_code == 412
        assert admin("PATCH", path, json={"kamId": "KAM-9"}).json()["error"]["code"] == "KAM_NOT_ASSIGNABLE"

    def test_lists_with_filters_and_pages(self, admin: Client, registered: dict[str, Any], phone: str) -> None:
        def ids(query: str) -> list[str]:
            return [p["id"] for p in admin("GET", f"/channel-partners?{query}").json()["data"]["items"]]

        assert ids(f"search=0{phone}") == [registered["id"]]
        assert ids("search=nita%20SOLAR&limit=1") == [registered["id"]]
        assert registered["id"] in ids("status=pending&limit=100")
        assert ids("kamId=KAM-1001&search=ravi") == ["CP-1001"]
        assert admin("GET", "/channel-partners?status=odd").status_code == 400
        page = admin("GET", "/channel-partners?limit=1&page=2").json()["data"]
        assert (page["limit"], page["page"], page["offset"], len(page["items"])) == (1, 2, 1, 1)
        assert page["totalPages"] == page["total"] >= 3

    def test_a_kam_sees_its_own_and_changes_none(self, kam: Client, registered: dict[str, Any]) -> None:
        mine = kam("GET", "/channel-partners?search=ravi").json()["data"]["items"]
        assert [p["id"] for p in mine] == ["CP-1001"]
        assert kam("GET", "/channel-partners/CP-1001").status_code == 200
        foreign = kam("GET", f"/channel-partners/{registered['id']}")
        assert foreign.status_code == 404
        assert "Nita" not in foreign.text
        assert kam("GET", f"/channel-partners/{registered['id']}/timeline").status_code == 404
        assert kam("PATCH", "/channel-partners/CP-1001", json={"city": "Goa"}).status_code == 403

    def test_bulk_assignment_answers_for_each(self, admin: Client, registered: dict[str, Any], kam: Client) -> None:
        body = {"cpIds": [registered["id"], "CP-999999"], "kamId": "KAM-1001", "remarks": "New region"}
        done = admin("POST", "/channel-partners/bulk-assign-kam", json=body)
        data = done.json()["data"]
        assert (done.status_code, data["successful"]) == (200, [registered["id"]])
        assert [(f["id"], f["code"]) for f in data["failed"]] == [("CP-999999", "PERSON_NOT_FOUND")]
        assert kam("GET", f"/channel-partners/{registered['id']}").status_code == 200
        assigned = kam("GET", "/kams/KAM-1001/assigned-cps?limit=100").json()["data"]["items"]
        assert {"CP-1001", registered["id"]} <= {p["id"] for p in assigned}
        many = {"cpIds": [f"CP-{n}" for n in range(51)], "kamId": "KAM-1001"}
        assert admin("POST", "/channel-partners/bulk-assign-kam", json=many).status_code == 422


class TestKams:
    def test_one_is_invited_sets_a_password_and_is_shut_out(
        self, admin: Client, http: httpx.Client, backend: Backend, phone: str
    ) -> None:
        email = f"kam{phone}@example.com"
        made = admin("POST", "/kams", json={"name": "Kala", "email": email})
        assert made.status_code == 201, made.text
        path = f"/kams/{made.json()['data']['id']}"
        token = _mailed_token(backend, email)
        new = {"token": token, "newPassword": "Kala-Pass-1!", "confirmPassword": "Kala-Pass-1!"}
        assert http.post("/api/v1/auth/reset-password", json=new).status_code == 200
        signed_in = http.post("/api/v1/auth/login", json={"email": email, "password": "Kala-Pass-1!"}).json()
        kala = Client(http, signed_in["token"])
        assert kala("GET", "/channel-partners").json()["data"]["total"] == 0
        assert [k["id"] for k in kala("GET", "/kams").json()["data"]["items"]] == [made.json()["data"]["id"]]
        assert kala("GET", "/kams/KAM-1001").status_code == 404

        shut = admin("PATCH", f"{path}/status", json={"status": "inactive", "reason": REASON, "version": 2})
        assert shut.status_code == 200, shut.text
        assert shut.json()["data"]["status"] == "Deactivated"
        assert kala("GET", "/auth/me").status_code == 401
        assert admin("POST", "/kams", json={"name": "B", "email": email}).json()["error"]["code"] == "EMAIL_TAKEN"


def _mailed_token(backend: Backend, email: str) -> str:
    found = re.search(r"\?token=(\S+)", sent_to(backend, "email.jsonl", email, "password_link")[-1]["text"])
    assert found
    return found[1]
