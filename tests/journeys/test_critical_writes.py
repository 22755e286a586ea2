"""Critical writes over real HTTP: role, then If-Match, then once (cases.md 2, 16); and what a lead's history tells."""

from __future__ import annotations

import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from azure.data.tables import TableServiceClient

from tests.conftest import Backend
from tests.journeys.conftest import Client
from tests.journeys.critical import WHY, Made, Office, commission_of


@pytest.fixture
def office(admin, new_lead, shared_quotation) -> Office:
    return Office(admin, new_lead, shared_quotation)


class TestEveryCriticalRoute:
    """cases.md 2: without If-Match 428, with a stale one 412, and the stored rows stay as they are. The routes are
    taken from the application's own description of itself; one that has no case here fails the test."""

    def test_refuses_without_a_current_version_and_stores_nothing(self, http, admin, office, backend):
        document = http.get("/api/openapi.json").json()
        operations = [o for path in document["paths"].values() for o in path.values() if o.get("x-critical")]
        assert sorted(o["operationId"] for o in operations) == sorted(office.cases())
        for case in office.cases().values():
            method, path, content = case()
            before = stored(backend)
            for headers, status, code in (
                ({}, 428, "VERSION_REQUIRED"),
                ({"If-Match": '"0"'}, 412, "VERSION_STALE"),
                ({"If-Match": '"nonsense"'}, 412, "VERSION_STALE"),
                ({"If-Match": '"99999"'}, 412, "VERSION_STALE"),
            ):
                sent = {**content, "headers": {**content.get("headers", {}), **headers}}
                said = admin(method, path, **sent)
                assert (said.status_code, said.json()["error"]["code"]) == (status, code), path
                if status == 412:
                    details = said.json()["error"]["details"]
                    assert {"current", "yours", "changes"} <= set(details)
                    assert said.headers["ETag"] == f'"{details["current"]["version"]}"'
            assert stored(backend) == before, path

    def test_takes_the_version_from_the_body_too(self, admin, office):
        _, commission = office.executed()
        path = f"/commissions/{commission}"
        version = admin("GET", path).json()["data"]["version"]
        assert admin("PATCH", path + "/approve", json={"version": version - 1}).status_code == 412
        assert admin("PATCH", path + "/approve", json={"version": version}).status_code == 200

    def test_asks_for_the_role_first(self, partner, kam, office):
        commission, tag = office.approved()
        for who in (partner, kam):
            for verb in ("approve", "markPaid", "pay"):
                said = who("PATCH", f"/commissions/{commission}/{verb}", json={}, headers={"If-Match": tag})
                assert (said.status_code, said.json()["error"]["code"]) == (403, "ROLE_NOT_ALLOWED")
        assert partner("PATCH", "/leads/LEAD-1001/reassign", json={}).status_code == 403


def stored(backend: Backend) -> dict[tuple[str, str, str], str]:
    """Every row of the business as it is stored, with its storage ETag."""
    with TableServiceClient.from_connection_string(backend.storage) as service:
        return {
            (name, row["PartitionKey"], row["RowKey"]): row.metadata["etag"] + json.dumps(row, default=str)
            for name in ("leads", "customers", "people", "phones", "utrs", "masterdata", "settings")
            for row in service.get_table_client(name).list_entities()
            if row["RowKey"] != "reset"  # a new KAM's invitation, which is written after the answer
        }


class TestCommission:
    def test_of_20_parallel_approvals_with_one_etag_one_counts(self, admin, office):
        _, commission = office.executed()
        path = f"/commissions/{commission}"
        tag = admin("GET", path).headers["ETag"]

        def approve(_: int) -> Any:
            return admin("PATCH", path + "/approve", json={}, headers={"If-Match": tag})

        with ThreadPoolExecutor(20) as pool:
            said = list(pool.map(approve, range(20)))
        assert Counter(r.status_code for r in said) == {200: 1, 412: 19}
        [done] = [r for r in said if r.status_code == 200]
        for refused in (r for r in said if r.status_code == 412):
            details = refused.json()["error"]["details"]
            assert refused.headers["ETag"] == done.headers["ETag"]
            assert details["current"]["status"] == "approved" and details["yours"]["status"] == "approved"
            told = {c["field"]: (c["before"], c["after"], c["by"]) for c in details["changes"]}
            assert told["status"] == ("pending", "approved", "Asha Admin")
            assert told["approvedAmount"] == (None, done.json()["data"]["amount"], "Asha Admin")
        lead_id = done.json()["data"]["leadId"]
        entries = admin("GET", f"/leads/{lead_id}/timeline?limit=100").json()["data"]["timeline"]
        assert [e["action"] for e in entries].count("CommissionApproved") == 1

    def test_is_answered_as_the_apps_read_it(self, admin, partner, office):
        commission, tag = office.approved()
        body = {
            "utr": " abcd12345678901x ",
            "paymentDate": office.payment(commission)["paymentDate"],
            "method": "upi",
        }
        body["utr"] = f" utr{commission[5:]:0>12}x "
        paid = admin("PATCH", f"/commissions/{commission}/pay", json=body, headers={"If-Match": tag})
        assert paid.status_code == 200, paid.text
        seen = partner("GET", f"/commissions/{commission}")
        assert seen.json() == paid.json() and seen.headers["ETag"] == paid.headers["ETag"]
        data = seen.json()["data"]
        assert (data["status"], data["paymentMethod"], data["approvedAmount"]) == ("paid", "UPI", data["amount"])
        assert data["utrNumber"] == body["utr"].strip().upper() and data["paidAt"] == data["updatedAt"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", data["paymentDate"])

    def test_of_20_parallel_payments_with_one_utr_one_counts(self, admin, office):
        commissions = [office.approved() for _ in range(5)]
        utr = f"UTR{commissions[0][0][5:]:0>13}"
        bodies = {c: office.payment(c, utr) for c, _ in commissions}

        def pay(number: int) -> Any:
            commission, tag = commissions[number % 5]
            path = f"/commissions/{commission}/markPaid"
            return admin("PATCH", path, json=bodies[commission], headers={"If-Match": tag})

        with ThreadPoolExecutor(20) as pool:
            said = list(pool.map(pay, range(20)))
        counts = Counter(r.status_code for r in said)
        assert counts[200] == 1 and set(counts) <= {200, 409, 412, 503}
        status = [admin("GET", f"/commissions/{c}").json()["data"]["status"] for c, _ in commissions]
        assert Counter(status) == {"paid": 1, "approved": 4}

    def test_names_every_fault_of_a_payment_at_once(self, admin, office):
        commission, tag = office.approved()
        body = {"utrNumber": "short", "paymentDate": "2026-02-30", "paymentMethod": "cash"}
        said = admin("PATCH", f"/commissions/{commission}/markPaid", json=body, headers={"If-Match": tag})
        assert said.status_code == 422
        assert set(said.json()["validationErrors"]) == {"utrNumber", "paymentDate", "paymentMethod"}
        future = {**office.payment(commission), "paymentDate": "2999-01-01"}
        said = admin("PATCH", f"/commissions/{commission}/markPaid", json=future, headers={"If-Match": tag})
        assert (said.status_code, list(said.json()["validationErrors"])) == (422, ["paymentDate"])

    def test_keyed_approval_answers_again_as_the_first_time(self, admin, office):
        _, commission = office.executed()
        path = f"/commissions/{commission}"
        headers = {"If-Match": admin("GET", path).headers["ETag"], "Idempotency-Key": f"approve-{commission}"}
        said = [admin("PATCH", path + "/approve", json={}, headers=headers) for _ in range(3)]
        assert [r.status_code for r in said] == [200] * 3 and len({r.text for r in said}) == 1
        stale = {**headers, "Idempotency-Key": f"again-{commission}"}
        refused = [admin("PATCH", path + "/approve", json={}, headers=stale) for _ in range(2)]
        assert [r.status_code for r in refused] == [412] * 2 and len({r.text for r in refused}) == 1


class TestForcedBack:
    def test_after_won_claws_back_and_wins_again(self, admin, partner, office):
        commission, tag = office.approved()
        paid = admin(
            "PATCH",
            f"/commissions/{commission}/markPaid",
            json=office.payment(commission),
            headers={"If-Match": tag},
        ).json()["data"]
        lead_id = paid["leadId"]
        lead = office.force(lead_id, "Customer Accepted")
        assert [q["status"] for q in lead["quotations"]] == ["Accepted"]
        after = partner("GET", f"/commissions/{commission}").json()["data"]
        assert (after["status"], after["clawback"]["amount"]) == ("paid", -paid["amount"])
        assert after["clawback"]["reason"] == WHY
        tag = partner("GET", f"/leads/{lead_id}").headers["ETag"]
        won = {"status": "Won", "remarks": "Verified once more", "quotationRef": paid["quotationId"]}
        said = partner("PATCH", f"/leads/{lead_id}/status", json=won, headers={"If-Match": tag})
        assert said.status_code == 200
        second = partner("GET", f"/commissions/{commission_of(lead_id, 2)}").json()["data"]
        assert (second["status"], second["amount"]) == ("pending", paid["amount"])

    def test_forward_without_a_quotation_says_what_is_needed(self, admin, new_lead):
        lead = new_lead()
        body = {"status": "Won", "remarks": "Seen by the office", "override": True, "overrideReason": WHY}
        headers = {"If-Match": '"1"'}
        path = f"/leads/{lead['id']}/status"
        said = admin("PATCH", path, json={**body, "quotationRef": "QUOT-1"}, headers=headers)
        assert (said.status_code, said.json()["error"]["code"]) == (409, "ACCEPTED_QUOTATION_MISSING")
        assert "share it" in said.json()["message"]


class TestReassign:
    def test_moves_the_lead_between_the_partners(self, new_lead, admin, kam, partner, other_partner):
        lead_id = new_lead()["id"]
        body = {"cpId": "CP-1002", "reason": "Nearer to the site"}
        path, first = f"/leads/{lead_id}/reassign", {"If-Match": '"1"'}
        assert kam("PATCH", path, json=body, headers=first).status_code == 422  # not one of its own
        said = admin("PATCH", path, json=body, headers=first)
        assert said.status_code == 200 and said.json()["data"]["assignedTo"] == "CP-1002"
        assert partner("GET", f"/leads/{lead_id}").status_code == 404
        assert other_partner("GET", f"/leads/{lead_id}").status_code == 200
        [newest, _] = other_partner("GET", f"/leads/{lead_id}/timeline").json()["data"]["timeline"]
        assert newest["message"] == "Asha Admin gave the lead from Ravi Solar Partners to Meera Green Energy"
        assert newest["details"]["reason"] == "Nearer to the site"

    def test_hides_the_first_partners_commission_from_the_second(self, office, admin, other_partner):
        lead, commission = office.executed()
        tag = f'"{lead["version"]}"'
        body = {"cpId": "CP-1002", "reason": "Nearer to the site"}
        assert (
            admin("PATCH", f"/leads/{lead['id']}/reassign", json=body, headers={"If-Match": tag}).status_code == 200
        )
        assert other_partner("GET", f"/commissions/{commission}").status_code == 404
        for query in ("limit=100", "asOf=99999", f"asOf={lead['version']}"):
            assert commission not in other_partner("GET", f"/leads/{lead['id']}/timeline?{query}").text
        assert commission in admin("GET", f"/leads/{lead['id']}/timeline?limit=100").text


class TestTimeline:
    def walk(self, who: Client, lead_id: str, limit: int) -> list[str]:
        ids, cursor = [], ""
        while True:
            query = f"limit={limit}" + (f"&cursor={cursor}" if cursor else "")
            data = who("GET", f"/leads/{lead_id}/timeline?{query}").json()["data"]
            ids += [e["id"] for e in data["timeline"]]
            cursor = data["nextCursor"]
            if not cursor:
                return ids

    def test_pages_by_offset_by_page_and_by_cursor_are_the_same(self, office, admin, partner, by_phone):
        lead, _ = office.executed()
        path = f"/leads/{lead['id']}"
        for number in range(30):
            admin("PATCH", path, json={"city": f"C{number}", "remarks": f"R{number}"})
        customer = by_phone(lead["phone"])
        for who in (admin, partner, customer):
            whole = who("GET", f"{path}/timeline?limit=100").json()["data"]
            ids = [e["id"] for e in whole["timeline"]]
            assert whole["total"] == len(ids) == len(set(ids)) > 30 and whole["nextCursor"] is None
            assert whole["items"] == whole["timeline"]
            for limit in (1, 7, 100):
                assert self.walk(who, lead["id"], limit) == ids
            pages = [who("GET", f"{path}/timeline?limit=7&page={n}").json()["data"] for n in range(1, 7)]
            assert [e["id"] for page in pages for e in page["timeline"]] == ids[:42]
            third = who("GET", f"{path}/timeline?limit=7&offset=14").json()["data"]
            assert third["timeline"] == pages[2]["timeline"]
            assert (third["page"], third["limit"], third["totalPages"]) == (3, 7, -(-len(ids) // 7))
        assert len(ids) < admin("GET", f"{path}/timeline").json()["data"]["total"]  # the customer sees less

    def test_a_walk_meets_each_entry_once_while_others_write(self, new_lead, partner):
        path = f"/leads/{new_lead()['id']}"
        for number in range(10):
            partner("PATCH", path, json={"city": f"C{number}"})
        first = partner("GET", f"{path}/timeline?limit=4").json()["data"]
        partner("PATCH", path, json={"city": "later"})
        ids = [e["id"] for e in first["timeline"]]
        cursor = first["nextCursor"]
        while cursor:
            data = partner("GET", f"{path}/timeline?limit=4&cursor={cursor}").json()["data"]
            ids, cursor = ids + [e["id"] for e in data["timeline"]], data["nextCursor"]
        assert ids == [f"{path[7:]}:{n}.0" for n in range(11, 0, -1)]

    def test_a_changed_or_foreign_cursor_is_400(self, new_lead, partner):
        mine, other = (f"/leads/{new_lead()['id']}" for _ in range(2))
        for path in (mine, other):
            partner("PATCH", path, json={"city": "Surat"})
        cursor = partner("GET", f"{mine}/timeline?limit=1").json()["data"]["nextCursor"]
        assert partner("GET", f"{mine}/timeline?limit=1&cursor={cursor}").status_code == 200
        for path, text in (
            (other, cursor),
            (mine, cursor[:-5] + "AAAA="),
            (mine, "x"),
            (mine, "é"),
            (mine, cursor * 9),
        ):
            said = partner("GET", f"{path}/timeline", params={"cursor": text})
            assert said.status_code == 400 and "cursor" in said.json()["validationErrors"]

    def test_shows_the_customer_neither_commission_nor_reasons(self, office, by_phone):
        lead, commission = office.executed()
        said = by_phone(lead["phone"])("GET", f"/leads/{lead['id']}/timeline?limit=100")
        assert said.status_code == 200 and commission not in said.text and "ddOn" not in said.text
        assert WHY not in said.text and "ommission" not in said.text

    def test_as_of_gives_the_lead_as_it_stood(self, office, admin, partner):
        lead, commission = office.executed()
        path = f"/leads/{lead['id']}"
        entries = admin("GET", f"{path}/timeline?limit=100").json()["data"]["timeline"]
        first = partner("GET", f"{path}/timeline?asOf=1").json()["data"]
        assert (first["status"], first["quotations"], first["commissions"]) == ("New Lead", [], [])
        shared = next(e for e in entries if e["action"] == "QuotationShared")
        then = partner("GET", f"{path}/timeline", params={"asOf": shared["timestamp"]}).json()["data"]
        assert then["status"] == "New Lead" and then["asOf"] == {"version": 3, "at": shared["timestamp"]}
        [quotation] = then["quotations"]
        assert quotation["status"] == "Shared" and then["commissions"] == []
        now = partner("GET", f"{path}/timeline?asOf={lead['version']}").json()["data"]
        assert {n: now[n] for n in lead if n in now and n != "quotations"} == {
            n: v for n, v in lead.items() if n in now and n != "quotations"
        }
        [made] = now["commissions"]
        assert (made["id"], made["status"]) == (commission, "pending")
        assert made["amount"] == lead["quotations"][0]["dealerAddOnTotal"]

    @pytest.mark.parametrize(
        ("when", "status"),
        [
            *((bad, 400) for bad in ("0", "-1", "yesterday", "2026-03-31T10:00:00")),
            *((other, 404) for other in ("2", "999", "2020-01-01T00:00:00Z")),
            *((late, 200) for late in ("2999-01-01T00:00:00Z", "2999-01-01T00:00:00+05:30")),
        ],
    )
    def test_as_of_another_moment(self, new_lead, partner, when, status):
        path = f"/leads/{new_lead()['id']}/timeline"
        assert partner("GET", path, params={"asOf": when}).status_code == status
        assert partner("GET", f"{path}?asOf={when}").status_code == status  # a + that wasn't escaped


class TestReads:
    def test_change_no_etag(self, new_lead, shared_quotation, by_phone, partner, phone):
        """cases.md 4."""
        lead = new_lead()
        quotation = shared_quotation(lead["id"])
        customer = by_phone(phone)
        paths = (f"/leads/{lead['id']}", f"/quotations/{quotation['id']}")
        tags = {(who, path): who("GET", path).headers["ETag"] for who in (partner, customer) for path in paths}
        for _ in range(10):
            assert partner("GET", f"/leads/{lead['id']}/timeline").status_code == 200
            for (who, path), tag in tags.items():
                said = who("GET", path)
                assert said.headers["ETag"] == tag
                assert who("GET", path, headers={"If-None-Match": tag}).status_code == 304


class TestLastWriteWins:
    def test_two_editors_of_one_version(self, new_lead, partner, admin):
        """cases.md 1."""
        path = f"/leads/{new_lead(remarks='as registered')['id']}"
        tag = {"If-Match": partner("GET", path).headers["ETag"]}
        assert (
            partner("PATCH", path, json={"city": "Surat", "remarks": "the first"}, headers=tag).status_code == 200
        )
        assert admin("PATCH", path, json={"state": "Gujarat"}).status_code == 200
        last = admin("PATCH", path, json={"remarks": "the last", "version": 1}).json()["data"]
        assert (last["city"], last["state"], last["remarks"]) == ("Surat", "Gujarat", "the last")
        entries = partner("GET", f"{path}/timeline").json()["data"]["timeline"]
        [lost] = [e for e in entries if e["action"] == "Overwritten"]
        assert lost["message"] == f"Overwritten by Asha Admin at {lost['timestamp']}"
        assert (lost["details"]["oldValue"], lost["details"]["newValue"]) == ("the first", "the last")
        assert lost["details"]["couldSee"] is False and lost["details"]["previous"]["name"] == "Ravi Solar Partners"
        again = admin("PATCH", path, json={"remarks": "partners again", "version": last["version"]})
        mine = partner("PATCH", path, json={"remarks": "mine"}).json()["data"]
        assert again.status_code == 200 and mine["version"] == last["version"] + 2
        newest = partner("GET", f"{path}/timeline?limit=1").json()["data"]["timeline"][0]
        assert newest["action"] == "Overwritten" and "couldSee" not in newest["details"]  # no version was sent

    def test_of_32_parallel_edits_of_one_lead_each_is_entered(self, new_lead, partner, admin):
        path = f"/leads/{new_lead()['id']}"
        fields = ["city", "requirements", "remarks", "state"]

        def edit(number: int) -> int:
            who = (partner, admin)[number % 2]
            return who("PATCH", path, json={fields[number % 4]: f"from {number}"}).status_code

        with ThreadPoolExecutor(8) as pool:
            said = Counter(pool.map(edit, range(32)))
        assert said == {200: 32}
        lead = partner("GET", path).json()["data"]
        entries: list[Made] = []
        for page in (1, 2):
            entries += partner("GET", f"{path}/timeline?limit=100&page={page}").json()["data"]["timeline"]
        assert lead["version"] == 33
        for field in fields:
            told = [c for e in reversed(entries) for c in e["details"]["changes"] if c["field"] == field]
            assert [c["before"] for c in told[1:]] == [c["after"] for c in told[:-1]]
            assert told[-1]["after"] == lead[field]
