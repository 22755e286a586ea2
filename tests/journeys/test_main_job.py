"""Lead → quotation → Accept → Won over real HTTP and real storage, with the refusals on the way."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

REMARKS = "Spoke with the customer"
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
}


def tomorrow_in_india() -> str:
    return (datetime.now(UTC).astimezone(ZoneInfo("Asia/Kolkata")).date() + timedelta(days=1)).isoformat()


class TestRegisterLead:
    def test_makes_a_new_lead_to_be_followed_up_tomorrow_in_india(self, new_lead, phone):
        lead = new_lead(services=["Rooftop solar"], state="Gujarat", pinCode="380001")
        assert (lead["status"], lead["followUpDate"], lead["origin"]) == ("New Lead", tomorrow_in_india(), "CP")
        assert (lead["phone"], lead["assignedTo"], lead["version"]) == (f"+91{phone}", "CP-1001", 1)
        assert lead["leadId"] == lead["id"] and lead["customerPhone"] == lead["phone"]

    def test_enters_all_values_in_the_first_timeline_entry(self, new_lead, partner):
        lead = new_lead(city="Ahmedabad", remarks="Calls after six")
        [entry] = partner("GET", f"/leads/{lead['id']}/timeline").json()["data"]["timeline"]
        values = {c["field"]: c["after"] for c in entry["details"]["changes"]}
        assert (entry["action"], entry["actor"]) == ("LeadCreated", "CP-1001")
        for field in (
            "customerName",
            "phone",
            "address",
            "city",
            "remarks",
            "status",
            "followUpDate",
            "customerId",
        ):
            assert values[field] == lead[field]

    def test_finds_the_customer_of_the_phone_however_it_is_spelt(self, new_lead, phone):
        first, second = new_lead(), new_lead(phone=f"+91 0{phone[:5]} {phone[5:]}")
        assert first["customerId"] == second["customerId"] and first["id"] != second["id"]

    def test_makes_one_customer_of_20_parallel_leads(self, new_lead):
        with ThreadPoolExecutor(20) as pool:
            leads = list(pool.map(lambda _: new_lead(), range(20)))
        assert len({lead["customerId"] for lead in leads}) == 1 and len({lead["id"] for lead in leads}) == 20

    def test_reveals_nothing_of_anothers_customer(self, new_lead, other_partner, partner, phone):
        mine = new_lead(email="kavita@example.com")
        body = {"customerName": "K", "phone": phone, "address": "elsewhere"}
        theirs = other_partner("POST", "/leads", json=body).json()["data"]
        assert (theirs["customerName"], theirs["email"], theirs["address"]) == ("K", None, "elsewhere")
        assert partner("GET", f"/leads/{mine['id']}").json()["data"]["customerName"] == "Kavita Desai"

    @pytest.mark.parametrize("reader", ["other_partner"])
    def test_is_404_to_others(self, new_lead, request, reader):
        lead, other = new_lead(), request.getfixturevalue(reader)
        path = f"/leads/{lead['id']}"
        for method, where in (("GET", path), ("PATCH", path), ("GET", path + "/timeline")):
            said = other(method, where, json={} if method == "PATCH" else None)
            assert said.status_code == 404 and "Kavita" not in said.text

    def test_is_seen_by_the_partners_kam_and_by_nobody_unsigned(self, new_lead, kam, nobody):
        lead = new_lead()
        assert kam("GET", f"/leads/{lead['id']}").status_code == 200
        assert nobody("GET", f"/leads/{lead['id']}").status_code == 401

    def test_appears_at_once_in_the_lists_of_its_readers(self, new_lead, partner, admin, other_partner):
        lead = new_lead()
        for reader, seen in ((partner, True), (admin, True), (other_partner, False)):
            items, page = [], 1
            while True:
                data = reader("GET", f"/leads?limit=100&page={page}").json()["data"]
                items += data["items"]
                if page >= data["totalPages"]:
                    break
                page += 1
            assert (lead["id"] in {i["leadId"] for i in items}) is seen


class TestIdempotencyKey:
    def test_has_one_effect_and_the_same_answer(self, partner, phone):
        body = {"customerName": "Once", "phone": phone, "address": "Somewhere"}
        key = {"Idempotency-Key": f"once-{phone}"}
        first = partner("POST", "/leads", json=body, headers=key)
        again = partner("POST", "/leads", json=body, headers=key)
        assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
        other = partner("POST", "/leads", json={**body, "address": "Elsewhere"}, headers=key)
        assert (other.status_code, other.json()["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")

    def test_of_20_parallel_posts_one_takes_effect(self, partner, phone):
        body = {"customerName": "Once", "phone": phone, "address": "Somewhere"}
        key = {"Idempotency-Key": f"many-{phone}"}
        with ThreadPoolExecutor(20) as pool:
            said = list(pool.map(lambda _: partner("POST", "/leads", json=body, headers=key), range(20)))
        assert {r.status_code for r in said} <= {201, 409}
        assert len({r.json()["data"]["id"] for r in said if r.status_code == 201}) == 1

    def test_is_independent_for_another_person(self, partner, other_partner, phone):
        body = {"customerName": "Once", "phone": phone, "address": "Somewhere"}
        key = {"Idempotency-Key": f"two-{phone}"}
        ids = {
            who("POST", "/leads", json=body, headers=key).json()["data"]["id"] for who in (partner, other_partner)
        }
        assert len(ids) == 2


class TestEditLead:
    def test_keeps_both_edits_of_different_fields_and_tells_an_overwrite(self, new_lead, partner, admin):
        lead = new_lead(remarks="first remark")
        path = f"/leads/{lead['id']}"
        assert partner("PATCH", path, json={"city": "Surat"}).status_code == 200
        assert admin("PATCH", path, json={"state": "Gujarat", "version": 1}).status_code == 200
        both = admin("PATCH", path, json={"remarks": "second remark", "version": 1}).json()["data"]
        assert (both["city"], both["state"], both["remarks"]) == ("Surat", "Gujarat", "second remark")
        entries = partner("GET", path + "/timeline").json()["data"]["timeline"]
        [lost] = [e for e in entries if e["action"] == "Overwritten"]
        assert lost["message"] == f"Overwritten by Asha Admin at {lost['timestamp']}"
        assert lost["details"]["changes"] == [
            {"field": "remarks", "before": "first remark", "after": "second remark"}
        ]
        assert lost["details"]["couldSee"] is True

    def test_null_clears_and_the_same_value_leaves_no_entry(self, new_lead, partner):
        lead = new_lead(remarks="to be cleared")
        path = f"/leads/{lead['id']}"
        cleared = partner("PATCH", path, json={"remarks": None})
        assert cleared.json()["data"]["remarks"] is None and cleared.headers["ETag"] == '"2"'
        again = partner("PATCH", path, json={"remarks": None})
        assert again.status_code == 200 and again.headers["ETag"] == '"2"'

    def test_100_edits_each_with_the_previous_etag(self, new_lead, partner):
        lead, tag = new_lead(), '"1"'
        for number in range(100):
            said = partner("PATCH", f"/leads/{lead['id']}", json={"city": f"C{number}"}, headers={"If-Match": tag})
            assert said.status_code == 200
            tag = said.headers["ETag"]
        assert tag == '"101"'

    def test_honours_a_stale_if_match(self, new_lead, partner):
        path = f"/leads/{new_lead()['id']}"
        partner("PATCH", path, json={"city": "Surat"})
        said = partner("PATCH", path, json={"city": "Rajkot"}, headers={"If-Match": '"1"'})
        assert said.status_code == 412 and said.headers["ETag"] == '"2"'
        details = said.json()["error"]["details"]
        assert details["current"]["city"] == "Surat" and details["yours"] == {"city": "Rajkot"}
        assert [(c["field"], c["before"], c["after"]) for c in details["changes"]] == [("city", None, "Surat")]


class TestChangeStatus:
    def test_refuses_a_wrong_move_with_what_is_allowed(self, new_lead, partner):
        said = partner(
            "PATCH",
            f"/leads/{new_lead()['id']}/status",
            json={"status": "Won", "remarks": REMARKS, "quotationRef": "QUOT-1"},
            headers={"If-Match": '"1"'},
        )
        assert said.status_code == 409 and said.json()["error"]["code"] == "STATUS_CHANGE_NOT_ALLOWED"
        assert "In Discussion" in said.json()["error"]["details"]["allowed"]

    def test_names_every_fault_at_once(self, new_lead, partner):
        said = partner(
            "PATCH", f"/leads/{new_lead()['id']}/status", json={"status": "In Discussion", "remarks": "x"}
        )
        assert said.status_code == 422 and set(said.json()["validationErrors"]) == {"remarks", "followUpDate"}

    def test_customer_accepted_is_only_the_customers_to_reach(self, new_lead, partner):
        body = {"status": "Customer Accepted", "remarks": REMARKS, "followUpDate": tomorrow_in_india()}
        assert partner("PATCH", f"/leads/{new_lead()['id']}/status", json=body).status_code == 409


class TestAcceptQuotation:
    def test_accepts_one_rejects_the_others_and_moves_the_lead(
        self, new_lead, shared_quotation, by_phone, phone, partner
    ):
        lead = new_lead()
        first, second = shared_quotation(lead["id"]), shared_quotation(lead["id"])
        customer = by_phone(phone)
        said = customer("PATCH", f"/quotations/{first['id']}/accept", json={"contentHash": first["contentHash"]})
        assert said.status_code == 200 and said.json()["data"]["status"] == "Accepted"
        assert customer("POST", f"/quotations/{first['id']}/accept", json={}).json() == said.json()
        refused = customer("PATCH", f"/quotations/{second['id']}/accept", json={})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "QUOTATION_NOT_OPEN")
        after = partner("GET", f"/leads/{lead['id']}").json()["data"]
        assert after["status"] == "Customer Accepted"
        assert {q["id"]: q["status"] for q in after["quotations"]} == {
            first["id"]: "Accepted",
            second["id"]: "Rejected",
        }
        entries = partner("GET", f"/leads/{lead['id']}/timeline").json()["data"]["timeline"]
        accepted = [e for e in entries if e["version"] == after["version"]]
        assert Counter(e["action"] for e in accepted) == {"QuotationAccepted": 1, "QuotationRejected": 1}

    def test_is_404_before_sharing_and_to_other_customers(self, new_lead, partner, by_phone, phone):
        from local.demo import CONFIGURATION

        lead = new_lead()
        made = partner("POST", "/quotations", json={"leadId": lead["id"], **CONFIGURATION}).json()["data"]
        customer, stranger = by_phone(phone), by_phone("8111111111")
        assert customer("GET", "/quotations").json()["data"]["items"] == []
        for who in (customer, stranger):
            assert who("PATCH", f"/quotations/{made['id']}/accept", json={}).status_code == 404
        partner("PATCH", f"/quotations/{made['id']}/share")
        assert [q["id"] for q in customer("GET", "/quotations").json()["data"]["items"]] == [made["id"]]
        assert stranger("GET", f"/quotations/{made['id']}").status_code == 404

    def test_of_20_parallel_accepts_of_two_quotations_one_wins(
        self, new_lead, shared_quotation, by_phone, phone, partner
    ):
        lead = new_lead()
        both = [shared_quotation(lead["id"]) for _ in range(2)]
        customer = by_phone(phone)
        with ThreadPoolExecutor(20) as pool:
            said = list(
                pool.map(lambda n: customer("PATCH", f"/quotations/{both[n % 2]['id']}/accept", json={}), range(20))
            )
        assert Counter(r.status_code for r in said) == {200: 10, 409: 10}
        assert len({r.json()["data"]["acceptedAt"] for r in said if r.status_code == 200}) == 1
        after = partner("GET", f"/leads/{lead['id']}").json()["data"]
        assert sorted(q["status"] for q in after["quotations"]) == ["Accepted", "Rejected"]

    def test_shows_the_customer_neither_margins_nor_the_commission(
        self, new_lead, shared_quotation, by_phone, phone
    ):
        quotation = shared_quotation(new_lead()["id"])
        said = by_phone(phone)("GET", f"/quotations/{quotation['id']}")
        seen = said.json()["data"]
        assert seen["customerPays"] == quotation["customerPays"] and seen["dealerAddOnTotal"] is None
        assert quotation["price"]["lines"] and "lines" not in seen["price"]
        assert "argin" not in said.text and "addOn" not in said.text

    def test_refuses_another_content_hash(self, new_lead, shared_quotation, by_phone, phone):
        quotation = shared_quotation(new_lead()["id"])
        customer = by_phone(phone)
        for other in ("0" * 64, "æ", "१" * 64, " "):
            said = customer("PATCH", f"/quotations/{quotation['id']}/accept", json={"contentHash": other})
            assert said.status_code == (412 if other.strip() else 422), other


class TestFinalizeToWon:
    def test_needs_a_current_version_and_creates_the_commission(
        self, new_lead, shared_quotation, by_phone, phone, partner, admin, other_partner
    ):
        lead = new_lead()
        quotation = shared_quotation(lead["id"])
        by_phone(phone)("PATCH", f"/quotations/{quotation['id']}/accept", json={})
        path = f"/leads/{lead['id']}/status"
        tag = admin("GET", f"/leads/{lead['id']}").headers["ETag"]
        body = {"status": "Won", "remarks": REMARKS, "quotationRef": quotation["id"]}
        assert admin("PATCH", path, json=body).status_code == 428
        assert admin("PATCH", path, json=body, headers={"If-Match": '"1"'}).status_code == 412
        wrong = admin("PATCH", path, json={**body, "quotationRef": "QUOT-100199"}, headers={"If-Match": tag})
        assert wrong.status_code == 422
        with ThreadPoolExecutor(20) as pool:
            said = list(
                pool.map(
                    lambda _: admin("PATCH", path, json=body, headers={"If-Match": tag}).status_code, range(20)
                )
            )
        assert Counter(said) == {200: 1, 412: 19}
        commission_id = f"COMM-{lead['id'].removeprefix('LEAD-')}01"
        commission = partner("GET", f"/commissions/{commission_id}").json()["data"]
        assert commission["amount"] == quotation["dealerAddOnTotal"] and commission["status"] == "pending"
        assert other_partner("GET", f"/commissions/{commission_id}").status_code == 404


class TestBadInput:
    @pytest.mark.parametrize(
        ("body", "headers", "status"),
        [
            (b"{", {}, 400),
            (b"[1]", {}, 400),
            (b'{"customerName": NaN}', {}, 400),
            (b"[" * 100_000, {}, 400),
            (b"{}", {"Content-Type": "text/plain"}, 415),
            (b'{"x":"' + b"y" * 200_000 + b'"}', {}, 413),
            (b"{}", {}, 422),
            (b'{"customerName":1,"phone":"12","address":"","surprise":true}', {}, 422),
        ],
    )
    def test_is_a_clear_4xx(self, partner, body, headers, status):
        said = partner("POST", "/leads", content=body, headers={"Content-Type": "application/json", **headers})
        assert said.status_code == status
        assert said.headers["Content-Type"].startswith("application/problem+json")
        problem = said.json()
        assert problem["success"] is False and problem["error"]["code"] and problem["message"] == problem["detail"]

    def test_names_each_field(self, partner):
        said = partner("POST", "/leads", json={"customerName": 1, "phone": "12", "address": "x", "surprise": True})
        assert set(said.json()["validationErrors"]) == {"customerName", "phone", "surprise"}

    @pytest.mark.parametrize("text", ["a/b\\c#d?e%", "quote ' \" \t tab", "😀" * 50, "हिन्दी", "x" * 600])
    def test_text_comes_back_as_it_was_sent(self, new_lead, text):
        assert new_lead(remarks=text)["remarks"] == text.strip()

    @pytest.mark.parametrize("text", ["\x00", "\ud800"])
    def test_controls_and_half_characters_are_refused(self, partner, phone, text):
        import json

        body = json.dumps({"customerName": "A" + text, "phone": phone, "address": "x"}).encode()
        said = partner("POST", "/leads", content=body, headers={"Content-Type": "application/json"})
        assert said.status_code == 422

    @pytest.mark.parametrize("lead_id", ["LEAD-1", "x", "LEAD-99999999", "%00", "a%2Fb", "'", "LEAD-१००१"])
    def test_an_odd_id_is_404(self, partner, lead_id):
        assert partner("GET", f"/leads/{lead_id}").status_code == 404

    def test_a_naive_date_time_is_422(self, partner, phone):
        body = {"customerName": "A", "phone": phone, "address": "x", "followUpDate": "2026-11-26T10:00:00"}
        assert partner("POST", "/leads", json=body).status_code == 422


class TestDocs:
    def test_openapi_describes_what_is_served(self, http):
        document = http.get("/api/openapi.json").json()
        assert document["openapi"] == "3.1.0" and "/api/v1/leads/{leadId}/status" in document["paths"]

    def test_the_page_loads_all_it_needs_from_here(self, http):
        page = http.get("/api/docs")
        assert page.headers["Content-Type"].startswith("text/html") and "https://" not in page.text
        needed = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
        assert len(needed) == 3 and [http.get(path).status_code for path in needed] == [200, 200, 200]
        assert http.get("/api/docs/page.html").status_code == 404

    def test_no_answer_may_be_kept_or_guessed_at(self, http, partner):
        whole = partner("GET", "/sync")
        known = partner("GET", "/sync", headers={"If-None-Match": whole.headers["ETag"]})
        moved = http.get("/api/v1/api/v1/leads", follow_redirects=False)
        answers = {
            200: whole,
            204: http.options("/api/v1/leads", headers={"Origin": "http://localhost:3000"}),
            304: known,
            308: moved,
            401: http.get("/api/v1/leads"),
            404: http.get("/api/v1/nothing"),
        }
        for status, said in answers.items():
            assert said.status_code == status
            assert {name: said.headers.get(name) for name in SAFE} == SAFE, status
            assert said.headers["Cache-Control"] in ("no-store", "private, no-cache"), status
        assert known.headers["Cache-Control"] == whole.headers["Cache-Control"]

    def test_an_unknown_path_is_a_problem(self, http):
        said = http.get("/api/v1/nothing")
        assert said.status_code == 404 and said.json()["error"]["code"] == "ROUTE_UNKNOWN"

    def test_preflight_allows_listed_origins_only(self, http):
        for origin, allowed in (("http://localhost:3000", "http://localhost:3000"), ("http://evil.example", None)):
            said = http.options("/api/v1/leads", headers={"Origin": origin})
            assert said.status_code == 204 and said.headers.get("Access-Control-Allow-Origin") == allowed
