"""What an admin does with master data over real HTTP, and how it shows in prices at once."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from local.demo import CONFIGURATION


def wrong(reply) -> list[str]:
    assert reply.status_code == 422, reply.text
    return sorted(reply.json()["validationErrors"])


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

    def test_a_large_price_survives_to_the_paisa(self, admin, partner, new_lead):
        made = admin("POST", "/masterdata/panels", json=a_new_panel(unitPrice=214748364.80))
        body = {**CONFIGURATION, "panel": made.json()["data"]["id"], "panelCount": 6, "leadId": new_lead()["id"]}
        quoted = partner("POST", "/quotations", json=body)
        assert quoted.status_code == 201 and '"amount":1288490188.80' in quoted.text
        assert '"unitPrice":214748364.80' in partner("GET", f"/quotations/{quoted.json()['data']['id']}").text

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
