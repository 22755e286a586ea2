"""Master data and pricing over real HTTP: the apps' read call, services, the three forms."""

from __future__ import annotations

import pytest

from local.demo import CONFIGURATION

SIMPLE = {
    "systemKW": 3.24,
    "roofType": "RCC",
    "panels": [{"id": "PANEL-1", "quantity": 6}],
    "inverters": [{"id": "INVERTER-1", "quantity": 1}],
}
WIZARD = {
    "systemKW": 3.24,
    "roofType": "TinShed",
    "state": "Gujarat",
    "discom": "PGVCL",
    "phase": "Single",
    "smartMeter": True,
    "panels": {"make": "Waaree", "variant": "Mono PERC 540 DCR", "count": 6, "wattage": 540, "dcrFlag": True},
    "inverter": {"model": "MIC 3000TL", "capacity": 3, "phase": "Single", "recommended": True},
    "bom": {"cableType": "Standard", "extraStructureHeight": 1},
    "dealerAddOnRate": 1800,
}


def wrong(reply) -> list[str]:
    assert reply.status_code == 422, reply.text
    return sorted(reply.json()["validationErrors"])


class TestReadMasterData:
    def test_has_the_shape_that_the_cp_app_caches(self, partner):
        data = partner("GET", "/master-data?activeOnly=true&_t=17").json()["data"]
        panel = next(row for row in data["panels"] if row["panelId"] == "PANEL-1")
        assert panel["unitPrice"] == 13500.0 and panel["isDCR"] is True and panel["wattage"] == 540
        assert {s["stateId"]: s["subsidyType"] for s in data["states"]} | {"GJ": "S2"} == {
            s["stateId"]: s["subsidyType"] for s in data["states"]
        }
        for name in ("panels", "inverters", "states", "bomItems", "fees", "discoms", "subsidyRules"):
            assert data[name]
        assert data["lastUpdated"].endswith("Z")

    def test_answers_at_its_aliases(self, partner, http):
        read = partner("GET", "/master-data").json()["data"]
        assert partner("GET", "/masterdata").json()["data"] == read
        assert http.get("/api/master-data", headers=partner.headers).json()["data"] == read

    def test_is_not_sent_again_to_who_has_it(self, partner):
        first = partner("GET", "/master-data")
        tag = first.headers["ETag"]
        assert tag.startswith('"') and first.headers["Cache-Control"] == "private, no-cache"
        again = partner("GET", "/master-data", headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        other = partner("GET", "/master-data?category=panels", headers={"If-None-Match": tag})
        assert other.status_code == 200 and other.json()["data"]["inverters"] == []

    def test_tells_which_categories_there_are(self, partner):
        said = partner("GET", "/master-data?category=roofs")
        assert said.status_code == 400 and "panels, inverters" in said.json()["message"]

    def test_inactive_ones_only_on_demand(self, partner):
        every = partner("GET", "/master-data?activeOnly=false").json()["data"]["panels"]
        active = partner("GET", "/master-data").json()["data"]["panels"]
        assert "PANEL-7" in {p["panelId"] for p in every} - {p["panelId"] for p in active}

    def test_needs_a_sign_in(self, nobody):
        assert nobody("GET", "/master-data").status_code == 401


class TestServices:
    def test_lists_the_active_ones(self, partner):
        page = partner("GET", "/services?status=Active&limit=2").json()["data"]
        assert [s["serviceId"] for s in page["items"]] == ["SRV001", "SRV002"]
        # Journeys share a backend: others may have added some.
        every = partner("GET", "/services?status=Active&limit=100").json()["data"]["items"]
        assert (page["total"], page["limit"], page["offset"]) == (len(every), 2, 0) and len(every) >= 5
        assert {s["status"] for s in every} == {"Active"}
        assert page["items"][0]["priceRange"] == {"min": 90000.0, "max": 450000.0, "currency": "INR"}
        assert page["items"][0]["status"] == "Active"

    def test_reads_one(self, partner):
        assert partner("GET", "/services/SRV003").json()["data"]["name"] == "Cleaning of panels"
        assert partner("GET", "/services/SRV999").status_code == 404


class TestForms:
    def test_all_three_give_the_same_price(self, partner):
        full = {**CONFIGURATION, "panelCount": 6, "structureHeight": 0, "discom": "DGVCL", "smartMeter": False}
        simple = partner("POST", "/quotations/price", json={**SIMPLE, "state": "Gujarat"}).json()["data"]
        by_full = partner("POST", "/quotations/price", json={**full, "roofType": "RCC"}).json()["data"]
        assert simple == by_full
        wizard = partner("POST", "/quotations/price", json=WIZARD).json()["data"]
        assert (
            wizard
            == partner(
                "POST", "/quotations/price", json={**CONFIGURATION, "panelCount": 6, "roofType": "TinShed"}
            ).json()["data"]
        )

    def test_each_line_is_explained(self, partner):
        price = partner("POST", "/quotations/price", json=WIZARD).json()["data"]["price"]
        assert sum(line["amount"] for line in price["lines"]) == price["hardwareSubtotal"]
        panels = price["lines"][0]
        assert (panels["label"], panels["unitPrice"], panels["quantity"], panels["amount"]) == (
            "Waaree Mono PERC 540 DCR", 13500.0, "6", 81000.0,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("fields", "state"),
        [
            ({"state": "Rajasthan"}, "RJ"),
            ({"address": "4 Lake Road, Jaipur, Rajasthan 302001"}, "RJ"),
            ({"address": "5 Station Road"}, "GJ"),
        ],
    )
    def test_a_simple_form_stands_where_its_lead_does(self, partner, new_lead, fields, state):
        lead = new_lead(**fields)
        made = partner("POST", "/quotations", json={"leadId": lead["id"], **SIMPLE})
        assert made.status_code == 201, made.text
        assert made.json()["data"]["configuration"]["state"] == state
        assert made.json()["data"]["configuration"]["roofType"] == "RCC"

    def test_a_quotation_can_be_made_by_the_wizard(self, partner, new_lead):
        made = partner("POST", "/quotations", json={"leadId": new_lead()["id"], **WIZARD})
        assert made.status_code == 201 and made.json()["data"]["configuration"]["inverter"] == "INVERTER-1"

    def test_every_fault_is_named_in_the_form_s_own_words(self, partner):
        assert wrong(partner("POST", "/quotations/price", json={"systemKW": "x", "panels": [{"id": 7}]})) == [
            "panels.0.id", "panels.0.quantity", "roofType", "systemKW",
        ]  # fmt: skip
        bad = {**WIZARD, "bom": {"cableType": "Copper"}, "roof": 1, "panels": {"make": "Waaree"}}
        assert wrong(partner("POST", "/quotations", json=bad)) == [
            "bom.cableType", "leadId", "panels.count", "roof",
        ]  # fmt: skip
        assert "panelCount" in wrong(partner("POST", "/quotations/price", json={}))

    def test_what_is_not_possible_is_refused_with_what_would_be(self, partner):
        body = {**CONFIGURATION, "panelCount": 10, "structureHeight": 0.3, "dealerAddOnPerKw": 2000.01}
        said = partner("POST", "/quotations/price", json={**body, "discom": "AEML", "panel": "PANEL-7"})
        told = said.json()["validationErrors"]
        assert wrong(said) == ["dealerAddOnPerKw", "discom", "inverter", "panel", "panelCount", "structureHeight"]
        assert told["panelCount"] == ["On a Single phase connection there are 4 to 9 panels."]
        assert "Paschim Gujarat Vij Company (PGVCL)" in told["discom"][0]
        assert told["dealerAddOnPerKw"] == ["The dealer add-on is ₹0 to ₹2,000.00 per kW."]
