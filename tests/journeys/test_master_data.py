"""Master data and pricing over real HTTP: the apps' read call, the three forms, an admin's changes."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

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
        assert (page["total"], page["limit"], page["offset"]) == (5, 2, 0)
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


_variants = itertools.count(1)


def a_day(days_from_now: int = 0) -> str:
    return (datetime.now(UTC).astimezone(ZoneInfo("Asia/Kolkata")).date() + timedelta(days_from_now)).isoformat()


def a_new_panel(**changes):
    fields = {"make": "Test", "variant": f"V{next(_variants)}", "watts": 500, "unitPrice": 8000.5, "dcr": False}
    return {**fields, **changes}


@pytest.fixture
def panel(admin):
    """A panel that only this test changes, and its ETag."""
    made = admin("POST", "/masterdata/panels", json=a_new_panel())
    assert made.status_code == 201, made.text
    return made.json()["data"]["id"], made.headers["ETag"]


class TestAdminsChanges:
    def test_a_new_price_counts_from_its_day_on_and_both_stand_in_the_list(self, admin, panel):
        item, tag = panel
        change = {"unitPrice": 7999.99, "effectiveFrom": a_day(1)}
        said = admin("PATCH", f"/masterdata/panels/{item}", json=change, headers={"If-Match": tag})
        assert said.status_code == 200 and said.headers["ETag"] != tag, said.text
        listed = admin("GET", "/masterdata/panels?limit=100").json()["data"]["items"]
        editions = next(row for row in listed if row["id"] == item)["editions"]
        assert [(e["effectiveFrom"], e["unitPrice"]) for e in editions] == [(a_day(), 8000.5), (a_day(1), 7999.99)]
        one = admin("GET", f"/masterdata/panels/{item}")
        assert one.json()["data"]["editions"] == editions and one.headers["ETag"] == said.headers["ETag"]
        again = admin("GET", f"/masterdata/panels/{item}", headers={"If-None-Match": one.headers["ETag"]})
        assert again.status_code == 304

    def test_is_priced_at_once_and_no_more_once_it_is_deactivated(self, admin, partner, panel):
        item, tag = panel
        body = {**CONFIGURATION, "panel": item, "panelCount": 6, "dealerAddOnPerKw": 0}  # 3 kW
        line = partner("POST", "/quotations/price", json=body).json()["data"]["price"]["lines"][0]
        assert (line["unitPrice"], line["amount"]) == (8000.5, 48003.0)
        off = {"reason": "The maker stopped it"}
        gone = admin("PATCH", f"/masterdata/panels/{item}/deactivate", json=off, headers={"If-Match": tag})
        assert gone.status_code == 200, gone.text
        refused = partner("POST", "/quotations/price", json=body)
        assert wrong(refused) == ["panel"] and "(PANEL-1)" in refused.json()["validationErrors"]["panel"][0]
        assert item not in str(partner("GET", "/master-data").json())

    def test_what_is_not_yet_effective_cannot_be_chosen(self, admin, partner):
        made = admin("POST", "/masterdata/panels", json=a_new_panel(effectiveFrom=a_day(1)))
        body = {**CONFIGURATION, "panel": made.json()["data"]["id"], "panelCount": 6}
        assert wrong(partner("POST", "/quotations/price", json=body)) == ["panel"]

    def test_needs_what_was_seen(self, admin, panel):
        item, tag = panel
        path = f"/masterdata/panels/{item}"
        assert admin("PATCH", path, json={"unitPrice": 1}).status_code == 428
        assert admin("PATCH", f"{path}/deactivate", json={}).status_code == 428
        assert (
            admin(
                "POST", "/masterdata/panels/import", content="id\n", headers={"Content-Type": "text/csv"}
            ).status_code
            == 428
        )
        admin("PATCH", path, json={"unitPrice": 2, "effectiveFrom": a_day(2)}, headers={"If-Match": tag})
        stale = admin("PATCH", path, json={"unitPrice": 3, "effectiveFrom": a_day(2)}, headers={"If-Match": tag})
        details = stale.json()["error"]["details"]
        assert stale.status_code == 412 and stale.headers["ETag"] != tag
        assert details["yours"] == {"unitPrice": 3, "effectiveFrom": a_day(2)}
        assert details["current"]["unitPrice"] == 2.0
        told = {change["field"]: (change["before"], change["after"], change["by"]) for change in details["changes"]}
        assert told[f"{a_day(2)}.unitPrice"] == (None, 2.0, "Asha Admin")
        in_body = {"unitPrice": 3, "effectiveFrom": a_day(2), "version": details["current"]["version"]}
        assert admin("PATCH", path, json=in_body).status_code == 200

    def test_of_20_parallel_changes_with_one_etag_one_lands(self, admin, panel):
        item, tag = panel
        go = threading.Barrier(20)

        def change(n):
            go.wait()
            body = {"unitPrice": 5000 + n, "effectiveFrom": a_day(3)}
            return admin("PATCH", f"/masterdata/panels/{item}", json=body, headers={"If-Match": tag}).status_code

        with ThreadPoolExecutor(20) as pool:
            assert sorted(pool.map(change, range(20))) == [200] + [412] * 19

    def test_a_keyed_creation_is_made_once(self, admin):
        body, key = a_new_panel(), {"Idempotency-Key": f"panel-{datetime.now(UTC).isoformat()}"}
        first, second = (admin("POST", "/masterdata/panels", json=body, headers=key) for _ in range(2))
        assert first.status_code == second.status_code == 201
        assert first.json() == second.json() and second.headers["Idempotent-Replayed"] == "true"

    def test_the_history_says_who_changed_what_and_why(self, admin, panel):
        item, tag = panel
        body = {"unitPrice": 7000, "effectiveFrom": a_day(1)}
        admin("PATCH", f"/masterdata/panels/{item}", json=body, headers={"If-Match": tag})
        told = admin("GET", f"/masterdata/panels/{item}/history").json()["data"]["history"]
        assert [entry["action"] for entry in told] == ["MasterDataChanged", "MasterDataAdded"]
        assert told[0]["actorName"] == "Asha Admin"
        assert told[0]["instead"] == [{"field": "unitPrice", "before": "8000.50", "after": "7000.00"}]
        added = {c["field"]: c["after"] for c in told[1]["changes"]}
        assert added["unitPrice"] == 8000.5 and added["watts"] == 500

    def test_faults_are_named_at_once_with_what_is_allowed(self, admin):
        body = {"state": "GJ", "discom": "BESCOM", "phase": "Single", "smartMeter": True}
        said = admin("POST", "/masterdata/fees", json=body)
        assert wrong(said) == ["discomFee", "discomMisc", "installation", "meter", "modemBox"]
        money = {"discomFee": 1, "discomMisc": 1, "installation": 1, "meter": 1, "modemBox": 1}
        said = admin("POST", "/masterdata/fees", json={**body, **money})
        assert said.json()["validationErrors"] == {
            "discom": ["This state has no such DISCOM. It has: DGVCL, MGVCL, PGVCL, TPL-AHM, UGVCL."]
        }

    def test_only_an_admin_changes_and_only_staff_lists(self, kam, partner, admin):
        assert kam("GET", "/masterdata/charges").status_code == 200
        assert partner("GET", "/masterdata/charges").status_code == 403
        assert kam("POST", "/masterdata/panels", json=a_new_panel()).status_code == 403
        assert kam("PATCH", "/masterdata/panels/PANEL-1", json={}).status_code == 403
        assert admin("GET", "/masterdata/roofs").status_code == 404
        assert admin("GET", "/masterdata/panels/PANEL-999").status_code == 404
        assert admin("GET", "/masterdata/panels/a%2Fb%23%F0%9F%98%80").status_code == 404

    def test_the_settings_are_master_data_too(self, admin):
        read = admin("GET", "/masterdata/settings/PRICING")
        said = admin(
            "PATCH",
            "/masterdata/settings/PRICING",
            json={"validityDays": 15, "effectiveFrom": a_day(300)},
            headers={"If-Match": read.headers["ETag"]},
        )
        newest = said.json()["data"]["editions"][-1]
        assert (newest["validityDays"], newest["inflationPercent"], newest["defaultState"]) == (15, 10, "GJ")


class TestCsv:
    def test_a_kind_is_exported_changed_and_imported(self, admin):
        exported = admin("GET", "/masterdata/structure/export")
        assert exported.headers["Content-Type"].startswith("text/csv")
        tag, text = {"If-Match": exported.headers["ETag"]}, exported.content.decode("utf-8-sig")
        form = {"file": ("structure.csv", text.encode(), "text/csv")}
        same = admin("POST", "/masterdata/structure/import", files=form, headers=tag)
        assert same.json()["data"] == {"total": 1, "imported": 0, "unchanged": 1, "errors": []}
        changed = text.replace(text.splitlines()[1].split(",")[1], a_day(200)).replace("650.00", "675.25")
        said = admin(
            "POST", "/masterdata/structure/import", content=changed, headers={**tag, "Content-Type": "text/csv"}
        )
        assert said.json()["data"]["imported"] == 1, said.text
        read = admin("GET", "/masterdata/structure/STRUCTURE-1").json()["data"]["editions"]
        assert [(e["effectiveFrom"], e["unitPrice"]) for e in read][-1] == (a_day(200), 675.25)
        stale = admin(
            "POST", "/masterdata/structure/import", content=text, headers={**tag, "Content-Type": "text/csv"}
        )
        assert stale.status_code == 412

    def test_every_row_s_faults_are_told_and_nothing_is_written(self, admin):
        tag = admin("GET", "/masterdata/charges").headers["ETag"]
        text = "id,name,kind,basis,unitPrice\nC9,Crane,Crane,PerKW,1\nC10,Lift,Transport,PerKW,-1\n"
        headers = {"If-Match": tag, "Content-Type": "text/csv"}
        said = admin("POST", "/masterdata/charges/import", content=text, headers=headers)
        assert wrong(said) == ["rows.2.kind", "rows.3.unitPrice"]
        assert admin("GET", "/masterdata/charges").headers["ETag"] == tag

    @pytest.mark.parametrize(
        ("content", "media_type", "status"),
        [
            (b"{}", "application/json", 415),
            (b"id\xff", "text/csv", 422),
            (b"x" * (1024 * 1024 + 1), "text/csv", 413),
            (b"", "text/csv", 422),
        ],
    )
    def test_anything_else_is_refused(self, admin, content, media_type, status):
        headers = {"If-Match": '"1"', "Content-Type": media_type}
        said = admin("POST", "/masterdata/bom/import", content=content, headers=headers)
        assert said.status_code == status, said.text
