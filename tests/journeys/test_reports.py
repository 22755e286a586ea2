"""Reports and the dashboard over real HTTP: they follow each change at once, a KAM sees its own, CSV opens safely."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.journeys.critical import Office


def data_of(reply: Any) -> Any:
    assert reply.status_code == 200, reply.text
    return reply.json()["data"]


def rows_of(reply: Any) -> list[dict[str, str]]:
    assert reply.status_code == 200 and reply.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in reply.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"))))


@pytest.fixture
def office(admin, new_lead, shared_quotation) -> Office:
    return Office(admin, new_lead, shared_quotation)


class TestFunnel:
    def test_has_customer_accepted_as_its_own_stage_and_follows_at_once(
        self, admin, kam, new_lead, shared_quotation, by_phone
    ):
        state = "Report State"
        lead = new_lead(state=state)
        new_lead(state=state.upper())
        quotation = shared_quotation(lead["id"])

        def stages(who: Any) -> dict[str, tuple[int, int, int]]:
            found = data_of(who("GET", "/reports/funnel", params={"state": state}))["stages"]
            return {s["stage"]: (s["now"], s["entered"], s["reached"]) for s in found}

        before = stages(admin)
        assert list(before) == [
            *("New Lead", "In Discussion", "Physical Meeting Assigned", "Customer Accepted"),
            *("Won", "Pending at Solarium", "Under Execution", "Executed"),
        ]
        assert (before["New Lead"], before["Customer Accepted"]) == ((2, 2, 2), (0, 0, 0))
        assert by_phone(lead["phone"])("PATCH", f"/quotations/{quotation['id']}/accept", json={}).status_code == 200
        for who in (admin, kam):
            after = stages(who)
            assert (after["New Lead"], after["Customer Accepted"]) == ((1, 2, 2), (1, 1, 1))
            assert after["In Discussion"] == (0, 0, 1)  # it went past that
        whole = data_of(admin("GET", "/reports/funnel", params={"state": state}))
        [step] = whole["transitions"]
        assert (step["from"], step["to"], step["leads"]) == ("New Lead", "Customer Accepted", 1)
        assert 0 <= step["medianSeconds"] < 60
        [mine] = whole["byPartner"]
        assert (mine["key"], mine["leads"], mine["conversionToAccepted"]) == ("CP-1001", 2, 50.0)
        assert [g["key"] for g in whole["byKam"]] == ["KAM-1001"]

    def test_a_kam_does_not_see_another_partners_leads(self, admin, kam, other_partner, phone):
        body = {"customerName": "Tara", "phone": phone, "address": "1 Road", "state": "Elsewhere"}
        assert other_partner("POST", "/leads", json=body).status_code == 201
        assert data_of(admin("GET", "/reports/funnel?state=Elsewhere"))["leads"] >= 1
        assert data_of(kam("GET", "/reports/funnel?state=Elsewhere"))["leads"] == 0
        assert data_of(kam("GET", "/reports/funnel?cpId=CP-1002"))["leads"] == 0

    def test_is_a_csv_too(self, admin, new_lead):
        new_lead(state="=1+1")
        for by in ("stage", "transition", "state", "cp", "kam", "month"):
            assert isinstance(rows_of(admin("GET", f"/reports/funnel?format=CSV&by={by}&origin=cp")), list)
        states = {row["name"] for row in rows_of(admin("GET", "/reports/funnel?format=csv&by=state"))}
        assert "'=1+1" in states and "=1+1" not in states

    def test_says_what_cannot_be_asked(self, admin, partner):
        for query, field in (
            ("from=2026-03-02&to=2026-03-01", "to"),
            ("from=yesterday", "from"),
            ("format=pdf", "format"),
            ("origin=Mars", "origin"),
        ):
            said = admin("GET", f"/reports/funnel?{query}")
            assert said.status_code == 400 and set(said.json()["validationErrors"]) == {field}
        assert partner("GET", "/reports/funnel").status_code == 403


class TestCommissions:
    def test_are_summed_exactly_by_partner_and_by_project(self, office, admin, kam):
        before = data_of(admin("GET", "/reports/commissions?cpId=CP-1001"))["totals"]
        commission, tag = office.approved()
        said = data_of(admin("GET", f"/commissions/{commission}"))
        for who in (admin, kam):
            found = data_of(who("GET", "/reports/commissions?cpId=CP-1001"))
            [mine] = found["byPartner"]
            assert mine["approved"] == found["totals"]["approved"]
            newest = found["byProject"]["items"][0]
            assert (newest["leadId"], newest["approved"]) == (
                said["leadId"],
                {"count": 1, "amount": said["amount"]},
            )
            assert newest["balance"] == newest["earned"] == said["amount"]
            risen = round(100 * found["totals"]["balance"]) - round(100 * before["balance"])
            assert risen == round(100 * said["amount"])
        paid = admin(
            "PATCH", f"/commissions/{commission}/pay", json=office.payment(commission), headers={"If-Match": tag}
        )
        assert paid.status_code == 200, paid.text
        rows = rows_of(admin("GET", "/reports/commissions?format=csv&by=project&status=paid"))
        [row] = [r for r in rows if r["leadId"] == said["leadId"]]
        assert (row["paid count"], float(row["paid amount"]), float(row["balance"])) == ("1", said["amount"], 0)
        office.force(said["leadId"], "Customer Accepted")
        clawed = data_of(admin("GET", "/reports/commissions?status=clawedback"))["byProject"]["items"]
        [back] = [p for p in clawed if p["leadId"] == said["leadId"]]
        assert back["clawedBack"] == {"count": 1, "amount": said["amount"]} and back["balance"] == -said["amount"]
        assert data_of(kam("GET", "/reports/commissions?cpId=CP-1002"))["byPartner"] == []


class TestDashboard:
    def test_is_read_bare_and_within_data(self, admin, kam, partner, new_lead):
        lead = new_lead()
        for who in (admin, kam):
            for method, path in (("GET", "/dashboard/metrics"), ("POST", "/dashboard/metrics/refresh")):
                said = who(method, path + "?includeDetails=true&limit=10")
                assert said.status_code == 200, said.text
                body, data = said.json(), said.json()["data"]
                assert {name: body[name] for name in data} == data
                assert data["recentLeads"][0] == {
                    "id": lead["id"],
                    "customerName": lead["customerName"],
                    "status": "New Lead",
                    "createdAt": lead["createdAt"],
                }
                assert data["recentActivities"][0]["description"].endswith("registered the lead")
                assert data["recentActivities"][0]["type"] == "lead"
                assert data["activeLeads"] >= 1 and data["channelPartners"] >= 1
                assert isinstance(data["pendingQuotations"], int) and isinstance(data["pendingCommissions"], int)
                assert set(data["dateRange"]) == {"from", "to"} and data["refreshInterval"] == 60_000
                assert ("totalRevenue" in data) == (who is admin)
        assert partner("GET", "/dashboard/metrics").status_code == 403
        none = data_of(admin("GET", "/dashboard/metrics?dateFrom=2020-01-01&dateTo=2020-01-31"))
        assert (none["recentLeads"], none["recentActivities"], none["totalRevenue"]) == ([], [], 0)
        assert admin("GET", "/dashboard/metrics?dateFrom=2020-02-01&dateTo=2020-01-31").status_code == 400
