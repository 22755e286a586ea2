"""A quotation's life over real HTTP: draft, final price, sharing, revision, withdrawal, and who may do what."""

from __future__ import annotations

import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pypdf
import pytest

from local.demo import CONFIGURATION

REASON = "Agreed with the customer on the phone"


@pytest.fixture
def made(new_lead, partner):
    """A Created quotation, and the number that its ETag says."""

    def make(who=partner, **fields: Any) -> dict[str, Any]:
        lead_id = fields.pop("leadId", None) or new_lead()["id"]
        said = who("POST", "/quotations", json={"leadId": lead_id, **CONFIGURATION, **fields})
        assert said.status_code == 201, said.text
        return said.json()["data"]

    return make


def tag(quotation: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{quotation["version"]}"'}


class TestDraft:
    def test_is_edited_and_finalized_by_staff(self, made, kam, admin, partner):
        draft = made(kam, draft=True)
        path = f"/quotations/{draft['id']}"
        assert (draft["status"], draft["contentHash"]) == ("Draft", None)
        edited = kam("PATCH", path, json={"panelCount": 5, "inverter": "INVERTER-1"})
        assert edited.status_code == 200 and edited.json()["data"]["systemKW"] == 2.7
        assert partner("PATCH", f"{path}/share").json()["error"]["code"] == "QUOTATION_NOT_SHAREABLE"
        final = admin("PATCH", f"{path}/finalize")
        assert (final.status_code, final.json()["data"]["status"]) == (200, "Created")
        assert len(final.json()["data"]["contentHash"]) == 64
        again = admin("PATCH", path, json={"finalize": True})
        assert (again.status_code, again.headers["ETag"]) == (200, final.headers["ETag"])

    def test_isn_t_for_partners(self, new_lead, partner, made, kam):
        body = {"leadId": new_lead()["id"], **CONFIGURATION, "draft": True}
        assert partner("POST", "/quotations", json=body).json()["error"]["code"] == "DRAFT_NOT_ALLOWED"
        draft = made(kam, draft=True)
        for path in ("", "/finalize"):
            assert partner("PATCH", f"/quotations/{draft['id']}{path}", json={}).status_code == 403

    def test_with_faults_names_them_all(self, made, kam):
        draft = made(kam, draft=True)
        said = kam("PATCH", f"/quotations/{draft['id']}", json={"panelCount": 99, "dealerAddOnPerKw": 2000.01})
        assert said.status_code == 422
        assert {"panelCount", "dealerAddOnPerKw"} <= set(said.json()["validationErrors"])
        assert kam("PATCH", f"/quotations/{draft['id']}", json={"panel": None}).status_code == 422


class TestFinalPrice:
    def test_is_a_critical_write(self, made, kam):
        quotation = made()
        path, body = (
            f"/quotations/{quotation['id']}",
            {"discount": 5000, "dealerAddOnPerKw": 1500, "reason": REASON},
        )
        assert kam("PATCH", path, json=body).status_code == 428
        said = kam("PATCH", path, json=body, headers=tag(quotation))
        after = said.json()["data"]
        # 219,890.00 - 5,000.00 + 1,500 x 3.24 kW, and 84,480.00 of subsidies
        assert (said.status_code, after["systemPrice"], after["customerPays"]) == (200, 219750.0, 135270.0)
        assert (after["status"], after["sharedWithCustomer"]) == ("Created", False)
        assert after["contentHash"] != quotation["contentHash"]
        stale = kam("PATCH", path, json={**body, "discount": 1}, headers=tag(quotation))
        details = stale.json()["error"]["details"]
        assert stale.status_code == 412 and stale.headers["ETag"] == said.headers["ETag"]
        assert details["current"]["contentHash"] == after["contentHash"] and details["changes"]

    def test_of_20_at_once_with_one_etag_lands_once(self, made, admin):
        quotation = made()
        path = f"/quotations/{quotation['id']}"

        def price(n: int) -> int:
            body = {"discount": n + 1, "reason": REASON}
            return admin("PATCH", path, json=body, headers=tag(quotation)).status_code

        with ThreadPoolExecutor(20) as pool:
            assert Counter(pool.map(price, range(20))) == {200: 1, 412: 19}

    def test_keeps_its_bounds(self, made, kam):
        quotation = made()
        body = {"discount": 19990.01, "dealerAddOnPerKw": 2000.01, "reason": REASON}
        said = kam("PATCH", f"/quotations/{quotation['id']}", json=body, headers=tag(quotation))
        assert said.status_code == 422 and set(said.json()["validationErrors"]) == {"discount", "dealerAddOnPerKw"}

    @pytest.mark.parametrize("accepted", [False, True])
    def test_of_a_shared_or_accepted_one_is_refused(
        self, new_lead, shared_quotation, admin, by_phone, phone, accepted
    ):
        """cases.md 13."""
        shared = shared_quotation(new_lead()["id"])
        path = f"/quotations/{shared['id']}"
        if accepted:
            assert by_phone(phone)("PATCH", f"{path}/accept", json={}).status_code == 200
        for body in ({"discount": 1, "reason": REASON}, {"panelCount": 5}, {"finalize": True}, {}):
            said = admin("PATCH", path, json=body, headers=tag(shared))
            assert (said.status_code, said.json()["error"]["code"]) == (409, "QUOTATION_NOT_EDITABLE")
        assert admin("GET", path).json()["data"]["contentHash"] == shared["contentHash"]

    def test_is_for_the_own_kam_and_admins_only(self, made, partner, kam, other_partner, by_phone, phone):
        quotation = made()
        path, body = f"/quotations/{quotation['id']}", {"discount": 1, "reason": REASON}
        for who in (partner, other_partner, by_phone(phone)):
            assert who("PATCH", path, json=body, headers=tag(quotation)).status_code == 403
        lead = other_partner(
            "POST", "/leads", json={"customerName": "K", "phone": phone, "address": "elsewhere"}
        ).json()["data"]
        foreign = made(other_partner, leadId=lead["id"])
        assert kam("PATCH", f"/quotations/{foreign['id']}", json=body, headers=tag(foreign)).status_code == 404


class TestWithdraw:
    def test_takes_it_from_the_customer(self, new_lead, shared_quotation, partner, by_phone, phone):
        shared = shared_quotation(new_lead()["id"])
        path, body = f"/quotations/{shared['id']}", {"reason": "Wrong inverter"}
        said = partner("PATCH", f"{path}/withdraw", json=body)
        assert (said.status_code, said.json()["data"]["status"]) == (200, "Withdrawn")
        assert partner("PATCH", f"{path}/withdraw", json=body).json() == said.json()
        customer = by_phone(phone)
        refused = customer("PATCH", f"{path}/accept", json={})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "QUOTATION_NOT_OPEN")
        assert customer("PATCH", f"{path}/withdraw", json=body).status_code == 403

    def test_needs_a_reason_and_is_for_its_own_people(self, made, partner, other_partner, kam):
        path = f"/quotations/{made()['id']}/withdraw"
        assert set(partner("PATCH", path, json={}).json()["validationErrors"]) == {"reason"}
        assert other_partner("PATCH", path, json={"reason": "Not mine"}).status_code == 404
        assert kam("PATCH", path, json={"reason": "Asked to"}).status_code == 200


class TestRevision:
    def test_replaces_the_shared_one_when_it_is_shared(
        self, new_lead, shared_quotation, made, partner, by_phone, phone
    ):
        lead = new_lead()
        first = shared_quotation(lead["id"])
        second = made(leadId=lead["id"], panelCount=5, supersedes=first["id"])
        assert second["supersedes"] == first["id"]
        customer = by_phone(phone)
        assert customer("GET", f"/quotations/{first['id']}").json()["data"]["status"] == "Shared"
        partner("PATCH", f"/quotations/{second['id']}/share")
        statuses = {q["id"]: q["status"] for q in customer("GET", "/quotations").json()["data"]["items"]}
        assert statuses == {first["id"]: "Withdrawn", second["id"]: "Shared"}
        assert customer("PATCH", f"/quotations/{first['id']}/accept", json={}).status_code == 409
        assert customer("PATCH", f"/quotations/{second['id']}/accept", json={}).status_code == 200

    def test_of_another_leads_quotation_is_refused(self, new_lead, partner, made):
        body = {"leadId": new_lead()["id"], **CONFIGURATION, "supersedes": made()["id"]}
        said = partner("POST", "/quotations", json=body)
        assert said.status_code == 422 and set(said.json()["validationErrors"]) == {"supersedes"}


class TestReject:
    def test_keeps_the_reason_and_a_repeat_changes_nothing(
        self, new_lead, shared_quotation, by_phone, phone, partner
    ):
        shared = shared_quotation(new_lead()["id"])
        path, customer = f"/quotations/{shared['id']}", by_phone(phone)
        said = customer("POST", f"{path}/reject", json={"reason": "Too expensive"})
        after = said.json()["data"]
        assert (after["status"], after["closedReason"]) == ("Rejected", "Too expensive")
        assert after["rejectedAt"] == after["closedAt"] == after["updatedAt"]
        assert customer("PATCH", f"{path}/reject", json={}).json() == said.json()
        assert partner("PATCH", f"{path}/share").status_code == 409

    def test_of_a_shared_one_stays_possible_after_sharing_it_again(
        self, new_lead, shared_quotation, partner, by_phone, phone
    ):
        shared = shared_quotation(new_lead()["id"])
        again = partner("PATCH", f"/quotations/{shared['id']}/share")
        assert (again.status_code, again.json()["data"]) == (200, shared)
        assert by_phone(phone)("PATCH", f"/quotations/{shared['id']}/reject").status_code == 200


class TestShape:
    def test_is_what_each_client_reads(self, new_lead, shared_quotation, phone):
        """client-contract.md §5, with the amounts worked out by hand from the example master data."""
        lead = new_lead()
        shared = shared_quotation(lead["id"])
        assert shared["pricing"] == {
            "systemCost": 212820.0,  # the total without the next two
            "installationFee": 9500.0,
            "transportFee": 3402.0,  # 1,050 x 3.24
            "gst": 0.0,
            "total": 225722.0,
            "discount": 0.0,
            "systemPrice": 225722.0,
            "subsidyDetails": {"central": 78000.0, "state": 6480.0, "totalSubsidy": 84480.0},
            "finalPrice": 141242.0,
            "hardwareSubtotal": 199900.0,
            "inflatedBasePrice": 219890.0,
            "dealerAddOn": 5832.0,
        }
        assert shared["components"] == {
            "panels": [{"id": "PANEL-1", "name": "Waaree Mono PERC 540 DCR", "quantity": 6}],
            "inverters": [{"id": "INVERTER-1", "name": "Growatt MIC 3000TL", "quantity": 1}],
        }
        assert shared["panels"] == {
            "make": "Waaree",
            "variant": "Mono PERC 540 DCR",
            "count": 6,
            "wattage": 540,
            "dcrFlag": True,
        }
        told = {
            name: shared[name] for name in ("systemKW", "totalCost", "sharedWithCustomer", "customerName", "phase")
        }
        assert told == {
            "systemKW": 3.24,
            "totalCost": 225722.0,
            "sharedWithCustomer": True,
            "customerName": "Kavita Desai",
            "phase": "Single",
        }
        assert (shared["customerPhone"], shared["bom"]) == (
            f"+91{phone}",
            {"cableType": "Standard", "extraStructureHeight": 1},
        )
        assert (shared["acceptedAt"], shared["rejectedAt"]) == (None, None)

    def test_keeps_the_roof_type_of_the_simple_form(self, new_lead, partner):
        body = {
            "leadId": new_lead(state="Gujarat")["id"],
            "systemKW": 3.24,
            "roofType": "TinShed",
            "panels": [{"id": "PANEL-1", "quantity": 6}],
            "inverters": [{"id": "INVERTER-1", "quantity": 1}],
        }
        said = partner("POST", "/quotations", json=body)
        assert said.status_code == 201 and said.json()["data"]["roofType"] == "TinShed"

    def test_hides_margins_and_add_on_from_the_customer(self, new_lead, shared_quotation, by_phone, phone):
        shared = shared_quotation(new_lead()["id"])
        said = by_phone(phone)("GET", f"/quotations/{shared['id']}")
        for hidden in ("argin", "addOn", "unitPrice", "hardware", "nflat", "lines"):
            assert hidden not in said.text
        seen = said.json()["data"]
        assert seen["dealerAddOnRate"] is None and seen["dealerAddOnTotal"] is None
        assert (seen["pricing"]["total"], seen["totalCost"]) == (225722.0, 225722.0)


class TestTimer:
    def test_is_fired_as_the_host_does(self, http, new_lead, shared_quotation, partner):
        shared = shared_quotation(new_lead()["id"])
        assert http.post("/admin/functions/ExpireQuotations", json={}).status_code == 202
        assert partner("GET", f"/quotations/{shared['id']}").json()["data"]["status"] == "Shared"


class TestPdf:
    def test_is_fetched_by_a_link_of_five_minutes_and_says_what_the_record_says(
        self, new_lead, shared_quotation, by_phone, phone, partner
    ):
        shared = shared_quotation(new_lead(customerName="कविता शर्मा")["id"])
        for who in (partner, by_phone(phone)):
            asked = datetime.now(UTC)
            said = who("GET", f"/quotations/{shared['id']}/pdf")
            assert (said.status_code, said.headers["Cache-Control"]) == (200, "no-store")
            link = said.json()["data"]
            left = datetime.fromisoformat(link["expiresAt"]) - asked
            assert timedelta(minutes=4, seconds=50) < left <= timedelta(minutes=5, seconds=5)
            got = httpx.get(link["pdfUrl"])
            assert (got.status_code, got.headers["Content-Type"]) == (200, "application/pdf")
            text = " ".join(pypdf.PdfReader(io.BytesIO(got.content)).pages[0].extract_text().split())
            for told in (shared["id"], shared["contentHash"], "₹2,25,722.00", "You pay ₹1,41,242.00"):
                assert told in text
            assert "argin" not in text and "5,832.00" not in text
        assert httpx.get(link["pdfUrl"].replace("sig=", "sig=x")).status_code == 403

    def test_is_only_for_those_who_see_the_quotation(self, made, other_partner, by_phone, phone, partner, nobody):
        path = f"/quotations/{made()['id']}/pdf"
        for who, status in ((other_partner, 404), (by_phone(phone), 404), (nobody, 401), (partner, 200)):
            said = who("GET", path)  # created, not yet shared
            assert said.status_code == status and ("pdfUrl" in said.text) == (status == 200)

    def test_of_a_draft_isn_t_there_yet(self, made, kam):
        draft = made(kam, draft=True)
        said = kam("GET", f"/quotations/{draft['id']}/pdf")
        assert (said.status_code, said.json()["error"]["code"]) == (409, "QUOTATION_HAS_NO_PDF")
        assert kam("PATCH", f"/quotations/{draft['id']}/finalize").status_code == 200
        assert kam("GET", f"/quotations/{draft['id']}/pdf").status_code == 200

    def test_of_8_quotations_of_one_lead_at_once_each_has_its_own(self, new_lead, partner):
        lead_id = new_lead()["id"]

        def one(_: int) -> str:
            said = partner("POST", "/quotations", json={"leadId": lead_id, **CONFIGURATION})
            assert said.status_code == 201, said.text
            return said.json()["data"]["id"]

        with ThreadPoolExecutor(8) as pool:
            ids = list(pool.map(one, range(8)))
        assert len(set(ids)) == 8
        links = [partner("GET", f"/quotations/{quotation_id}/pdf").json()["data"]["pdfUrl"] for quotation_id in ids]
        assert all(i in httpx.get(link).headers["Content-Disposition"] for i, link in zip(ids, links, strict=True))
