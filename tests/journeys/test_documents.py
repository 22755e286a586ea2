"""Documents of a lead over real HTTP, uploaded to blob storage as the CP app does it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.domain.documents.files import A_JPEG, a_pdf, a_png
from tests.journeys.conftest import Client

Upload = Callable[..., dict[str, Any]]


def put(upload: dict[str, Any], content: bytes, media_type: str = "image/jpeg") -> int:
    """What the CP app sends (client-contract.md §6)."""
    headers = {"Content-Type": media_type, "x-ms-blob-type": "BlockBlob"}
    return httpx.put(upload["sasUrl"], content=content, headers=headers, timeout=30).status_code


def listed(client: Client, lead_id: str, **query: Any) -> list[dict[str, Any]]:
    said = client("GET", "/leadDocuments", params={"leadId": lead_id, **query})
    assert said.status_code == 200, said.text
    return said.json()["data"]["documents"]


@pytest.fixture
def lead_id(new_lead: Callable[..., dict[str, Any]]) -> str:
    return str(new_lead()["id"])


@pytest.fixture
def add(partner: Client, lead_id: str) -> Upload:
    def ask(client: Client = partner) -> dict[str, Any]:
        said = client("POST", "/leadDocuments", json={"leadId": lead_id, "docType": "GENERAL"})
        assert said.status_code == 201, said.text
        return said.json()["data"]

    return ask


class TestUpload:
    def test_is_put_completed_listed_and_read(self, partner: Client, lead_id: str, add: Upload) -> None:
        upload = add()
        assert upload["status"] == "pending"
        assert put(upload, A_JPEG) == 201
        done = partner("POST", f"/documents/{upload['docId']}/complete")
        assert done.status_code == 200, done.text
        document = done.json()["data"]
        assert document["status"] == "uploaded"
        assert (document["size"], document["mediaType"]) == (len(A_JPEG), "image/jpeg")
        assert listed(partner, lead_id) == [document]
        lead = partner("GET", f"/leads/{lead_id}").json()["data"]
        assert (lead["documentCount"], lead["documents"]) == (1, [document])
        link = partner("GET", "/documents/sas", params={"docId": upload["docId"]}).json()["data"]
        got = httpx.get(link["sasUrl"])
        assert (got.status_code, got.content, got.headers["content-type"]) == (200, A_JPEG, "image/jpeg")
        assert f"GENERAL-{upload['docId']}.jpg" in got.headers["content-disposition"]

    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b"MZ\x90\0 a program", 415, "FILE_TYPE_NOT_ALLOWED"),
            (A_JPEG[:-2], 422, "FILE_DAMAGED"),
            (a_png(filling=10 * 1024 * 1024), 413, "FILE_TOO_LARGE"),
        ],
        ids=["program", "cut off", "too large"],
    )
    def test_that_fails_the_check_is_refused_and_frees_its_place(
        self, partner: Client, lead_id: str, add: Upload, content: bytes, status: int, code: str
    ) -> None:
        upload = add()
        assert put(upload, content) == 201
        for _ in range(2):
            said = partner("POST", f"/documents/{upload['docId']}/complete")
            assert (said.status_code, said.json()["error"]["code"]) == (status, code)
        assert listed(partner, lead_id) == []
        [failed] = listed(partner, lead_id, includeInactive=True)
        assert (failed["status"], failed["reason"]) == ("failed", said.json()["message"])
        timeline = partner("GET", f"/leads/{lead_id}/timeline").json()["data"]["timeline"]
        assert [e["action"] for e in timeline[:2]] == ["DocumentQuarantined", "DocumentRequested"]

    def test_that_the_app_never_completes_is_checked_when_it_is_read(
        self, partner: Client, lead_id: str, add: Upload
    ) -> None:
        upload = add()
        early = partner("GET", "/documents/sas", params={"docId": upload["docId"]})
        assert (early.status_code, early.json()["error"]["code"]) == (409, "UPLOAD_NOT_ARRIVED")
        assert put(upload, a_pdf(), "application/pdf") == 201
        link = partner("GET", "/documents/sas", params={"docId": upload["docId"]}).json()["data"]
        assert httpx.get(link["sasUrl"]).content == a_pdf()
        assert [d["status"] for d in listed(partner, lead_id)] == ["uploaded"]

    def test_happens_once_for_each_link(self, add: Upload) -> None:
        upload = add()
        assert [put(upload, A_JPEG), put(upload, a_png())] == [201, 403]

    def test_with_a_link_that_was_changed_is_refused_by_storage(self, add: Upload) -> None:
        """Case 31: what an expired or foreign link gets is 403, and never ours."""
        upload = add()
        other = {"sasUrl": upload["sasUrl"].replace(upload["docId"], upload["docId"][:-1] + "X")}
        late = {"sasUrl": upload["sasUrl"].replace("se=2", "se=1")}
        assert [put(other, A_JPEG), put(late, A_JPEG)] == [403, 403]


class TestLimit:
    def test_is_seven_also_for_twenty_at_once(self, partner: Client, lead_id: str) -> None:
        def ask(_: int) -> httpx.Response:
            return partner("POST", "/leadDocuments", json={"leadId": lead_id, "docType": "GENERAL"})

        with ThreadPoolExecutor(20) as pool:
            said = list(pool.map(ask, range(20)))
        assert sorted(s.status_code for s in said) == [201] * 7 + [409] * 13
        refusal = next(s for s in said if s.status_code == 409).json()
        assert refusal["message"].startswith("Maximum 7 documents per lead allowed")
        assert len(listed(partner, lead_id)) == 7

    def test_counts_no_deleted_ones(self, partner: Client, lead_id: str, add: Upload) -> None:
        uploads = [add() for _ in range(7)]
        gone = partner("DELETE", f"/documents/{uploads[0]['docId']}")
        assert (gone.status_code, gone.json()["data"]["status"]) == (200, "deleted")
        add()
        assert len(listed(partner, lead_id)) == 7
        assert len(listed(partner, lead_id, includeInactive=True)) == 8


class TestStrangers:
    def test_find_nothing(
        self, partner: Client, other_partner: Client, nobody: Client, lead_id: str, add: Upload
    ) -> None:
        """Case 29."""
        document_id = add()["docId"]
        calls = (
            ("POST", "/leadDocuments", {"json": {"leadId": lead_id, "docType": "GENERAL"}}),
            ("GET", "/leadDocuments", {"params": {"leadId": lead_id}}),
            ("POST", f"/documents/{document_id}/complete", {}),
            ("GET", "/documents/sas", {"params": {"docId": document_id}}),
            ("DELETE", f"/documents/{document_id}", {}),
        )
        for method, path, options in calls:
            assert other_partner(method, path, **options).status_code == 404, (method, path)
            assert nobody(method, path, **options).status_code == 401, (method, path)
        assert [d["status"] for d in listed(partner, lead_id)] == ["pending"]

    def test_are_told_what_is_wrong_with_their_request(self, partner: Client, lead_id: str) -> None:
        for body in (
            {"docType": "GENERAL"},
            {"leadId": lead_id, "docType": "../x"},
            {"leadId": lead_id, "docType": 1},
        ):
            assert partner("POST", "/leadDocuments", json=body).status_code == 422
        assert partner("GET", "/leadDocuments").status_code == 400
        big = partner("POST", "/leadDocuments", json={"leadId": "x" * 3_000_000, "docType": "GENERAL"})
        assert big.status_code == 413


class TestCustomer:
    def test_sees_and_adds_but_deletes_only_its_own(
        self, partner: Client, by_phone: Callable[[str], Client], phone: str, lead_id: str, add: Upload
    ) -> None:
        theirs = add()
        customer = by_phone(phone)
        own = add(customer)
        assert {d["docId"] for d in listed(customer, lead_id)} == {theirs["docId"], own["docId"]}
        assert customer("DELETE", f"/documents/{theirs['docId']}").status_code == 403
        assert customer("DELETE", f"/documents/{own['docId']}").status_code == 200
