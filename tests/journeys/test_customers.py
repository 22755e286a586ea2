"""Customers over real HTTP: who sees what of whom, profiles, phones and the timeline."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.demo import CONFIGURATION
from tests.journeys.conftest import Client


@pytest.fixture
def customer_of(new_lead: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """The id of the customer of a new lead of the partner."""
    return lambda **fields: str(new_lead(**fields)["customerId"])


def timeline(reader: Client, customer_id: str) -> list[dict[str, Any]]:
    said = reader("GET", f"/customers/{customer_id}/timeline?limit=1000")
    assert said.status_code == 200, said.text
    return list(said.json()["data"]["timeline"])


class TestReadCustomer:
    def test_answers_as_the_partners_app_reads_it(self, partner, customer_of, phone):
        customer_id = customer_of(email="kavita@example.com", city="Ahmedabad", state="Gujarat", pinCode="380001")
        said = partner("GET", f"/customers/{customer_id}")
        data = said.json()["data"]
        dates = {name: data.pop(name) for name in ("registrationDate", "createdAt", "updatedAt")}
        assert all(at.endswith("Z") for at in dates.values())
        assert data == {
            "id": customer_id,
            "customerId": customer_id,
            "name": "Kavita Desai",
            "email": "kavita@example.com",
            "phone": f"+91{phone}",
            "address": "5 Station Road, Ahmedabad",
            "city": "Ahmedabad",
            "state": "Gujarat",
            "pinCode": "380001",
            "pincode": "380001",
            "status": "Active",
            "totalOrders": 0,
            "totalValue": 0,
            "lastOrderDate": None,
            "version": 1,
        }
        assert said.headers["ETag"] == '"1"'
        again = partner("GET", f"/customers/{customer_id}", headers={"If-None-Match": '"1"'})
        assert again.status_code == 304

    def test_is_for_the_partner_its_kam_an_admin_and_the_customer(self, customer_of, phone, request, by_phone):
        customer_id = customer_of()
        readers = [request.getfixturevalue(name) for name in ("partner", "kam", "admin")]
        for reader in (*readers, by_phone(phone)):
            said = reader("GET", f"/customers/{customer_id}")
            assert (said.status_code, said.json()["data"]["name"]) == (200, "Kavita Desai")

    def test_is_404_to_everybody_else(self, customer_of, other_partner, by_phone):
        customer_id = customer_of()
        stranger = by_phone(f"8{customer_id[-4:].zfill(9)}")
        for other in (other_partner, stranger):
            for method, path in (("GET", ""), ("PATCH", ""), ("GET", "/timeline")):
                said = other(method, f"/customers/{customer_id}{path}", json={} if method == "PATCH" else None)
                assert said.status_code == 404 and "Kavita" not in said.text

    @pytest.mark.parametrize("odd", ["CUST-1", "CUST-x", "x", "CUST-99999999", "%00", "a%2Fb", "CUST-१००१"])
    def test_an_odd_id_is_404(self, admin, odd):
        assert admin("GET", f"/customers/{odd}").status_code == 404

    def test_tells_another_partner_with_the_same_phone_nothing_but_its_own_lead(
        self, customer_of, other_partner, partner, phone
    ):
        customer_id = customer_of(email="kavita@example.com", remarks="x", city="Ahmedabad")
        body = {"customerName": "K", "phone": phone, "address": "elsewhere"}
        theirs = other_partner("POST", "/leads", json=body).json()["data"]
        assert theirs["customerId"] == customer_id
        said = other_partner("GET", f"/customers/{customer_id}").json()["data"]
        shown = (said["name"], said["email"], said["address"], said["city"], said["totalOrders"])
        assert shown == ("K", None, "elsewhere", None, 0)
        assert timeline(other_partner, customer_id) == []
        edit = other_partner("PATCH", f"/customers/{customer_id}", json={"name": "Mine now"})
        assert (edit.status_code, edit.json()["error"]["code"]) == (403, "CUSTOMER_OF_ANOTHER")
        assert partner("GET", f"/customers/{customer_id}").json()["data"]["name"] == "Kavita Desai"


class TestEditCustomer:
    def test_two_people_who_edit_different_fields_both_win(self, partner, admin, customer_of):
        path = f"/customers/{customer_of()}"
        first = partner("PATCH", path, json={"city": "Surat"})
        second = admin("PATCH", path, json={"email": "k@example.com", "pincode": "395001"})
        assert (first.headers["ETag"], second.headers["ETag"]) == ('"2"', '"3"')
        said = partner("GET", path).json()["data"]
        assert (said["city"], said["email"], said["pinCode"]) == ("Surat", "k@example.com", "395001")

    def test_an_overwrite_is_said_to_be_one(self, partner, admin, customer_of):
        customer_id = customer_of(city="Ahmedabad")
        admin("PATCH", f"/customers/{customer_id}", json={"city": "Surat"})
        newest, created = timeline(partner, customer_id)
        assert newest["message"].startswith("Overwritten by Asha Admin at ")
        assert (newest["details"]["oldValue"], newest["details"]["newValue"]) == ("Ahmedabad", "Surat")
        assert (newest["customerId"], created["action"]) == (customer_id, "CustomerCreated")

    def test_null_clears_and_the_same_value_leaves_no_entry(self, partner, customer_of):
        customer_id = customer_of(city="Ahmedabad")
        path = f"/customers/{customer_id}"
        assert partner("PATCH", path, json={"city": "Ahmedabad"}).headers["ETag"] == '"1"'
        assert partner("PATCH", path, json={"city": None}).json()["data"]["city"] is None
        assert [e["action"] for e in timeline(partner, customer_id)] == ["CustomerEdited", "CustomerCreated"]

    def test_refuses_a_stale_if_match(self, partner, admin, customer_of):
        path = f"/customers/{customer_of()}"
        admin("PATCH", path, json={"city": "Surat"})
        said = partner("PATCH", path, json={"city": "Pune"}, headers={"If-Match": '"1"'})
        details = said.json()["error"]["details"]
        assert (said.status_code, said.headers["ETag"]) == (412, '"2"')
        assert (details["current"]["city"], details["yours"]) == ("Surat", {"city": "Pune"})
        assert [(c["field"], c["after"], c["by"]) for c in details["changes"]] == [("city", "Surat", "Asha Admin")]

    def test_names_every_faulty_field(self, partner, customer_of, phone):
        path = f"/customers/{customer_of()}"
        said = partner("PATCH", path, json={"name": "", "email": "x", "pinCode": "1", "status": "x"})
        assert set(said.json()["validationErrors"]) == {"name", "email", "pinCode", "status"}
        other = partner("PATCH", path, json={"phone": "9" + phone[:0:-1]})
        assert (other.status_code, set(other.json()["validationErrors"])) == (422, {"phone"})
        assert partner("PATCH", path, json={"phone": f"0{phone}", "city": "Pune"}).status_code == 200

    def test_a_keyed_edit_lands_once(self, partner, customer_of):
        customer_id, key = customer_of(), {"Idempotency-Key": "edit-once-" + customer_of()}
        answers = [
            partner("PATCH", f"/customers/{customer_id}", json={"city": "Surat"}, headers=key) for _ in range(2)
        ]
        assert [a.status_code for a in answers] == [200, 200] and answers[0].json() == answers[1].json()
        assert len(timeline(partner, customer_id)) == 2

    def test_twenty_parallel_edits_all_land(self, partner, customer_of):
        customer_id = customer_of()
        with ThreadPoolExecutor(20) as pool:
            edits = [{"city": f"Town {n}"} for n in range(20)]
            said = list(pool.map(lambda e: partner("PATCH", f"/customers/{customer_id}", json=e), edits))
        assert {s.status_code for s in said} == {200}
        assert sorted(s.json()["data"]["version"] for s in said) == list(range(2, 22))


class TestCreateCustomer:
    def test_is_the_admins(self, admin, partner, phone):
        body = {"name": "Walk In", "phone": phone, "city": "Surat"}
        assert partner("POST", "/customers", json=body).status_code == 403
        said = admin("POST", "/customers", json=body)
        data = said.json()["data"]
        assert (said.status_code, data["name"], data["phone"]) == (201, "Walk In", f"+91{phone}")
        assert said.headers["Location"] == f"/api/v1/customers/{data['customerId']}"
        again = admin("POST", "/customers", json=body)
        assert (again.status_code, again.json()["error"]["details"]) == (409, {"customerId": data["customerId"]})

    def test_a_keyed_one_is_made_once(self, admin, phone):
        body, key = {"name": "Once", "phone": phone}, {"Idempotency-Key": f"customer-{phone}"}
        said = [admin("POST", "/customers", json=body, headers=key) for _ in range(2)]
        assert [s.status_code for s in said] == [201, 201] and said[0].json() == said[1].json()

    def test_gets_the_leads_of_its_phone(self, admin, new_lead, phone):
        made = admin("POST", "/customers", json={"name": "Walk In", "phone": phone}).json()["data"]
        assert new_lead()["customerId"] == made["customerId"]
        assert admin("GET", f"/customers/{made['customerId']}").json()["data"]["name"] == "Walk In"


class TestWalkIn:
    def test_is_named_by_the_first_lead(self, by_phone, partner, new_lead, phone):
        customer = by_phone(phone)
        assert customer("GET", "/profile").json()["data"]["name"] == "Customer"
        customer_id = new_lead(city="Surat")["customerId"]
        profile = customer("GET", "/profile").json()["data"]
        assert (profile["userId"], profile["name"], profile["city"]) == (customer_id, "Kavita Desai", "Surat")
        assert partner("GET", f"/customers/{customer_id}").json()["data"]["name"] == "Kavita Desai"
        assert [e["action"] for e in timeline(partner, customer_id)] == ["ProfileFilled", "CustomerCreated"]

    def test_who_said_the_name_itself_keeps_it_from_partners_who_know_only_the_phone(
        self, by_phone, partner, new_lead, phone
    ):
        customer = by_phone(phone)
        customer("PATCH", "/profile", json={"name": "Meena Iyer", "email": "meena@example.com"})
        customer_id = new_lead()["customerId"]
        said = partner("GET", f"/customers/{customer_id}")
        assert said.json()["data"]["name"] == "Kavita Desai" and "meena" not in said.text.lower()
        assert customer("GET", "/profile").json()["data"]["name"] == "Meena Iyer"


class TestProfile:
    def test_answers_as_the_customers_app_reads_it(self, by_phone, customer_of, phone):
        customer_of()
        said = by_phone(phone)("GET", "/profile").json()["data"]
        assert {
            "userId",
            "name",
            "email",
            "phone",
            "role",
            "status",
            "firstName",
            "lastName",
            "avatar",
            "timezone",
            "language",
            "lastLoginAt",
            "updatedAt",
        } <= set(said)
        assert (said["firstName"], said["lastName"], said["role"]) == ("Kavita", "Desai", "Customer")

    def test_takes_the_phone_only_as_it_is(self, by_phone, phone):
        customer = by_phone(phone)
        assert customer("PATCH", "/profile", json={"name": "Meena", "phone": f"0{phone}"}).status_code == 200
        said = customer("PATCH", "/profile", json={"phone": "7" + phone[1:]})
        assert (said.status_code, set(said.json()["validationErrors"])) == (422, {"phone"})


class TestCheckPhone:
    def test_finds_an_own_customer_by_any_spelling(self, partner, admin, kam, customer_of, phone):
        customer_id = customer_of()
        found = {"customerId": customer_id, "name": "Kavita Desai", "phone": f"+91{phone}"}
        for reader in (partner, admin, kam):
            for spelling in (phone, f"0{phone}", f"+91 {phone[:5]}-{phone[5:]}", f"tel:+91{phone}"):
                said = reader("GET", "/customers/check-phone", params={"phone": spelling})
                assert said.json() == {"success": True, "data": {"exists": True, "customer": found}}

    def test_says_the_same_of_anothers_and_of_nobodys(self, other_partner, customer_of, phone):
        nobodys = other_partner("GET", "/customers/check-phone", params={"phone": phone})
        customer_of()
        anothers = other_partner("GET", "/customers/check-phone", params={"phone": phone})
        assert nobodys.status_code == anothers.status_code == 404
        assert nobodys.json() == anothers.json() == {"success": True, "exists": False, "data": {"exists": False}}

    def test_refuses_what_is_no_phone(self, partner):
        for bad in ("", "12345", "+abc"):
            assert partner("GET", "/customers/check-phone", params={"phone": bad}).status_code == 400


class TestPhoneOfALead:
    def test_moves_the_lead_to_the_customer_of_that_phone(self, partner, admin, new_lead, phone):
        lead, other = new_lead(), new_lead(phone=str(int(phone) - 10**8 if phone[1] != "0" else int(phone) + 10**8))
        said = partner("PATCH", f"/leads/{lead['id']}", json={"customerPhone": f"0{other['phone'][3:]}"})
        moved = said.json()["data"]
        assert (said.status_code, moved["customerId"], moved["phone"]) == (200, other["customerId"], other["phone"])
        entry = partner("GET", f"/leads/{lead['id']}/timeline").json()["data"]["timeline"][0]
        changed = {c["field"] for c in entry["details"]["changes"]}
        assert changed == {"phone", "customerId"}
        left = admin("GET", f"/customers/{lead['customerId']}").json()["data"]
        assert left["phone"] == lead["phone"]  # no customer's phone changes

    def test_makes_a_customer_for_a_new_phone(self, partner, by_phone, new_lead, phone):
        lead, fresh = new_lead(), "7" + phone[1:]
        moved = partner("PATCH", f"/leads/{lead['id']}", json={"phone": fresh}).json()["data"]
        assert moved["customerId"] != lead["customerId"]
        reader = by_phone(fresh)
        assert reader("GET", f"/leads/{lead['id']}").status_code == 200
        assert by_phone(phone)("GET", f"/leads/{lead['id']}").status_code == 404

    def test_cannot_be_cleared_or_faulty(self, partner, new_lead):
        lead = new_lead()
        for bad in (None, "", "123"):
            said = partner("PATCH", f"/leads/{lead['id']}", json={"phone": bad})
            assert (said.status_code, set(said.json()["validationErrors"])) == (422, {"phone"})

    def test_is_not_the_customers_to_change(self, by_phone, new_lead, phone):
        lead = new_lead()
        said = by_phone(phone)("PATCH", f"/leads/{lead['id']}", json={"phone": "7" + phone[1:]})
        assert said.status_code == 422

    def test_stays_once_a_quotation_is_accepted(self, partner, by_phone, new_lead, shared_quotation, phone):
        lead = new_lead()
        quotation = shared_quotation(lead["id"])
        assert by_phone(phone)("POST", f"/quotations/{quotation['id']}/accept").status_code == 200
        said = partner("PATCH", f"/leads/{lead['id']}", json={"phone": "7" + phone[1:]})
        assert (said.status_code, said.json()["error"]["code"]) == (409, "LEAD_CLOSED")


REASON = "The customer said so on the phone"


def seen_by(reader: Client, customer_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The customer, and the headers of a critical change that is based on it."""
    said = reader("GET", f"/customers/{customer_id}")
    assert said.status_code == 200, said.text
    return said.json()["data"], {"If-Match": said.headers["ETag"]}


class TestWhatCustomersAreNotShown:
    def test_in_a_refusal_of_an_old_version_and_in_the_timeline(self, partner, by_phone, new_lead, phone):
        lead = new_lead()
        customer = by_phone(phone)
        made = partner("POST", "/quotations", json={"leadId": lead["id"], **CONFIGURATION})
        assert made.status_code == 201, made.text
        refused = {
            who: who("PATCH", f"/leads/{lead['id']}", json={"city": "Surat"}, headers={"If-Match": '"1"'})
            for who in (customer, partner)
        }
        assert {said.status_code for said in refused.values()} == {412}
        details = {who: said.json()["error"]["details"] for who, said in refused.items()}
        assert details[customer]["current"]["version"] == 2
        assert [c["field"] for c in details[partner]["changes"]] == ["quotationCount"]
        assert details[partner]["current"]["quotationCount"] == 1
        assert details[customer]["changes"] == []
        assert not {"quotationCount", "commissionCount"} & details[customer]["current"].keys()
        seen = customer("GET", f"/leads/{lead['id']}/timeline").json()["data"]["timeline"]
        assert [entry["action"] for entry in seen] == ["LeadCreated"], "a quotation that wasn't shared"


class TestExceptions:
    """mission.md §6: what Admins handle by hand, and that the core flows go on unchanged afterwards."""

    @pytest.fixture
    def other_phone(self, phone: str) -> str:
        return "7" + phone[1:]

    def exception(self, admin: Client, customer_id: str, kind: str, **body: Any) -> dict[str, Any]:
        _, seen = seen_by(admin, customer_id)
        said = admin("POST", f"/customers/{customer_id}/{kind}", json={"reason": REASON, **body}, headers=seen)
        assert said.status_code == 200, said.text
        assert said.headers["ETag"] == f'"{said.json()["data"]["version"]}"'
        return dict(said.json()["data"])

    def test_a_changed_number_signs_in_and_accepts(
        self, admin, partner, by_phone, new_lead, shared_quotation, phone, other_phone
    ):
        lead = new_lead()
        quotation = shared_quotation(lead["id"])
        before = by_phone(phone)
        changed = self.exception(admin, lead["customerId"], "change-phone", newPhone=f"0{other_phone}")
        assert (changed["customerId"], changed["phone"]) == (lead["customerId"], f"+91{other_phone}")
        assert before("GET", f"/leads/{lead['id']}").status_code == 401
        after = by_phone(other_phone)
        accepted = after("POST", f"/quotations/{quotation['id']}/accept")
        assert (accepted.status_code, accepted.json()["data"]["status"]) == (200, "Accepted")
        assert partner("GET", f"/leads/{lead['id']}").json()["data"]["phone"] == f"+91{other_phone}"
        assert by_phone(phone)("GET", "/profile").json()["data"]["userId"] != lead["customerId"]
        assert timeline(admin, lead["customerId"])[0]["details"]["reason"] == REASON
        [told] = [e["details"] for e in timeline(after, lead["customerId"]) if e["action"] == "PhoneChanged"]
        assert told["reason"] is None and {"field", "oldValue", "newValue", "changes", "reason"} >= told.keys()

    def test_a_merge_moves_leads_phone_and_id(
        self, admin, partner, by_phone, new_lead, shared_quotation, phone, other_phone
    ):
        kept, gone = new_lead(), new_lead(phone=other_phone, customerName="K. Desai")
        quotation = shared_quotation(gone["id"])
        survivor = self.exception(admin, kept["customerId"], "merge", otherCustomerId=gone["customerId"])
        assert survivor["customerId"] == kept["customerId"]
        old, seen = seen_by(partner, gone["customerId"])
        assert old["customerId"] == kept["customerId"] and seen["If-Match"] == f'"{survivor["version"]}"'
        assert partner("GET", f"/leads/{gone['id']}").json()["data"]["customerId"] == kept["customerId"]
        assert new_lead(phone=other_phone)["customerId"] == kept["customerId"]
        said = {(e["customerId"], e["action"]) for e in timeline(admin, gone["customerId"])}
        assert {(kept["customerId"], "CustomersMerged"), (gone["customerId"], "MergedInto")} < said
        edited = admin("PATCH", f"/customers/{gone['customerId']}", json={"city": "Surat"})
        assert (edited.status_code, edited.json()["data"]["customerId"]) == (200, kept["customerId"])
        customer = by_phone(other_phone)
        assert customer("GET", "/profile").json()["data"]["userId"] == kept["customerId"]
        assert customer("POST", f"/quotations/{quotation['id']}/accept").status_code == 200

        restored = self.exception(admin, gone["customerId"], "unmerge")
        assert (restored["customerId"], restored["phone"]) == (gone["customerId"], f"+91{other_phone}")
        assert partner("GET", f"/leads/{gone['id']}").json()["data"]["customerId"] == gone["customerId"]
        assert by_phone(other_phone)("GET", "/profile").json()["data"]["userId"] == gone["customerId"]

    def test_a_shared_number_is_one_login_and_two_people(self, admin, by_phone, new_lead, phone):
        holder = new_lead()["customerId"]
        self.exception(admin, holder, "share-phone", phone=phone, name="Mohan Desai")
        [entry] = [e for e in timeline(admin, holder) if e["action"] == "PhoneShared"]
        other_id = entry["details"]["other"]
        other, _ = seen_by(admin, other_id)
        assert (other["name"], other["phone"]) == ("Mohan Desai", f"+91{phone}")
        assert by_phone(phone)("GET", "/profile").json()["data"]["userId"] == holder
        assert new_lead()["customerId"] == holder
        ended = self.exception(admin, other_id, "unshare-phone")
        assert ended["phone"] is None

    def test_are_critical_and_the_admins(self, admin, partner, kam, customer_of, phone, other_phone):
        customer_id, other = customer_of(), customer_of(phone=other_phone)
        bodies = {
            "change-phone": {"newPhone": "8" + phone[1:]},
            "share-phone": {"name": "Mohan"},
            "merge": {"otherCustomerId": other},
        }
        untouched = [seen_by(admin, one)[0] for one in (customer_id, other)]
        for kind, body in bodies.items():
            path, said = f"/customers/{customer_id}/{kind}", {**body, "reason": REASON}
            assert admin("POST", path, json=said).status_code == 428
            stale = admin("POST", path, json=said, headers={"If-Match": '"7"'})
            assert (stale.status_code, stale.headers["ETag"]) == (412, '"1"')
            assert stale.json()["error"]["details"]["current"]["version"] == 1
            short = admin("POST", path, json={**body, "reason": "too short"}, headers={"If-Match": '"1"'})
            assert (short.status_code, set(short.json()["validationErrors"])) == (422, {"reason"})
            for reader in (partner, kam):
                assert reader("POST", path, json=said, headers={"If-Match": '"1"'}).status_code == 403
        assert [seen_by(admin, one)[0] for one in (customer_id, other)] == untouched

    def test_a_number_of_somebody_elses_is_refused(self, admin, customer_of, phone, other_phone):
        customer_id, other = customer_of(), customer_of(phone=other_phone)
        _, seen = seen_by(admin, customer_id)
        body = {"newPhone": other_phone, "reason": REASON}
        said = admin("POST", f"/customers/{customer_id}/change-phone", json=body, headers=seen)
        assert (said.status_code, said.json()["error"]["code"]) == (409, "PHONE_HELD")
        assert said.json()["error"]["details"] == {"customerId": other}

    def test_a_keyed_merge_happens_once(self, admin, customer_of, other_phone):
        customer_id, other = customer_of(), customer_of(phone=other_phone)
        _, seen = seen_by(admin, customer_id)
        headers = {**seen, "Idempotency-Key": f"merge-{customer_id}-{other}"}
        body = {"otherCustomerId": other, "reason": REASON}
        said = [admin("POST", f"/customers/{customer_id}/merge", json=body, headers=headers) for _ in range(2)]
        assert [s.status_code for s in said] == [200, 200] and said[0].json() == said[1].json()

    def test_twenty_merges_in_parallel_are_one(self, admin, partner, new_lead, other_phone):
        kept, gone = new_lead(), new_lead(phone=other_phone)
        _, seen = seen_by(admin, kept["customerId"])
        path, body = f"/customers/{kept['customerId']}/merge", {"otherCustomerId": gone["customerId"]}
        with ThreadPoolExecutor(20) as pool:
            said = list(
                pool.map(
                    lambda _: admin("POST", path, json={**body, "reason": REASON}, headers=seen).status_code,
                    range(20),
                )
            )
        assert said.count(200) == 1 and set(said) <= {200, 409, 412}
        entries = partner("GET", f"/leads/{gone['id']}/timeline").json()["data"]["timeline"]
        assert [e["action"] for e in entries].count("LeadRelinked") == 1
