"""Bulk changes and imports of leads over real HTTP, as an Admin does them (cases.md 2, 9, 28, 30)."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.journeys.conftest import Client, a_phone

HEADER = "customerName,customerPhone,address,state,pinCode,assignedTo,remarks"
CSV = {"Content-Type": "text/csv"}


def a_sheet(*names: str, partner: str = "CP-1001") -> str:
    lines = [f'"{name}",{a_phone()},5 Station Road,Gujarat,380001,{partner},Met at the fair' for name in names]
    return "\n".join([HEADER, *lines])


def imported(admin: Client, sheet: str, **headers: str) -> dict[str, Any]:
    said = admin("POST", "/leads/import", content=sheet.encode(), headers={**CSV, **headers})
    assert said.status_code in (200, 202), said.text
    data: dict[str, Any] = said.json()["data"]
    while data["state"] == "running":  # a busy machine takes longer than the answer waits
        assert (data["imported"], data["leadIds"]) == (0, [])
        time.sleep(0.5)
        data = admin("GET", f"/leads/import/{data['jobId']}").json()["data"]
    assert data["state"] == "finished"
    return data


@pytest.fixture(scope="module")
def fifty(admin: Client) -> list[str]:
    """Leads of one partner."""
    ids: list[str] = imported(admin, a_sheet(*(f"Fifty {n}" for n in range(50))))["leadIds"]
    return ids


def entries(admin: Client, lead_id: str) -> list[dict[str, Any]]:
    return admin("GET", f"/leads/{lead_id}/timeline").json()["data"]["timeline"]


class TestBulkChange:
    def test_of_fifty_leads_leaves_fifty_entries_and_one_more_lead_is_too_many(self, admin, fifty):
        body = {"leadIds": fifty, "updates": {"status": "Not Responding", "remarks": "Nobody picks up the phone"}}
        key = {"Idempotency-Key": f"bulk-{fifty[0]}"}
        said = admin("PATCH", "/leads/bulk", json=body, headers=key)
        assert said.status_code == 200, said.text
        assert said.json()["data"] == {
            "total": 50,
            "successful": 50,
            "failed": 0,
            "successIds": fifty,
            "results": [{"id": lead_id, "success": True} for lead_id in fifty],
        }
        again = admin("PATCH", "/leads/bulk", json=body, headers=key)
        assert again.json() == said.json() and again.headers["Idempotent-Replayed"] == "true"
        told = Counter(e["action"] for lead_id in fifty for e in entries(admin, lead_id))
        assert told == {"LeadCreated": 50, "StatusChanged": 50}
        too_many = admin("PATCH", "/leads/bulk", json={**body, "leadIds": [*fifty, "LEAD-1001"]})
        assert too_many.status_code == 422 and "leadIds" in too_many.json()["validationErrors"]

    def test_refuses_what_is_no_update(self, admin, fifty):
        for updates in (
            {},
            {"status": "In Discussion"},
            {"quotationRef": "QUOT-100101"},
            {"followUpDate": "2026-03-31T10:00:00"},
        ):
            said = admin("PATCH", "/leads/bulk", json={"leadIds": fifty[:1], "updates": updates})
            assert said.status_code == 422, updates

    def test_tells_per_lead_what_was_refused(self, admin, partner, other_partner):
        own, other = imported(admin, a_sheet("Asked", "Stale"))["leadIds"]
        body = {"leadIds": [own, other, "LEAD-99999999"], "cpId": "CP-1002", "reason": "Nearer to the site"}
        assert admin("PATCH", "/leads/bulk-reassign", json=body).status_code == 428
        assert partner("PATCH", "/leads/bulk-reassign", json=body).status_code == 403
        versions = {own: 1, other: 7, "LEAD-99999999": 1}
        said = admin("PATCH", "/leads/bulk-reassign", json={**body, "versions": versions}).json()["data"]
        assert (said["total"], said["successful"], said["failed"], said["successIds"]) == (3, 1, 2, [own])
        assert [r.get("code") for r in said["results"]] == [
            None,
            "VERSION_STALE",
            "LEAD_NOT_FOUND",
        ]
        assert other_partner("GET", f"/leads/{own}").status_code == 200
        assert partner("GET", f"/leads/{other}").status_code == 200

    def test_forces_only_the_leads_of_which_the_present_version_was_seen(self, admin):
        ids = imported(admin, a_sheet("Seen", "Stale", "Unseen"))["leadIds"]
        seen, stale, _ = ids
        parked = {"status": "Not Responding", "remarks": "Nobody picks up the phone"}
        assert admin("PATCH", "/leads/bulk", json={"leadIds": ids, "updates": parked}).status_code == 200
        day = admin("GET", f"/leads/{seen}").json()["data"]["followUpDate"]
        again = {"status": "In Discussion", "remarks": "They called back after all", "followUpDate": day}
        forced = {**again, "override": True, "overrideReason": "They called back after all"}
        body = {"leadIds": ids, "updates": forced}
        assert admin("PATCH", "/leads/bulk", json=body).status_code == 428
        said = admin("PATCH", "/leads/bulk", json={**body, "versions": {seen: 2, stale: 1}})
        assert said.status_code == 200, said.text
        results = [(r["success"], r.get("code")) for r in said.json()["data"]["results"]]
        assert results == [(True, None), (False, "VERSION_STALE"), (False, "VERSION_REQUIRED")]
        leads = [admin("GET", f"/leads/{lead_id}").json()["data"] for lead_id in ids]
        assert [(lead["status"], lead["version"]) for lead in leads] == [
            ("In Discussion", 3),
            ("Not Responding", 2),
            ("Not Responding", 2),
        ]
        assert entries(admin, seen)[0]["details"]["forced"] is True


class TestImport:
    def test_takes_a_form_and_registers_every_row(self, admin, partner):
        sheet = a_sheet("'=HYPERLINK(1)", "Ravi")
        said = admin("POST", "/leads/import", files={"file": ("leads.csv", sheet.encode(), "text/csv")})
        assert said.status_code == 200, said.text
        data = said.json()["data"]
        assert (data["state"], data["total"], data["imported"], data["errors"]) == ("finished", 2, 2, [])
        assert data["importResults"] == {"total": 2, "successful": 2, "failed": 0, "errors": []}
        leads = [partner("GET", f"/leads/{lead_id}").json()["data"] for lead_id in data["leadIds"]]
        assert [lead["customerName"] for lead in leads] == ["=HYPERLINK(1)", "Ravi"]
        assert {(lead["origin"], lead["createdByName"], lead["assignedTo"]) for lead in leads} == {
            ("Import", "Asha Admin", "CP-1001")
        }
        assert admin("GET", f"/leads/import/{data['jobId']}").json()["data"] == data
        assert partner("GET", f"/leads/import/{data['jobId']}").status_code == 403
        assert admin("GET", "/leads/import/JOB-0").status_code == 404

    def test_lists_all_faults_and_imports_nothing(self, admin):
        sheet = a_sheet("Sound", "Unknown\npartner") + "\n,1,x,y,z,CP-9999,\n"
        sheet = sheet.replace("380001,CP-1001", "380001,CP-9999", 2).replace("CP-9999", "CP-1001", 1)
        said = admin("POST", "/leads/import", content=sheet.encode(), headers=CSV)
        assert (said.status_code, said.json()["error"]["code"]) == (422, "IMPORT_REJECTED")
        details = said.json()["error"]["details"]
        assert (details["total"], details["imported"]) == (3, 0)
        assert [(e["row"], e["field"]) for e in details["errors"]] == [
            (3, "assignedTo"),
            (4, "customerName"),
            (4, "customerPhone"),
            (4, "pinCode"),
            (4, "assignedTo"),
        ]
        assert all(set(e) == {"row", "field", "value", "message", "reason"} for e in details["errors"])

    def test_by_twenty_repeats_of_one_request_happens_once(self, admin):
        sheet, key = a_sheet("Once", "Twice"), f"import-{a_phone()}"

        def post(_: int) -> Any:
            headers = {**CSV, "Idempotency-Key": key}
            for _attempt in range(40):
                said = admin("POST", "/leads/import", content=sheet.encode(), headers=headers)
                if said.status_code != 409:
                    return said
                time.sleep(0.25)
            raise AssertionError("still running")

        with ThreadPoolExecutor(20) as pool:
            said = list(pool.map(post, range(20)))
        assert {r.status_code for r in said} == {200}
        assert len({r.json()["data"]["jobId"] for r in said}) == 1
        [ids] = {tuple(r.json()["data"]["leadIds"]) for r in said}
        assert len(ids) == 2

    def test_of_the_same_file_again_by_the_same_admin_happens_once(self, admin):
        """The portal sends no key, and whoever saw no answer sends the file again."""
        sheet = a_sheet("Again")
        first = imported(admin, sheet)
        again = admin("POST", "/leads/import", content=sheet.encode(), headers=CSV)
        assert (again.status_code, again.json()["data"]) == (200, first)
        assert "isn't imported again" in again.json()["message"]
        keyed = imported(admin, sheet, **{"Idempotency-Key": f"twice-{a_phone()}"})
        assert keyed["leadIds"] != first["leadIds"]
        assert imported(admin, sheet + "\n")["leadIds"] not in (first["leadIds"], keyed["leadIds"])

    def test_takes_what_excel_calls_unicode_text(self, admin):
        sheet = a_sheet("कैलाश José").replace(",", "\t")
        said = admin("POST", "/leads/import", content=sheet.encode("utf-16"), headers=CSV)
        [lead_id] = said.json()["data"]["leadIds"]
        assert admin("GET", f"/leads/{lead_id}").json()["data"]["customerName"] == "कैलाश José"

    @pytest.mark.parametrize(
        "raw", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0", "José".encode("cp1252"), "José".encode("utf-16")[:-1]]
    )
    def test_says_what_to_do_with_a_file_that_it_cannot_read(self, admin, raw):
        said = admin("POST", "/leads/import", content=raw, headers=CSV)
        assert said.status_code == 422 and "CSV UTF-8" in said.json()["validationErrors"]["file"][0]

    def test_has_a_template_that_can_be_imported(self, admin):
        said = admin("GET", "/leads/import/template")
        assert said.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert imported(admin, said.content.decode())["imported"] == 1


class TestReaders:
    def test_see_none_of_an_import_or_all(self, admin, partner):
        state, rows = f"State {a_phone()}", 300
        sheet = a_sheet(*(f"Unseen {n}" for n in range(rows))).replace("Gujarat", state)
        seen: dict[str, list[int]] = {"admin": [], "partner": [], "export": []}

        def look() -> None:
            for name, who in (("admin", admin), ("partner", partner)):
                found = who("GET", "/leads", params={"state": state, "limit": 1}).json()
                seen[name].append(found["data"]["total"])
            text = admin("GET", "/leads/export", params={"state": state, "format": "csv"}).content.decode()
            seen["export"].append(len(text.splitlines()) - 1)

        with ThreadPoolExecutor(1) as pool:
            work = pool.submit(imported, admin, sheet)
            while not work.done():
                look()
            assert work.result()["imported"] == rows
        look()
        for name, totals in seen.items():
            assert set(totals) == {0, rows}, name
            assert totals == sorted(totals) and totals[-1] == rows, name


class TestExport:
    def test_comes_back_with_the_same_values(self, admin):
        """cases.md 28."""
        state = f"＝State {a_phone()}"
        names = ["=1+1", "+91", "-1", "@SUM(A1)", "＝1", "'=1", 'a "quoted", one']
        made = [
            admin(
                "POST",
                "/leads",
                json={
                    "customerName": name,
                    "phone": a_phone(),
                    "address": "@home\n5 Station Road",
                    "state": state,
                    "pinCode": "380001",
                    "services": ["Rooftop; large", "-Battery"],
                    "remarks": "\u2212 " + name,
                    "source": "referral",
                },
            ).json()["data"]
            for name in names
        ]
        said = admin("GET", "/leads/export", params={"state": state, "format": "csv"})
        assert said.status_code == 200 and said.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in said.headers["Content-Disposition"]
        again = imported(admin, said.content.decode())
        back = [admin("GET", f"/leads/{lead_id}").json()["data"] for lead_id in again["leadIds"]]
        same = (
            "customerName",
            "phone",
            "address",
            "state",
            "pinCode",
            "services",
            "remarks",
            "source",
            "followUpDate",
        )
        assert sorted(str([lead[n] for n in same]) for lead in back) == sorted(
            str([lead[n] for n in same]) for lead in made
        )

    def test_has_the_leads_that_are_asked_for(self, admin, partner):
        state = f"State {a_phone()}"
        sheet = a_sheet("One", "Two").replace("Gujarat", state)
        ids = imported(admin, sheet)["leadIds"]
        moved = {"status": "Not Responding", "remarks": "Nobody picks up the phone"}
        assert admin("PATCH", f"/leads/{ids[0]}/status", json=moved).status_code == 200

        def exported(**params: str) -> list[str]:
            text = admin("GET", "/leads/export", params={"state": state.upper(), **params}).content.decode()
            return [line.split(",")[0] for line in text.splitlines()[1:]]

        assert sorted(exported()) == ["One", "Two"]
        assert exported(sortBy="customerName") == ["One", "Two"]
        assert exported(sortBy="customerName", sortOrder="desc") == ["Two", "One"]
        assert exported(status="Not Responding") == ["One"]
        assert exported(search="two", origin="Import", assignedTo="CP-1001") == ["Two"]
        assert exported(createdTo="2020-01-01") == exported(followUpFrom="2999-01-01") == []
        assert exported(search=ids[1]) == ["Two"]
        for params, status in (({"format": "xlsx"}, 422), ({"createdFrom": "soon"}, 400)):
            assert admin("GET", "/leads/export", params=params).status_code == status
        assert partner("GET", "/leads/export").status_code == 403
