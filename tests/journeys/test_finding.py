"""Who finds what in lists: an Admin what is in nobody else's, and nobody what isn't theirs, or isn't any more."""

from __future__ import annotations

from typing import Any

from local.demo import CONFIGURATION
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


class TestKam:
    def test_meets_nothing_of_another_partners_leads_in_any_list(self, admin, kam, other_partner, by_phone):
        """The instance's memory holds all leads; what a KAM sees of them is decided list by list."""
        phone = a_phone()
        asked = {"customerName": "Hidden Person", "phone": phone, "address": "5 Station Road, Ahmedabad"}
        lead = other_partner("POST", "/leads", json=asked).json()["data"]
        made = other_partner("POST", "/quotations", json={"leadId": lead["id"], **CONFIGURATION}).json()["data"]
        other_partner("PATCH", f"/quotations/{made['id']}/share")
        counted = kam("GET", "/leads/summary").json()["data"]
        by_phone(phone)("PATCH", f"/quotations/{made['id']}/accept", json={})
        version = other_partner("GET", f"/leads/{lead['id']}").json()["data"]["version"]
        won = {"status": "Won", "remarks": "Details verified", "quotationRef": made["id"], "version": version}
        assert other_partner("PATCH", f"/leads/{lead['id']}/status", json=won).status_code == 200
        for path in ("/leads", "/quotations", "/customers", "/commissions"):
            for typed in (phone, lead["id"], lead["customerId"], "hidden"):
                assert found(kam, path, search=typed) == [], (path, typed)
                assert found(admin, path, search=typed) != [], (path, typed)
        assert found(kam, "/quotations", leadId=lead["id"]) == found(kam, "/commissions", leadId=lead["id"]) == []
        assert found(kam, "/leads", assignedTo="CP-1002") == found(kam, "/commissions", cpId="CP-1002") == []
        assert kam("GET", "/leads/summary").json()["data"] == counted
        metrics = kam("GET", "/dashboard/metrics?limit=50").text
        assert lead["id"] not in metrics and "Hidden" not in metrics
        for report in ("/reports/funnel", "/reports/commissions"):
            assert "CP-1002" not in kam("GET", report).text and lead["id"] not in kam("GET", report).text

    def test_sees_of_a_shared_customer_what_its_own_partners_leads_say(self, kam, partner, other_partner):
        phone = a_phone()
        asked = {"phone": phone, "address": "5 Station Road, Ahmedabad"}
        mine = partner("POST", "/leads", json={**asked, "customerName": "Mine"}).json()["data"]
        other_partner("POST", "/leads", json={**asked, "customerName": "Theirs", "email": "t@example.com"})
        [seen] = found(kam, "/customers", search=phone)
        assert (seen["id"], seen["name"], seen["email"], seen["leadCount"]) == (mine["customerId"], "Mine", None, 1)
        assert found(kam, "/customers", search="t@example.com") == []


class TestReassignedLead:
    def test_shows_its_new_partner_nothing_of_what_the_former_one_earned(
        self, admin, partner, other_partner, new_lead, shared_quotation, by_phone, phone
    ):
        lead = new_lead()
        quotation = shared_quotation(lead["id"])
        by_phone(phone)("PATCH", f"/quotations/{quotation['id']}/accept", json={})
        version = partner("GET", f"/leads/{lead['id']}").json()["data"]["version"]
        won = {"status": "Won", "remarks": "Details verified", "quotationRef": quotation["id"], "version": version}
        version = partner("PATCH", f"/leads/{lead['id']}/status", json=won).json()["data"]["version"]
        before = other_partner("GET", "/leads/summary").json()["data"]
        body = {"cpId": "CP-1002", "reason": "Nearer to the site", "version": version}
        assert admin("PATCH", f"/leads/{lead['id']}/reassign", json=body).status_code == 200
        [earned] = found(partner, "/commissions", leadId=lead["id"])
        assert found(partner, "/leads", search=lead["id"]) == []
        assert found(other_partner, "/commissions", leadId=lead["id"]) == []
        assert [x["id"] for x in found(other_partner, "/leads", search=lead["id"])] == [lead["id"]]
        after = other_partner("GET", "/leads/summary").json()["data"]
        assert (after["totalLeads"], after["totalCommission"], after["pendingCommission"]) == (
            before["totalLeads"] + 1,
            before["totalCommission"],
            before["pendingCommission"],
        )
        everything = other_partner("GET", "/sync")
        assert lead["id"] in everything.text and earned["id"] not in everything.text
        former = partner("GET", "/sync").json()["data"]
        assert earned["id"] in {x["id"] for x in former["commissions"]}
        assert lead["id"] not in {x["id"] for x in former["leads"]}
        assert other_partner("GET", f"/commissions/{earned['id']}").status_code == 404


class TestLeadThatMovedToAnotherCustomer:
    def test_is_in_no_list_of_the_former_one(self, partner, new_lead, shared_quotation, by_phone, phone):
        lead, former = new_lead(), by_phone(phone)
        quotation = shared_quotation(lead["id"])
        assert [x["id"] for x in found(former, "/leads")] == [lead["id"]]
        assert [x["id"] for x in found(former, "/quotations")] == [quotation["id"]]
        right = a_phone()
        said = partner("PATCH", f"/leads/{lead['id']}", json={"phone": right})
        assert said.status_code == 200, said.text
        assert found(former, "/leads") == []
        assert found(former, "/quotations") == []
        assert former("GET", f"/leads/{lead['id']}").status_code == 404
        assert former("GET", f"/quotations/{quotation['id']}").status_code == 404
        assert [x["id"] for x in found(by_phone(right), "/quotations")] == [quotation["id"]]
