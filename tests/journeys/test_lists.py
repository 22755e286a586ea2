"""The lists that the clients read, over real HTTP: pages, cursors, filters, search, counters, sync."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from tests.journeys.conftest import a_phone

GUARD = ("leadId", "customerName", "phone", "address", "status", "assignedTo")
"""What the CP app's sync doesn't take a lead without (client-contract.md §4)."""


def data_of(reply: Any) -> Any:
    assert reply.status_code == 200, reply.text
    return reply.json()["data"]


def faults_of(reply: Any) -> set[str]:
    assert reply.status_code == 400, reply.text
    return set(reply.json()["validationErrors"])


def walked(who: Any, path: str, **query: Any) -> list[dict[str, Any]]:
    """All items, by cursors."""
    data = data_of(who("GET", path, params=query))
    items = data["items"]
    while "nextCursor" in data:
        data = data_of(who("GET", path, params={**query, "cursor": data["nextCursor"]}))
        items += data["items"]
    return items


@pytest.fixture
def won(new_lead, shared_quotation, by_phone, partner, phone):
    """A lead that was won: lead, quotation, commission's id."""
    lead = new_lead(customerName="Bhavna Shah", email="bhavna@example.com")
    quotation = shared_quotation(lead["id"])
    by_phone(phone)("PATCH", f"/quotations/{quotation['id']}/accept", json={})
    tag = partner("GET", f"/leads/{lead['id']}").headers["ETag"]
    body = {"status": "Won", "remarks": "Details verified", "quotationRef": quotation["id"]}
    assert partner("PATCH", f"/leads/{lead['id']}/status", json=body, headers={"If-Match": tag}).status_code == 200
    return lead, quotation, f"COMM-{lead['id'][5:]}01"


class TestLeads:
    def test_come_in_pages_that_make_up_the_list_whichever_way(self, new_lead, admin, partner):
        for _ in range(9):
            new_lead()
        for who in (partner, admin):
            whole = walked(who, "/leads", limit=4)
            ids = [lead["id"] for lead in whole]
            assert len(set(ids)) == len(ids)
            days = [x["followUpDate"] or "without one, last" for x in whole]
            assert days == sorted(days)
            second = data_of(who("GET", "/leads?page=2&limit=4"))
            same = data_of(who("GET", "/leads?offset=4&limit=4"))
            assert second["items"] == same["items"]
            assert {n: second[n] for n in ("total", "offset", "limit", "page", "totalPages")} == {
                "total": len(ids),
                "offset": 4,
                "limit": 4,
                "page": 2,
                "totalPages": -(-len(ids) // 4),
            }
            assert [x["id"] for x in second["items"]] == ids[4:8]
            assert "nextCursor" not in data_of(who("GET", f"/leads?offset={len(ids) - 1}"))

    def test_have_all_that_the_sync_of_the_app_asks_for(self, new_lead, partner):
        new_lead(services=["Rooftop solar"])
        for lead in walked(partner, "/leads", limit=100):
            assert all(isinstance(lead[name], str) and lead[name] for name in GUARD)
            assert isinstance(lead["services"], list)

    @pytest.mark.parametrize("sort_by", ["createdAt", "updatedAt", "followUpDate", "customerName", "status"])
    def test_are_sorted_both_ways(self, new_lead, admin, sort_by):
        for name in ("Zeenat", "asha", "Bela"):
            new_lead(customerName=name)
        up = [x["id"] for x in walked(admin, "/leads", sortBy=sort_by, sortOrder="asc", limit=100)]
        down = walked(admin, "/leads", sortBy=sort_by, sortOrder="desc", limit=100)
        # as people look for names: a full-width ＝ (the export's journey leaves one here) is an =
        values = [unicodedata.normalize("NFKC", str(x[sort_by])).casefold() for x in down]
        assert values == sorted(values, reverse=True)
        assert [x["id"] for x in down] == up[::-1]

    def test_show_at_once_what_anybody_changed(self, new_lead, partner, admin, kam):
        lead = new_lead()
        for number, writer in enumerate((partner, admin, kam)):
            writer("PATCH", f"/leads/{lead['id']}", json={"remarks": f"remark {number}"})
            for reader in (partner, admin, kam):
                [seen] = data_of(reader("GET", "/leads", params={"search": lead["id"]}))["items"]
                assert seen["remarks"] == f"remark {number}"

    def test_of_others_are_not_there(self, new_lead, other_partner):
        lead = new_lead()
        assert data_of(other_partner("GET", "/leads", params={"search": lead["id"]}))["total"] == 0

    def test_of_a_customer_are_its_own_and_come_in_both_shapes(self, new_lead, by_phone, phone):
        lead = new_lead()
        data = data_of(by_phone(phone)("GET", "/leads?page=1&limit=20&sortBy=updatedAt&sortOrder=desc"))
        assert [x["id"] for x in data["items"]] == [lead["id"]] and data["data"] == data["items"]
        assert data["pagination"] == {
            "page": 1,
            "limit": 20,
            "total": 1,
            "totalPages": 1,
            "hasNext": False,
            "hasPrev": False,
        }


class TestFilters:
    def test_narrow_the_list_under_both_clients_names(self, new_lead, admin, phone):
        lead = new_lead(state="Goa", source=f"fair-{phone}", customerName="Kérala Sun")
        day, made = lead["followUpDate"], lead["createdAt"]
        decomposed = unicodedata.normalize("NFD", "KÉRALA")
        for yes in (
            {"status": "New Lead", "sortOrder": "DESC"},
            {"status": "new lead", "origin": "cp"},
            {"assignedTo": "CP-1001"},
            {"assignedCP": "CP-1001", "territories": "North,East"},
            {"customerId": lead["customerId"]},
            {"state": "goa"},
            {"origin": "CP"},
            {"followUpFrom": day, "followUpTo": day},
            {"followUpDateFrom": day, "followUpDateTo": day},
            {"createdFrom": made, "createdTo": made},
            {"dateFrom": made, "dateTo": made},
            {"customerName": decomposed},
            {"customerPhone": phone},
            {"search": f"+91 {phone[:5]} {phone[5:]}"},
            {"search": lead["id"].lower()},
            {"search": lead["customerId"]},
            {"search": f"{decomposed} su"},
        ):
            found = data_of(admin("GET", "/leads", params={"source": f"FAIR-{phone}", **yes}))
            assert [x["id"] for x in found["items"]] == [lead["id"]] and found["total"] == 1, yes
        for no in (
            {"status": "Won"},
            {"assignedTo": "CP-1002"},
            {"customerId": "CUST-1"},
            {"state": "Kerala"},
            {"origin": "Admin"},
            {"followUpTo": "2020-01-01"},
            {"followUpFrom": "2100-01-01"},
            {"createdTo": "2020-01-01"},
            {"createdFrom": "2100-01-01"},
            {"search": "erala"},
        ):
            assert data_of(admin("GET", "/leads", params={"source": f"fair-{phone}", **no}))["total"] == 0, no

    def test_are_refused_all_at_once_when_they_make_no_sense(self, admin):
        bad = {
            "limit": "0",
            "offset": "-1",
            "page": "x",
            "status": "Maybe",
            "sortBy": "price",
            "followUpTo": "soon",
        }
        assert faults_of(admin("GET", "/leads", params=bad)) == set(bad)
        backwards = {"createdFrom": "2026-03-02", "createdTo": "2026-03-01", "followUpDateFrom": "2026-03-02"}
        said = admin("GET", "/leads", params={**backwards, "followUpDateTo": "2026-03-01"})
        assert faults_of(said) == {"createdTo", "followUpDateTo"}
        assert faults_of(admin("GET", "/leads?limit=101")) == {"limit"}
        assert faults_of(admin("GET", "/commissions?dateRange=2026-01-01&status=lost")) == {"dateRange", "status"}
        assert faults_of(admin("GET", "/quotations?status=lost&limit=x")) == {"status", "limit"}


class TestCursor:
    def test_of_another_person_other_filters_or_another_list_is_refused(self, new_lead, admin, kam):
        for _ in range(2):
            new_lead()
        cursor = data_of(admin("GET", "/leads?limit=1&origin=CP"))["nextCursor"]
        data_of(admin("GET", "/leads", params={"limit": 7, "origin": "CP", "cursor": cursor}))
        for who, path, query in (
            (kam, "/leads", {"origin": "CP"}),
            (admin, "/leads", {}),
            (admin, "/leads", {"origin": "CP", "sortOrder": "desc"}),
            (admin, "/quotations", {}),
            (admin, "/leads", {"origin": "CP", "offset": 1}),
        ):
            assert faults_of(who("GET", path, params={**query, "cursor": cursor})) == {"cursor"}
        for bad in (cursor[:-1], cursor[:20] + ("A" if cursor[20] != "A" else "B") + cursor[21:], "x", "💥"):
            assert faults_of(admin("GET", "/leads", params={"origin": "CP", "cursor": bad})) == {"cursor"}

    def test_walks_without_loss_while_leads_are_moved_about(self, new_lead, admin, phone):
        source = {"source": f"walk-{phone}"}
        ids = [new_lead(**source)["id"] for _ in range(8)]
        met: list[str] = []
        query: dict[str, Any] = {**source, "limit": 1, "sortBy": "updatedAt", "sortOrder": "desc"}
        while True:
            data = data_of(admin("GET", "/leads", params=query))
            met += [x["id"] for x in data["items"]]
            admin("PATCH", f"/leads/{ids[len(met) % 8]}", json={"city": f"C{len(met)}"})
            if "nextCursor" not in data:
                break
            query["cursor"] = data["nextCursor"]
        assert met == ids[::-1]


class TestQuotations:
    def test_are_seen_by_all_who_may_with_the_words_of_each_client(self, won, partner, admin, kam, by_phone, phone):
        lead, quotation, _ = won
        for who in (partner, admin, kam, by_phone(phone)):
            [item] = data_of(who("GET", "/quotations", params={"leadId": lead["id"]}))["items"]
            assert (item["quotationId"], item["leadId"], item["status"]) == (
                quotation["id"],
                lead["id"],
                "Accepted",
            )
            assert item["systemKW"] > 0 and item["totalCost"] == quotation["systemPrice"] and item["createdAt"]
        assert item["dealerAddOnTotal"] is None and "addOnTotal" not in item  # the customer's

    def test_that_were_not_shared_are_not_the_customers(self, new_lead, partner, by_phone, phone):
        from local.demo import CONFIGURATION

        lead = new_lead()
        made = partner("POST", "/quotations", json={"leadId": lead["id"], **CONFIGURATION}).json()["data"]
        asked = {"leadId": lead["id"], "status": "Generated"}
        [item] = data_of(partner("GET", "/quotations", params=asked))["items"]
        assert (item["id"], item["status"]) == (made["id"], "Created")
        customer = by_phone(phone)
        assert data_of(customer("GET", "/quotations", params=asked))["total"] == 0
        assert data_of(customer("GET", "/leads", params={"search": made["id"]}))["total"] == 0
        assert data_of(partner("GET", "/leads", params={"search": made["id"]}))["total"] == 1
        assert data_of(partner("GET", "/quotations", params={**asked, "owner": "me"}))["total"] == 1
        assert data_of(partner("GET", "/quotations", params={**asked, "owner": "CP-1002"}))["total"] == 0

    def test_are_narrowed_by_customer_and_search(self, new_lead, shared_quotation, admin):
        lead, other = new_lead(customerName="Yamini Bose"), new_lead(phone=a_phone())
        first, second = shared_quotation(lead["id"])["id"], shared_quotation(lead["id"])["id"]
        shared_quotation(other["id"])
        for asked, wanted in (
            ({"customerId": lead["customerId"]}, [second, first]),
            ({"customerId": "CUST-1"}, []),
            ({"search": f"yamini {lead['id']}"}, [second, first]),
            ({"search": first.lower()}, [first]),
            ({"search": lead["phone"]}, [second, first]),
            ({"search": second, "leadId": other["id"]}, []),
        ):
            found = data_of(admin("GET", "/quotations", params=asked))["items"]
            assert [item["id"] for item in found] == wanted, asked


class TestCommissions:
    def test_are_narrowed_by_their_lead(self, won, admin):
        lead, _, commission = won
        found = data_of(admin("GET", "/commissions", params={"leadId": lead["id"]}))
        assert ([item["id"] for item in found["items"]], found["total"]) == ([commission], 1)
        assert data_of(admin("GET", "/commissions", params={"leadId": "LEAD-1"}))["total"] == 0

    def test_are_listed_with_lifetime_totals(self, won, partner, admin, kam, other_partner, by_phone, phone):
        lead, quotation, commission = won
        for who in (partner, admin, kam):
            data = data_of(who("GET", "/commissions", params={"search": lead["id"], "status": "PENDING"}))
            [item] = data["items"]
            assert (item["commissionId"], item["cpId"], item["leadId"]) == (commission, "CP-1001", lead["id"])
            assert item["amount"] == quotation["dealerAddOnTotal"] and item["status"] == "pending"
            pending = walked(who, "/commissions", status="pending", limit=100)
            assert data["totals"]["pending"]["count"] == len(pending)
            assert data["totals"]["pending"]["amount"] == pytest.approx(sum(x["amount"] for x in pending))
        assert data_of(other_partner("GET", "/commissions", params={"search": lead["id"]}))["total"] == 0
        assert by_phone(phone)("GET", "/commissions").status_code == 403

    def test_are_narrowed_by_days_and_partner(self, won, admin):
        lead, _, _ = won
        [item] = data_of(admin("GET", "/commissions", params={"search": lead["id"]}))["items"]
        day = item["createdAt"]
        for query, found in (
            ({"dateRange": f"{day},{day}"}, 1),
            ({"from": day, "to": day, "cpId": "CP-1001"}, 1),
            ({"cpId": "CP-1002"}, 0),
            ({"to": "2020-01-01"}, 0),
            ({"dateRange": "2020-01-01,2020-12-31"}, 0),
            ({"status": "paid"}, 0),
        ):
            assert data_of(admin("GET", "/commissions", params={"search": lead["id"], **query}))["total"] == found


class TestCustomers:
    def test_are_as_the_callers_own_leads_tell(self, won, other_partner, partner, admin, phone):
        lead, _, _ = won
        other_partner("POST", "/leads", json={"customerName": "B. S.", "phone": phone, "address": "Elsewhere"})
        [mine] = data_of(partner("GET", "/customers", params={"search": "bhavna@ex"}))["items"][:1]
        assert mine["name"] == "Bhavna Shah"
        [mine] = data_of(partner("GET", "/customers", params={"search": lead["customerId"]}))["items"]
        assert (mine["customerId"], mine["phone"], mine["totalOrders"]) == (lead["customerId"], f"+91{phone}", 1)
        said = other_partner("GET", "/customers", params={"search": phone})
        [theirs] = data_of(said)["items"]
        assert (theirs["name"], theirs["email"], theirs["address"], theirs["totalOrders"]) == (
            "B. S.",
            None,
            "Elsewhere",
            0,
        )
        assert "Bhavna" not in said.text and "5 Station" not in said.text
        [seen] = data_of(admin("GET", "/customers", params={"search": phone}))["items"]
        assert (seen["leadCount"], seen["totalOrders"]) == (2, 1)


class TestSummary:
    def test_counts_the_callers_leads_for_both_home_screens(self, won, new_lead, partner, kam):
        new_lead()
        for who in (partner, kam):
            counted = data_of(who("GET", "/leads/summary"))
            leads = walked(who, "/leads", limit=100)
            earned = walked(who, "/commissions", limit=100)
            assert counted["total"] == counted["totalLeads"] == len(leads)
            assert counted["newLeads"] == sum(x["status"] == "New Lead" for x in leads)
            assert counted["leadsWon"] == sum(
                x["status"] in ("Won", "Pending at Solarium", "Under Execution", "Executed") for x in leads
            )
            assert counted["customerAccepted"] == sum(x["status"] == "Customer Accepted" for x in leads)
            live = [x for x in earned if "voidedAt" not in x and "clawback" not in x]
            assert counted["totalCommission"] == pytest.approx(
                sum(x.get("approvedAmount", x["amount"]) for x in live)
            )
            assert counted["pendingCommission"] == pytest.approx(
                sum(x["amount"] for x in earned if x["status"] == "pending")
            )
            assert counted["followUpPending"] == counted["todayPending"] + counted["overdue"]
            assert counted["lastUpdatedAt"] == max(x["updatedAt"] for x in leads)


class TestSync:
    def test_has_everything_of_the_partners_and_is_304_until_something_changes(self, won, partner, kam):
        lead, _, _ = won
        said = partner("GET", "/sync")
        everything = data_of(said)
        for name, path in (
            ("leads", "/leads"),
            ("quotations", "/quotations"),
            ("commissions", "/commissions"),
            ("customers", "/customers"),
        ):
            by_id = {x["id"]: x for x in walked(partner, path, limit=100)}
            assert {x["id"]: x for x in everything[name]} == by_id, name
        assert {lead["id"]} < {x["id"] for x in everything["leads"]}
        assert isinstance(everything["documents"], list)
        tag = said.headers["ETag"]
        again = partner("GET", "/sync", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        partner("PATCH", f"/leads/{lead['id']}", json={"city": "Surat"})
        assert partner("GET", "/sync", headers={"If-None-Match": tag}).status_code == 200
        assert kam("GET", "/sync").status_code == 403
