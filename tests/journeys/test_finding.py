"""What an Admin has to find that isn't in anybody's list: leads without a partner, customers without a lead."""

from __future__ import annotations

from typing import Any

from tests.journeys.conftest import Client, a_phone


def found(who: Client, path: str, **query: str) -> list[dict[str, Any]]:
    said = who("GET", path, params=query)
    assert said.status_code == 200, said.text
    items: list[dict[str, Any]] = said.json()["data"]["items"]
    return items


class TestUnassignedLeads:
    def test_are_found_until_somebody_has_them(self, admin, kam, by_phone):
        phone = a_phone()
        asked = {"customerName": "Kavita Desai", "address": "5 Station Road, Ahmedabad"}
        lead = by_phone(phone)("POST", "/leads", json=asked).json()["data"]
        assert lead["assignedTo"] is None
        for word in ("unassigned", "Unassigned"):
            assert [x["id"] for x in found(admin, "/leads", assignedTo=word, search=phone)] == [lead["id"]]
        assert {x["assignedTo"] for x in found(admin, "/leads", assignedCP="unassigned", limit="100")} == {None}
        exported = admin("GET", "/leads/export", params={"assignedTo": "unassigned", "search": phone}).text
        assert lead["id"] in exported
        assert found(kam, "/leads", assignedTo="unassigned") == []
        body = {"cpId": "CP-1001", "reason": "Nearest to the site", "version": lead["version"]}
        assert admin("PATCH", f"/leads/{lead['id']}/reassign", json=body).status_code == 200
        assert found(admin, "/leads", assignedTo="unassigned", search=phone) == []


class TestCustomersWithoutLeads:
    def test_are_found_by_an_admin_by_phone_or_id(self, admin, kam, partner, by_phone):
        phone = a_phone()
        by_phone(phone)
        other = {"name": "Lone Person", "phone": a_phone(), "pinCode": "380001"}
        entered = admin("POST", "/customers", json=other).json()["data"]
        [signed_in] = found(admin, "/customers", search=f"0{phone[:5]} {phone[5:]}")
        assert (signed_in["phone"], signed_in["name"], signed_in["leadCount"]) == (f"+91{phone}", None, 0)
        for typed in (other["phone"], entered["id"], f" {entered['id'].lower()} "):
            [seen] = found(admin, "/customers", search=typed)
            assert (seen["id"], seen["name"], seen["pincode"]) == (entered["id"], "Lone Person", "380001"), typed
            assert found(kam, "/customers", search=typed) == found(partner, "/customers", search=typed) == []
        for typed in (a_phone(), "CUST-99999999", "CUST/1#?", "nobody"):
            assert found(admin, "/customers", search=typed) == [], typed

    def test_are_found_as_who_they_were_merged_into(self, admin, new_lead):
        kept = new_lead()["customerId"]
        gone = admin("POST", "/customers", json={"name": "Same Person", "phone": a_phone()}).json()["data"]
        seen = admin("GET", f"/customers/{kept}")
        body = {"otherCustomerId": gone["id"], "reason": "The same person twice"}
        said = admin("POST", f"/customers/{kept}/merge", json=body, headers={"If-Match": seen.headers["ETag"]})
        assert said.status_code == 200, said.text
        [found_again] = found(admin, "/customers", search=gone["id"])
        assert (found_again["id"], found_again["leadCount"]) == (kept, 1)
